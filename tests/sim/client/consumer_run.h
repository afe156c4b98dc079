// One run of our own consumer: a broker on a machine that is crashed at random times, a network
// that cuts and resets, a reader that seeks, pauses and begins anew, and in the end every record
// seen once, in order.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace penstock::sim {

struct ConsumerRunOptions {
  uint64_t seed = 1;  // decides everything
  int crashes = 15;
  bool loses_its_place = false;  // the reader makes a mistake that the judge is to notice
};

struct ConsumerRunReport {
  uint64_t seed = 0;
  uint64_t trace_hash = 0;
  size_t acknowledged = 0;
  size_t consumed_early = 0;  // records, while crashes went on
  size_t read_again = 0;      // records, after seeks back
  int lives = 0;              // of the consumer
  // Empty when the consumer did what it promises.
  std::vector<std::string> anomalies;
  std::vector<std::string> log_lines;  // the end of the broker's log

  // For people: the seed, what happened, what was wrong.
  std::string Describe() const;
};

ConsumerRunReport RunConsumer(const ConsumerRunOptions& options);

}  // namespace penstock::sim
