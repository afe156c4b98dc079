// Port: the other shards of the node. A shard is a thread with everything that it owns; state of
// another shard is reached only by running a function there.
#pragma once

#include <type_traits>
#include <utility>

#include "base/check.h"
#include "base/strong_int.h"
#include "runtime/task.h"

namespace penstock {

using ShardId = StrongInt<struct ShardIdTag, int32_t>;

class Shards {
 public:
  virtual ~Shards() = default;
  virtual ShardId Self() const = 0;
  virtual int32_t Count() const = 0;

  // Runs `function()` on `shard` and brings back its result; on the own shard it is a plain call,
  // made when the Task is awaited. `function` returns a Task and is kept until that Task is done.
  template <class Function>
  std::invoke_result_t<Function&> On(ShardId shard, Function function);
};

// A node of one shard.
class OneShard final : public Shards {
 public:
  ShardId Self() const override { return ShardId(0); }
  int32_t Count() const override { return 1; }
};

namespace internal {
template <class Function, class Result>
struct CallOn {
  static Result Here(Function function) {
    Result task = function();
    co_return co_await task;
  }
};
template <class Function>
struct CallOn<Function, Task<void>> {
  static Task<void> Here(Function function) {
    Task<void> task = function();
    co_await task;
  }
};
}  // namespace internal

template <class Function>
std::invoke_result_t<Function&> Shards::On(ShardId shard, Function function) {
  CHECK(shard == Self());  // more shards come with a world that has more than one thread
  return internal::CallOn<Function, std::invoke_result_t<Function&>>::Here(std::move(function));
}

}  // namespace penstock
