// One run of our own producer: a broker on a machine that is crashed at random times, a network
// that cuts and resets, and in the end every record once, in order.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace penstock::sim {

struct ProducerRunOptions {
  uint64_t seed = 1;  // decides everything
  int crashes = 15;
  bool idempotence = true;
};

struct ProducerRunReport {
  uint64_t seed = 0;
  uint64_t trace_hash = 0;
  size_t acknowledged = 0;
  size_t before_the_end = 0;  // of these, while crashes went on
  // Empty when the producer did what it promises.
  std::vector<std::string> anomalies;
  std::vector<std::string> log_lines;  // the end of the broker's log

  // For people: the seed, what happened, what was wrong.
  std::string Describe() const;
};

ProducerRunReport RunProducer(const ProducerRunOptions& options);

}  // namespace penstock::sim
