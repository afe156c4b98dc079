// What a Node is made of: a thread with its loop, the broker on it, and the network in memory over
// which clients of the same program reach it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/status.h"
#include "broker/broker.h"
#include "broker/faults.h"
#include "config/config_def.h"
#include "runtime/event.h"
#include "runtime/linux/world_thread.h"
#include "runtime/runtime.h"
#include "runtime/sim/memory_disk.h"
#include "runtime/sim/memory_files.h"
#include "runtime/sim/memory_network.h"

namespace penstock {

// The detail of an error that names what was closed before it was asked.
inline constexpr std::string_view kClosedDetail = "closed";

struct NodeCoreOptions {
  std::string path;  // a directory, or kInMemory
  ConfigMap config;
  std::function<void(std::string_view)> log;  // of each line, on the node's thread; may be empty
  bool insecure = false;
};

class NodeCore {
 public:
  static constexpr std::string_view kInMemory = ":memory:";

  // What a client in this program takes: a runtime whose network leads to the broker at `door`. For
  // the node's thread.
  struct Inside {
    Runtime runtime;
    Address door;
  };

  static StatusOr<std::unique_ptr<NodeCore>> Open(NodeCoreOptions options);
  // Stops the broker, cancels the calls that have not ended. No other thread may be in a member
  // function. Not in a process that was forked off.
  ~NodeCore();
  bool IsForked() const { return !thread_.CheckProcess().ok(); }

  // What is in them belongs to the node's thread.
  Inside& inside() { return inside_; }
  Faults& faults() { return faults_; }
  WorldThread& thread() { return thread_; }

  // What a stopped node answers.
  static Status Stopped() {
    return WithDetail(Cancelled("the node was stopped"), kClosedDetail, "broker");
  }

  // On the node's thread.

  // Stopped() once it is.
  Status CheckServing() const { return stopping_ || broker_ == nullptr ? Stopped() : OkStatus(); }
  // See Broker.
  StatusOr<int64_t> DropConnections();

  // From any thread but the node's own, and until the destructor.

  // As Broker::Serve, over TCP.
  StatusOr<Address> Serve(Address address);
  // Where it serves; empty once it has stopped.
  std::vector<Address> addresses();
  // Once stopped, gives what the first call gave.
  Status Stop();

  // Hands over work whole: runs on the node's thread the Task that `make(inside)` gives, of a
  // Status or a StatusOr, and waits for its result. It goes on across Stop; the destructor cancels
  // it.
  template <class Make>
  auto Run(Make make) {
    return thread_.Run([this, make = std::move(make)]() mutable { return make(inside_); });
  }
  // The same without waiting: `done(result)` is called on the node's thread, exactly once.
  template <class Make, class Done>
  void Start(Make make, Done done) {
    thread_.Start([this, make = std::move(make)]() mutable { return make(inside_); },
                  std::move(done));
  }

 private:
  class FunctionSink final : public LogSink {
   public:
    explicit FunctionSink(std::function<void(std::string_view)> function)
        : function_(std::move(function)) {}
    void Write(std::string_view line) override {
      if (function_) function_(line);
    }

   private:
    const std::function<void(std::string_view)> function_;
  };

  explicit NodeCore(NodeCoreOptions options);

  // On the node's thread.
  Task<Status> StartBroker();
  Task<StatusOr<Address>> AddListener(Address address);
  Task<StatusOr<std::vector<Address>>> ListAddresses();
  Task<Status> StopBroker();
  Task<Status> StopAndTell();

  const NodeCoreOptions options_;
  FunctionSink sink_;
  WorldThread thread_;  // ends first, in the destructor; below it is what belongs to it
  MemoryDisk disk_;
  MemoryFiles memory_files_;
  MemoryNetwork network_;
  Runtime runtime_;  // of the broker
  Inside inside_;
  LogOutput output_;
  Faults faults_;
  std::shared_ptr<Broker> broker_;  // shared with an AddListener that a StopBroker overtakes
  std::vector<Address> addresses_;
  bool stopping_ = false;
  Event stopped_;
  Status stop_status_;
};

}  // namespace penstock
