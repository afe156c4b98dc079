// One run: a broker, a producer and a consumer, each on a machine of its own. The broker's machine
// is crashed at random times, also while it starts, recovers and stops; in the end every record
// must be there.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "runtime/sim/sim_files.h"
#include "tests/sim/harness/subject.h"

namespace penstock::sim {

using MakeSubject = std::function<std::unique_ptr<Subject>(SimNode& machine)>;

struct CrashRunOptions {
  uint64_t seed = 1;  // decides everything
  int crashes = 20;
  // In some lives of the broker its disk fails reads, writes and syncs, or is full for a while.
  bool disk_errors = false;
  // Further configs of the topic.
  std::vector<std::pair<std::string, std::string>> topic_configs;
};

struct CrashRunReport {
  uint64_t seed = 0;
  uint64_t trace_hash = 0;
  uint64_t events = 0;
  size_t acknowledged = 0;
  size_t consumed_early = 0;  // records that the consumer saw while crashes went on
  int crashes_while_starting = 0;
  int crashes_while_serving = 0;
  int crashes_while_stopping = 0;
  int stops = 0;  // that went through before the crash
  // Because of an error of the disk in the same life.
  int starts_failed = 0;
  int stops_failed = 0;
  DiskCounters disk;
  size_t storage_errors = 0;  // that the producer was answered
  size_t producer_sessions = 0;
  size_t consumer_sessions = 0;
  Duration simulated{0};
  // Empty when the broker did what it promised.
  std::vector<std::string> anomalies;
  // The end of the broker's log.
  std::vector<std::string> log_lines;

  // For people: the seed and what happened; with anomalies, these and the log.
  std::string Describe() const;
};

CrashRunReport RunCrashes(const CrashRunOptions& options, const MakeSubject& make_subject);

}  // namespace penstock::sim
