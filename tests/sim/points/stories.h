// The stories whose every operation of the disk may be the last one before a crash.
#pragma once

#include <vector>

#include "tests/sim/points/point_run.h"

namespace penstock::sim {

const std::vector<Story>& AllStories();
// Acknowledges before the disk has it: what a look after the crash must notice.
const Story& CarelessStory();
const std::vector<Persistence>& AllPersistences();

}  // namespace penstock::sim
