// What is to go wrong in a broker inside the program, asked for from the program's threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/status.h"
#include "embed/node_core.h"

namespace penstock {

// From any thread but the node's own; each call is handed over and waits until it is in effect.
// Does not keep the node: once that is stopped or gone, Cancelled. See broker/faults.h.
class NodeFaults {
 public:
  explicit NodeFaults(std::weak_ptr<NodeCore> node) : node_(std::move(node)) {}

  Status ErrorNext(std::string api, int32_t code, int32_t times);
  Status Delay(std::string api, int32_t milliseconds);
  // Ends every connection over TCP; how many. Clients inside the program have no network that could
  // fail and keep theirs.
  StatusOr<int64_t> DropConnections();
  Status Clear();

 private:
  std::weak_ptr<NodeCore> node_;
};

}  // namespace penstock
