// The public face of SharedConsumer.
#include <atomic>
#include <utility>

#include "door/core.h"
#include "door/record_batch_reader.h"

namespace penstock {
inline namespace v0 {

namespace {

// Calls `start(done)` and waits until `done(result)` was called, from whatever thread.
template <class Outcome, class Start>
Outcome Await(Start start) {
  struct Shared {
    Waiter waiter;
    std::optional<Outcome> outcome;
  };
  const auto shared = std::make_shared<Shared>();
  start([shared](Outcome outcome) {
    shared->outcome.emplace(std::move(outcome));
    shared->waiter.Tell(0);
  });
  static_cast<void>(WaitFor(shared->waiter, TimeLimit(std::nullopt)));
  return *std::move(shared->outcome);
}

}  // namespace

class Consumer::Turn {
 public:
  // Something has arrived, or somebody woke the thread. kTimeout and kInterrupted: nothing has.
  Waiter::End Wait(SharedConsumer& shared, const TimeLimit& deadline) {
    // A waiter that was not told is still known to the consumer.
    if (!listening_) shared.Listen(waiter_, 0);
    listening_ = true;
    if (shared.HasArrived() || woken_.load()) return Waiter::End::kTold;
    const Waiter::End end = waiter_->Wait(deadline.left());
    if (end == Waiter::End::kTold) listening_ = false;
    return end;
  }
  void Wake() { woken_.store(true); }
  bool TakeWake() { return woken_.exchange(false); }

 private:
  const std::shared_ptr<Waiter> waiter_ = std::make_shared<Waiter>();
  bool listening_ = false;
  std::atomic<bool> woken_{false};
};

Consumer::Consumer(std::shared_ptr<Engine> engine, std::shared_ptr<SharedConsumer> shared)
    : engine_(std::move(engine)), shared_(std::move(shared)), turn_(std::make_unique<Turn>()) {}
Consumer::Consumer(Consumer&& other) noexcept = default;
Consumer::~Consumer() { End(); }

Consumer& Consumer::operator=(Consumer&& other) noexcept {
  if (this == &other) return *this;
  End();
  shared_ = std::move(other.shared_);
  turn_ = std::move(other.turn_);
  engine_ = std::move(other.engine_);
  return *this;
}

void Consumer::End() {
  if (shared_ != nullptr && engine_->CheckProcess().ok()) shared_->Close();
  shared_.reset();
}

Result<void> Consumer::Assign(std::vector<TopicPartition> partitions) {
  return ResultOf(shared_->Assign(NamesOf(partitions)));
}

Result<void> Consumer::AssignTopics(std::vector<std::string> topics, Timeout timeout) {
  core::AdminOptions options;
  options.timeout = DurationOf(timeout);
  const auto described = engine_->Run(
      [&](Engine::Parts& parts) { return parts.admin.DescribeTopics(topics, options); });
  if (!described.ok()) return ErrorOf(described.status());
  SharedConsumer::Partitions partitions;
  for (const core::TopicDescription& topic : *described) {
    if (!topic.status.ok()) return ErrorOf(topic.status);
    for (size_t i = 0; i < topic.info.partitions.size(); ++i) {
      partitions.push_back(
          {.topic = topic.name, .partition = PartitionId(static_cast<int32_t>(i))});
    }
  }
  return ResultOf(shared_->Assign(std::move(partitions)));
}

std::vector<TopicPartition> Consumer::assignment() const {
  std::vector<TopicPartition> partitions;
  for (const TopicPartitionName& name : shared_->assignment()) {
    partitions.push_back({.topic = name.topic, .partition = name.partition.value()});
  }
  return partitions;
}

Result<void> Consumer::Seek(const TopicPartition& partition, int64_t offset) {
  if (offset < 0) return ErrorOf(InvalidArgument(StrCat("offset ", offset, " is negative")));
  return ResultOf(shared_->Seek(NameOf(partition), Offset(offset)));
}

Result<void> Consumer::SeekTo(std::vector<TopicPartition> partitions, int64_t timestamp,
                              Timeout timeout) {
  return ResultOf(Await<Status>([&](std::function<void(Status)> done) {
    shared_->SeekTo(NamesOf(partitions), TimestampMs(timestamp), LimitOf(timeout), std::move(done));
  }));
}

Result<void> Consumer::SeekToTime(std::vector<TopicPartition> partitions, Timestamp timestamp,
                                  Timeout timeout) {
  const int64_t milliseconds = MillisecondsOf(timestamp).value();
  if (milliseconds < 0) return ErrorOf(InvalidArgument("the timestamp lies before 1970"));
  return SeekTo(std::move(partitions), milliseconds, timeout);
}

Result<void> Consumer::SeekToBeginning(std::vector<TopicPartition> partitions, Timeout timeout) {
  return SeekTo(std::move(partitions), kEarliestOffset.value(), timeout);
}

Result<void> Consumer::SeekToEnd(std::vector<TopicPartition> partitions, Timeout timeout) {
  return SeekTo(std::move(partitions), kLatestOffset.value(), timeout);
}

Result<void> Consumer::Pause(std::vector<TopicPartition> partitions) {
  return ResultOf(shared_->Pause(NamesOf(partitions)));
}

Result<void> Consumer::Resume(std::vector<TopicPartition> partitions) {
  return ResultOf(shared_->Resume(NamesOf(partitions)));
}

Result<RecordBatch> Consumer::Poll(Timeout timeout) {
  if (const Status here = engine_->CheckProcess(); !here.ok()) return ErrorOf(here);
  const TimeLimit deadline(LimitOf(timeout));
  while (true) {
    if (turn_->TakeWake()) return RecordBatch();
    std::optional<SharedConsumer::Arrived> arrived = shared_->TryTake();
    if (!arrived.has_value()) {
      if (turn_->Wait(*shared_, deadline) != Waiter::End::kTold) return RecordBatch();
      continue;
    }
    if (!arrived->ok()) return ErrorOf(arrived->status());
    Result<RecordBatch> batch = RecordBatchReader::Read(**std::move(arrived));
    // A batch may end before what was wanted of it begins.
    if (!batch.ok() || !batch->empty()) return batch;
  }
}

void Consumer::Wakeup() {
  turn_->Wake();
  shared_->TellListeners();
}

Result<int64_t> Consumer::Position(const TopicPartition& partition, Timeout timeout) {
  const auto position = Await<StatusOr<Offset>>([&](std::function<void(StatusOr<Offset>)> done) {
    shared_->FindPosition(NameOf(partition), LimitOf(timeout), std::move(done));
  });
  if (!position.ok()) return ErrorOf(position.status());
  return position->value();
}

std::optional<int64_t> Consumer::high_watermark(const TopicPartition& partition) const {
  const std::optional<Offset> known = shared_->HighWatermarkOf(NameOf(partition));
  if (!known.has_value()) return std::nullopt;
  return known->value();
}

Result<void> Consumer::Close() {
  if (const Status here = engine_->CheckProcess(); !here.ok()) return ErrorOf(here);
  shared_->Close();
  return {};
}

}  // namespace v0
}  // namespace penstock
