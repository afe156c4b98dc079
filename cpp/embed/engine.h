// A client of one cluster for the threads of a program: what it is made of lives on one thread, its
// own or that of a node in the same program, and is reached by handing work over.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "base/status.h"
#include "base/time.h"
#include "client/admin.h"
#include "client/client_options.h"
#include "client/cluster_metadata.h"
#include "client/connection_pool.h"
#include "embed/node_core.h"
#include "runtime/condition.h"
#include "runtime/linux/world_thread.h"
#include "runtime/runtime.h"

namespace penstock {

class Engine {
 public:
  // For the engine's thread. Work that holds a pointer to it holds it only until Close.
  struct Parts {
    Parts(const Runtime& of_thread, const ClientOptions& options)
        : runtime(of_thread),
          pool(runtime, options),
          metadata(runtime, pool),
          admin(runtime, pool, metadata),
          call_ended(runtime.executor) {}

    Runtime runtime;
    ConnectionPool pool;
    ClusterMetadata metadata;
    Admin admin;
    int calls = 0;  // that have not ended
    Condition call_ended;
  };

  // Something that uses the parts and must be closed before they are.
  class User {
   public:
    virtual ~User() = default;
    // Closes it within the time. Any thread but the engine's; twice does nothing.
    virtual void CloseBefore(Duration timeout) = 0;
  };

  // A thread of its own; connects to nothing before it is asked something.
  static StatusOr<std::shared_ptr<Engine>> Connect(ClientOptions options);
  // On the thread of the node, over the network in memory; options.bootstrap_servers is not read.
  static StatusOr<std::shared_ptr<Engine>> Inside(std::shared_ptr<NodeCore> node,
                                                  ClientOptions options);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  // Close, if nobody has. In a forked child nothing.
  ~Engine();

  // From any thread but the engine's. After Close: Cancelled.

  // Calls `done(result)` on the engine's thread with what the Task gave that `make(parts)` makes
  // there.
  template <class Make, class Done>
  void Start(Make make, Done done) {
    using Result = typename internal::TaskResult<std::invoke_result_t<Make&, Parts&>>::Type;
    thread().Start(
        [this, make = absl::AnyInvocable<Task<Result>(Parts&)>(std::move(make))]() mutable {
          return Guarded<Result>(std::move(make));
        },
        std::move(done));
  }
  // As Start, and waits.
  template <class Make>
  auto Run(Make make) {
    using Result = typename internal::TaskResult<std::invoke_result_t<Make&, Parts&>>::Type;
    return thread().Run([this, make = absl::AnyInvocable<Task<Result>(Parts&)>(std::move(
                                   make))]() mutable { return Guarded<Result>(std::move(make)); });
  }
  // Runs on the engine's thread, unless that ends before.
  template <class Function>
  void Post(Function function) {
    thread().Post(std::move(function));
  }
  // What a closed client answers.
  static Status Closed() {
    return WithDetail(Cancelled("the client is closed"), kClosedDetail, "client");
  }
  Status CheckProcess() const { return world_thread().CheckProcess(); }
  const ClientOptions& options() const { return options_; }

  // Users are closed with the engine, within the time of its Close, which also waits for those that
  // are being destroyed meanwhile. False once it is closed.
  bool Register(const std::shared_ptr<User>& user);
  // The user has nothing on the engine's thread any more. Once for each that was registered.
  void Unregister(const User* user);
  // Closes the users, then the connections. Twice does nothing.
  void Close(Duration timeout);
  bool closed() const;

 private:
  explicit Engine(ClientOptions options) : options_(std::move(options)) {}

  WorldThread& thread() { return node_ != nullptr ? node_->thread() : *own_thread_; }
  const WorldThread& world_thread() const {
    return node_ != nullptr ? node_->thread() : *own_thread_;
  }
  class CallCount {
   public:
    explicit CallCount(Parts& parts) : parts_(parts) { ++parts_.calls; }
    CallCount(const CallCount&) = delete;
    CallCount& operator=(const CallCount&) = delete;
    ~CallCount() {
      --parts_.calls;
      parts_.call_ended.NotifyAll();
    }

   private:
    Parts& parts_;
  };

  // Keeps the parts until the work has ended.
  template <class Result>
  Task<Result> Guarded(absl::AnyInvocable<Task<Result>(Parts&)> make) {
    if (parts_ == nullptr) co_return Closed();
    const CallCount count(*parts_);
    Task<Result> task = make(*parts_);
    Result result = co_await task;
    co_return result;
  }
  Task<Status> Begin(Runtime runtime);
  Task<Status> End();

  const ClientOptions options_;
  std::shared_ptr<NodeCore> node_;  // or
  std::unique_ptr<WorldThread> own_thread_;
  std::unique_ptr<Parts> parts_;  // belongs to the thread

  mutable std::mutex mutex_;
  bool closed_ = false;
  std::map<const User*, std::weak_ptr<User>> users_;
  std::condition_variable user_left_;
};

}  // namespace penstock
