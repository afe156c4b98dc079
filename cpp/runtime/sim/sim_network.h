// The network between the machines of a simulated world. Host names are the names of the nodes; "",
// "localhost" and loopback numbers mean the node itself.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/network.h"
#include "runtime/seeded_random.h"
#include "runtime/sim/sim_faults.h"
#include "runtime/timer_heap.h"

namespace penstock {

class SimListener;
class SimNode;
class SimPipe;
class SimWorld;

class SimNetwork {
 public:
  SimNetwork(SimWorld& world, uint64_t seed, uint64_t stream);

  // Faults from now on.
  NetworkFaults& faults() { return faults_; }
  // Nothing passes from `source` to `target`; it is held back and goes on after Heal. One direction
  // only.
  void Cut(SimNode& source, SimNode& target);
  void CutBoth(SimNode& a, SimNode& b);
  void Heal(SimNode& source, SimNode& target);
  void HealAll();
  bool IsCut(const SimNode& source, const SimNode& target) const;

  // For the parts of the network.
  TimerHeap& timers();
  SeededRandom& random() { return random_; }
  Instant DrawArrival();
  Duration DrawOneWay();
  void Trace(const SimNode& source, const SimNode& target, size_t bytes);
  std::string HostOf(const SimNode& node, const std::string& host) const;
  bool HasHost(const std::string& host) const;
  StatusOr<uint16_t> Bind(const std::string& host, uint16_t port, SimListener& listener);
  void Unbind(const std::string& host, uint16_t port);
  SimListener* FindListener(const std::string& host, uint16_t port) const;
  std::shared_ptr<SimPipe> MakePipe(SimNode& source, SimNode& target);
  uint16_t NextPort();

 private:
  SimWorld& world_;
  NetworkFaults faults_;
  SeededRandom random_;
  std::set<std::pair<std::string, std::string>> cuts_;  // names of source and target
  std::map<std::pair<std::string, uint16_t>, SimListener*> listeners_;
  std::vector<std::weak_ptr<SimPipe>> pipes_;
  uint16_t next_port_ = 40'000;
};

// The Network port of one node.
class SimNodeNetwork final : public Network {
 public:
  // Both outlive this and every connection that it gives out.
  SimNodeNetwork(SimNetwork& network, SimNode& node) : network_(network), node_(node) {}

  Task<StatusOr<std::unique_ptr<Listener>>> Listen(Address address) override;
  Task<StatusOr<std::unique_ptr<Connection>>> Connect(Address address) override;

 private:
  SimNetwork& network_;
  SimNode& node_;
};

}  // namespace penstock
