// The ports together, for code that builds other objects. A class that needs a clock takes a
// Clock&, not a Runtime&.
#pragma once

#include "runtime/clock.h"
#include "runtime/executor.h"
#include "runtime/files.h"
#include "runtime/network.h"
#include "runtime/random.h"
#include "runtime/shards.h"
#include "runtime/timers.h"

namespace penstock {

struct Runtime {
  Clock& clock;
  Executor& executor;
  Timers& timers;
  Files& files;
  Network& network;
  Random& random;
  Shards& shards;
};

}  // namespace penstock
