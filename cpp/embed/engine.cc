#include "embed/engine.h"

#include <algorithm>
#include <chrono>

namespace penstock {

StatusOr<std::shared_ptr<Engine>> Engine::Connect(ClientOptions options) {
  std::shared_ptr<Engine> engine(new Engine(std::move(options)));
  engine->own_thread_ = std::make_unique<WorldThread>();
  const Runtime& runtime = engine->own_thread_->world().runtime();
  RETURN_IF_ERROR(engine->own_thread_->Run([&] { return engine->Begin(runtime); }));
  return engine;
}

StatusOr<std::shared_ptr<Engine>> Engine::Inside(std::shared_ptr<NodeCore> node,
                                                 ClientOptions options) {
  NodeCore::Inside& inside = node->inside();
  options.bootstrap_servers = {inside.door};
  std::shared_ptr<Engine> engine(new Engine(std::move(options)));
  engine->node_ = std::move(node);
  RETURN_IF_ERROR(engine->thread().Run([&] { return engine->Begin(inside.runtime); }));
  return engine;
}

Task<Status> Engine::Begin(Runtime runtime) {
  parts_ = std::make_unique<Parts>(runtime, options_);
  co_return OkStatus();
}

Engine::~Engine() {
  if (!CheckProcess().ok()) {  // the thread does not exist here: nothing can be taken down
    static_cast<void>(own_thread_.release());
    static_cast<void>(parts_.release());
    static_cast<void>(new std::shared_ptr<NodeCore>(std::move(node_)));
    return;
  }
  Close(Duration::zero());
}

bool Engine::Register(const std::shared_ptr<User>& user) {
  const std::lock_guard lock(mutex_);
  if (closed_) return false;
  users_.emplace(user.get(), user);
  return true;
}

void Engine::Unregister(const User* user) {
  const std::lock_guard lock(mutex_);
  users_.erase(user);
  user_left_.notify_all();
}

bool Engine::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

void Engine::Close(Duration timeout) {
  std::map<const User*, std::weak_ptr<User>> users;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    closed_ = true;
    users = users_;
  }
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  for (const auto& [unused, weak] : users) {
    const std::shared_ptr<User> user = weak.lock();
    if (user == nullptr) continue;  // its destructor closes it
    const Duration left = deadline - std::chrono::steady_clock::now();
    user->CloseBefore(std::max(left, Duration::zero()));
  }
  {
    std::unique_lock lock(mutex_);
    user_left_.wait(lock, [this] { return users_.empty(); });
  }
  // The node may have been stopped, and its thread with it; then there is nothing to end.
  static_cast<void>(thread().Run([this] { return End(); }).ok());
}

Task<Status> Engine::End() {
  co_await parts_->metadata.Close();
  co_await parts_->pool.Close();
  while (parts_->calls > 0) co_await parts_->call_ended.Wait();
  parts_.reset();
  co_return OkStatus();
}

}  // namespace penstock
