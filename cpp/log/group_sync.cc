#include "log/group_sync.h"

#include <utility>

#include "runtime/yield.h"

namespace penstock {

GroupSync::GroupSync(Executor& executor, Files& files)
    : executor_(executor), files_(files), rounds_(executor, [](const Status&) {}) {}

Task<Status> GroupSync::Sync(std::shared_ptr<File> file) {
  auto waiting = std::make_shared<Waiting>(std::move(file), executor_);
  next_round_.push_back(waiting);
  if (!running_) {
    running_ = true;
    // Starts in a later step of the loop: whoever asks in this one goes along.
    rounds_.Start(RunRounds());
  }
  co_await waiting->done.Wait();
  co_return std::move(waiting->result);
}

Task<> GroupSync::RunRounds() {
  while (!next_round_.empty()) {
    const std::vector<std::shared_ptr<Waiting>> round = std::exchange(next_round_, {});
    std::vector<std::shared_ptr<File>> files;
    files.reserve(round.size());
    for (const std::shared_ptr<Waiting>& waiting : round) files.push_back(waiting->file);
    std::vector<Status> results = co_await files_.SyncAll(std::move(files));
    for (size_t i = 0; i < round.size(); ++i) {
      round[i]->result = std::move(results[i]);
      round[i]->done.Set();
    }
    // Those who were in this round and have more to sync shall be in the next one.
    co_await Yield(executor_);
  }
  running_ = false;
}

}  // namespace penstock
