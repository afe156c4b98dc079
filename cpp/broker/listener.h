// An address at which clients are served: accepts their connections into the table.
#pragma once

#include <memory>

#include "base/log.h"
#include "base/status.h"
#include "broker/connection_table.h"
#include "runtime/network.h"
#include "runtime/task.h"
#include "runtime/timers.h"

namespace penstock {

class BrokerListener {
 public:
  // `port` is open already, so that clients wait in its queue until Run. References outlive it.
  BrokerListener(std::unique_ptr<Listener> port, ListenerInfo info, ConnectionTable& connections,
                 const Clock& clock, Timers& timers, Logger& logger)
      : port_(std::move(port)),
        info_(std::move(info)),
        connections_(connections),
        clock_(clock),
        timers_(timers),
        logger_(logger) {}

  // Accepts until it is cancelled. The listener outlives the Task.
  Task<> Run();

  const ListenerInfo& info() const { return info_; }
  Address address() const { return port_->address(); }
  // No new connections; those that were accepted live on. Run must have been cancelled.
  void CloseAddress() { port_.reset(); }

 private:
  std::unique_ptr<Listener> port_;
  const ListenerInfo info_;
  ConnectionTable& connections_;
  const Clock& clock_;
  Timers& timers_;
  Logger& logger_;
  LogLimiter limiter_;
};

}  // namespace penstock
