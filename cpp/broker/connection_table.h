// The open connections of a broker: how many there may be, which have been idle for too long, and
// their end when the broker stops.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/metrics.h"
#include "base/time.h"
#include "broker/client_connection.h"
#include "runtime/condition.h"
#include "runtime/task.h"
#include "runtime/task_group.h"

namespace penstock {

// References, because a dynamic config may change them.
struct ConnectionLimits {
  const int32_t& connections_max;         // max.connections
  const int32_t& connections_per_ip_max;  // max.connections.per.ip
  // max.connections.per.ip.overrides, by IP address
  const std::map<std::string, int32_t>& connections_per_ip_overrides;
  const int64_t& idle_ms_max;  // connections.max.idle.ms; negative: no limit
};

class ConnectionTable {
 public:
  // `shared` and `metrics` outlive it.
  ConnectionTable(ConnectionShared& shared, ConnectionLimits limits, MetricsRegistry& metrics);
  ConnectionTable(const ConnectionTable&) = delete;
  ConnectionTable& operator=(const ConnectionTable&) = delete;

  // Starts to close connections that are idle. Once.
  void Start();
  // Waits until one more connection may be open.
  Task<> WaitForPlace();
  // Serves the connection in the background, or closes it at once if its address has too many.
  // `listener` outlives it.
  void Add(std::unique_ptr<Connection> stream, const ListenerInfo& listener);
  // Ends every connection: what is under way is answered first, unless it takes longer than
  // `time_max`. No connection must be added any more.
  Task<> Drain(Duration time_max);
  // Ends the connections of all clients outside of this program at once, whatever is under way on
  // them; how many. `cause` is for the log.
  size_t DropRemote(std::string_view cause);

  size_t size() const { return connections_.size(); }

 private:
  Task<> Serve(std::unique_ptr<ClientConnection> connection);
  int32_t LimitOf(const std::string& ip) const;
  Task<> CloseIdle();
  // How often to look for idle connections.
  Duration SweepInterval() const;
  void Sweep();

  ConnectionShared& shared_;
  const ConnectionLimits limits_;
  Counter& accepted_;
  Counter& closed_idle_;
  Counter& refused_;
  Gauge& open_;
  uint64_t next_id_ = 1;
  size_t places_taken_ = 0;  // connections, those that have not started included
  std::map<std::string, int32_t> places_taken_by_ip_;
  std::list<ClientConnection*> connections_;
  Condition place_is_free_;
  Condition connection_added_;
  TaskGroup tasks_;
};

}  // namespace penstock
