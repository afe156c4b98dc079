// What runs on the machine that is crashed: the broker, or a fake one that shows whether the checks
// would notice.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/sim/sim_node.h"

namespace penstock::sim {

inline constexpr uint16_t kBrokerPort = 9092;

// Outlives the programs that it makes. Only what it keeps itself, and the machine's disk, survive a
// crash.
class Subject {
 public:
  virtual ~Subject() = default;

  // The program for the next start; it listens at kBrokerPort.
  virtual SimNode::Program NextStart() = 0;
  // The present program has started and serves.
  virtual bool serving() const = 0;
  // Asks the present program, which serves, to stop in order.
  virtual void Stop() = 0;
  // Why the present program could not start or stop; empty if nothing went wrong.
  virtual const std::string& failure() const = 0;
  // The last lines of its log.
  virtual std::vector<std::string> log_lines() const = 0;
};

}  // namespace penstock::sim
