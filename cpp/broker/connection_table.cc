#include "broker/connection_table.h"

#include <algorithm>
#include <utility>

#include "broker/limits.h"
#include "runtime/race.h"

namespace penstock {

ConnectionTable::ConnectionTable(ConnectionShared& shared, ConnectionLimits limits,
                                 MetricsRegistry& metrics)
    : shared_(shared),
      limits_(limits),
      accepted_(metrics.AddCounter(
          {.name = "connections_accepted_total", .help = "Client connections accepted."})),
      closed_idle_(
          metrics.AddCounter({.name = "connections_closed_idle_total",
                              .help = "Client connections closed because nothing moved on them."})),
      refused_(metrics.AddCounter(
          {.name = "connections_refused_total",
           .help = "Client connections closed at once because of max.connections.per.ip."})),
      open_(metrics.AddGauge({.name = "connections", .help = "Client connections open."})),
      place_is_free_(shared.runtime.executor),
      connection_added_(shared.runtime.executor),
      tasks_(shared.runtime.executor, [this](const Status& status) {
        shared_.logger.Error("serving a connection failed", {{"cause", status}});
      }) {}

void ConnectionTable::Start() { tasks_.Start(CloseIdle()); }

Task<> ConnectionTable::WaitForPlace() {
  while (places_taken_ >= static_cast<size_t>(std::max(limits_.connections_max, 1))) {
    shared_.logger.LogLimited(shared_.limiter, "max.connections", LogLevel::kWarn,
                              "max.connections reached, new connections wait",
                              {{"connections", places_taken_}});
    co_await place_is_free_.Wait();
  }
}

void ConnectionTable::Add(std::unique_ptr<Connection> stream, const ListenerInfo& listener) {
  accepted_.Add();
  const std::string ip = stream->peer().host;
  int32_t& from_there = places_taken_by_ip_[ip];
  const int32_t limit = LimitOf(ip);
  if (from_there >= limit) {
    if (from_there == 0) places_taken_by_ip_.erase(ip);
    refused_.Add();
    shared_.logger.LogLimited(shared_.limiter, "max.connections.per.ip", LogLevel::kWarn,
                              "max.connections.per.ip reached, a connection is closed",
                              {{"ip", ip}, {"connections", limit}});
    return;
  }
  ++from_there;
  ++places_taken_;
  auto connection =
      std::make_unique<ClientConnection>(shared_, std::move(stream), next_id_++, listener);
  tasks_.Start(Serve(std::move(connection)));
}

int32_t ConnectionTable::LimitOf(const std::string& ip) const {
  const auto own = limits_.connections_per_ip_overrides.find(ip);
  return own == limits_.connections_per_ip_overrides.end() ? limits_.connections_per_ip_max
                                                           : own->second;
}

Task<> ConnectionTable::Serve(std::unique_ptr<ClientConnection> connection) {
  // Takes the connection out also when the task is cancelled.
  struct Entry {
    explicit Entry(ConnectionTable& owner, ClientConnection& connection)
        : table(owner), ip(connection.info().peer.host) {
      place = table.connections_.insert(table.connections_.end(), &connection);
      table.open_.Add(1);
      table.connection_added_.NotifyOne();
    }
    ~Entry() {
      table.connections_.erase(place);
      --table.places_taken_;
      const auto from_there = table.places_taken_by_ip_.find(ip);
      if (--from_there->second == 0) table.places_taken_by_ip_.erase(from_there);
      table.open_.Add(-1);
      table.place_is_free_.NotifyAll();
    }
    ConnectionTable& table;
    const std::string ip;
    std::list<ClientConnection*>::iterator place;
  };
  Entry entry(*this, *connection);
  co_await connection->Serve();
}

Task<> ConnectionTable::Drain(Duration time_max) {
  for (ClientConnection* connection : connections_) connection->Drain();
  const Instant deadline = shared_.runtime.clock.Now() + time_max;
  while (!connections_.empty()) {
    Task<> freed = place_is_free_.Wait();
    const auto in_time = co_await Before(shared_.runtime.timers, deadline, std::move(freed));
    if (!in_time.has_value()) break;
  }
  co_await tasks_.Stop();
}

size_t ConnectionTable::DropRemote(std::string_view cause) {
  size_t dropped = 0;
  for (ClientConnection* connection : connections_) {
    if (connection->is_closing() || connection->is_inside_program()) continue;
    connection->Close(cause);
    ++dropped;
  }
  return dropped;
}

Task<> ConnectionTable::CloseIdle() {
  while (true) {
    while (connections_.empty()) co_await connection_added_.Wait();
    const Instant next = shared_.runtime.clock.Now() + SweepInterval();
    co_await shared_.runtime.timers.SleepUntil(next);
    Sweep();
  }
}

Duration ConnectionTable::SweepInterval() const {
  const Duration idle =
      limits_.idle_ms_max < 0 ? kFrameStallMax : Duration(Milliseconds(limits_.idle_ms_max));
  return std::clamp(std::min(idle, kFrameStallMax) / 4, Duration(Milliseconds(10)),
                    Duration(kFrameStallMax));
}

void ConnectionTable::Sweep() {
  const Instant now = shared_.runtime.clock.Now();
  const Instant stalled{now.since_start - kFrameStallMax};
  for (ClientConnection* connection : connections_) {
    if (connection->StalledSince(stalled)) {
      connection->Close("the peer began a frame and did not go on");
      closed_idle_.Add();
    } else if (limits_.idle_ms_max >= 0) {
      const Instant idle{now.since_start - Milliseconds(limits_.idle_ms_max)};
      if (!connection->IdleSince(idle)) continue;
      connection->Close("idle for connections.max.idle.ms");
      closed_idle_.Add();
    }
  }
}

}  // namespace penstock
