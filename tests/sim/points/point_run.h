// One story of a broker and a client, ended by a crash after a given operation of the broker's
// disk; then a start, a look at everything, more work, a loss of power, and another look.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "config/config_def.h"
#include "runtime/sim/memory_disk.h"
#include "runtime/task.h"
#include "tests/sim/points/story_client.h"

namespace penstock::sim {

using Chapter = Task<Status> (*)(StoryClient& client);

struct Story {
  std::string name;
  ConfigMap broker_config;
  // Before the operations that count; without it they count from the first start on.
  Chapter before = nullptr;
  // What is crashed; without it, the orderly stop of the broker.
  Chapter act = nullptr;
  uint64_t points_min = 0;  // that the story must have, so that it tells what it says
};

inline void PrintTo(const Story& story, std::ostream* out) { *out << story.name; }

// What a crash leaves of what was not synced.
struct Persistence {
  const char* name = "";
  bool power_lost = true;  // else only the process dies: everything is left
  CrashFaults faults;
};

inline constexpr uint64_t kToTheEnd = UINT64_MAX;

struct PointReport {
  uint64_t points = 0;  // operations of the disk in what is crashed, up to the crash
  std::vector<std::string> anomalies;
  std::vector<std::string> log_lines;
  std::string Describe() const;
};

// Crashes after `point` operations, or after the last.
PointReport RunPoint(const Story& story, uint64_t seed, uint64_t point,
                     const Persistence& persistence);

}  // namespace penstock::sim
