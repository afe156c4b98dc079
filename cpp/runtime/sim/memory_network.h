// The Network port inside one shard, without faults and without delay: the door to a node of the
// same program. Every host name means this machine.
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "runtime/executor.h"
#include "runtime/network.h"

namespace penstock {

class MemoryNetwork final : public Network {
 public:
  // `executor` outlives this and everything that it gives out.
  explicit MemoryNetwork(Executor& executor) : executor_(executor) {}

  Task<StatusOr<std::unique_ptr<Listener>>> Listen(Address address) override;
  Task<StatusOr<std::unique_ptr<Connection>>> Connect(Address address) override;

 private:
  class Port;

  uint16_t FreePort();

  Executor& executor_;
  std::map<uint16_t, Port*> ports_;  // that are listened on
  uint16_t last_port_ = 0;
};

}  // namespace penstock
