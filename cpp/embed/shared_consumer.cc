#include "embed/shared_consumer.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "client/consumer_config.h"
#include "runtime/condition.h"
#include "runtime/task_group.h"

namespace penstock {

namespace {

Status ClosedStatus() {
  return WithDetail(Cancelled("the consumer is closed"), kClosedDetail, "consumer");
}

}  // namespace

class SharedConsumer::Core {
 public:
  Core(SharedConsumer& owner, Engine::Parts& parts, ConsumerConfig config)
      : owner_(owner),
        runtime_(parts.runtime),
        fetches_(runtime_, parts.pool.options()),
        consumer_(runtime_, fetches_, parts.pool, parts.metadata, std::move(config)),
        room_(runtime_.executor),
        tasks_(runtime_.executor, [](const Status&) {}) {
    tasks_.Start(Pump());
  }

  Consumer& consumer() { return consumer_; }
  Runtime& runtime() { return runtime_; }
  void HasRoom() { room_.NotifyAll(); }
  std::optional<Offset> PositionOfProgram(const TopicPartitionName& partition) const {
    const std::lock_guard lock(owner_.mutex_);
    return owner_.PositionOfProgram(partition);
  }

  Task<Status> Close() {
    co_await tasks_.Stop();
    co_await consumer_.Close();
    co_await fetches_.Close();
    co_return OkStatus();
  }

  // What was read ahead of these partitions, errors included, is not wanted any more. Positions are
  // not known then, unless somebody says them.
  void Forget(const Partitions& partitions) {
    const std::lock_guard lock(owner_.mutex_);
    std::set<std::string> names;
    for (const TopicPartitionName& partition : partitions) {
      owner_.positions_.erase(partition);
      names.insert(NameOf(partition));
    }
    std::erase_if(owner_.queue_, [&](const Arrived& arrived) {
      if (!arrived.ok()) {
        const auto failed = DetailOf(arrived.status(), kPartitionDetail);
        return failed.has_value() && names.contains(*failed);
      }
      const HeldBatch& batch = **arrived;
      if (std::ranges::find(partitions, batch.partition) == partitions.end()) return false;
      owner_.queue_bytes_ -= batch.bytes.size();
      return true;
    });
    room_.NotifyAll();
  }

 private:
  Task<> Pump() {
    while (true) {
      while (!TakeRoom()) co_await room_.Wait();
      StatusOr<FetchedBatch> batch = co_await consumer_.Next();
      if (!batch.ok() && batch.status().code() == StatusCode::kCancelled) co_return;
      Push(std::move(batch));
    }
  }

  bool TakeRoom() {
    const std::lock_guard lock(owner_.mutex_);
    owner_.pump_waits_ = owner_.queue_bytes_ >= owner_.queue_bytes_max_;
    return !owner_.pump_waits_;
  }

  void Push(StatusOr<FetchedBatch> fetched) {
    Arrived arrived = fetched.ok() ? Arrived(Hold(*fetched)) : Arrived(fetched.status());
    {
      const std::lock_guard lock(owner_.mutex_);
      if (arrived.ok()) {
        const HeldBatch& batch = **arrived;
        owner_.queue_bytes_ += batch.bytes.size();
        owner_.high_watermarks_[batch.partition] = batch.high_watermark;
      }
      owner_.queue_.push_back(std::move(arrived));
    }
    owner_.arrivals_.TellAll();
  }

  static std::shared_ptr<const HeldBatch> Hold(const FetchedBatch& fetched) {
    auto held = std::make_shared<HeldBatch>();
    held->partition = fetched.partition;
    held->bytes.assign(fetched.bytes.span().begin(), fetched.bytes.span().end());
    held->first_wanted = fetched.first_wanted;
    held->next_offset = fetched.next_offset;
    held->high_watermark = fetched.ends.high_watermark;
    return held;
  }

  SharedConsumer& owner_;
  Runtime& runtime_;
  ConnectionPool fetches_;
  Consumer consumer_;
  Condition room_;
  TaskGroup tasks_;
};

SharedConsumer::SharedConsumer(std::shared_ptr<Engine> engine)
    : engine_(std::move(engine)), place_(std::make_shared<Place>()) {}

StatusOr<std::shared_ptr<SharedConsumer>> SharedConsumer::Create(std::shared_ptr<Engine> engine,
                                                                 const ConfigMap& configs) {
  ASSIGN_OR_RETURN(const ConsumerConfig config, ConsumerConfig::Parse(configs));
  Engine& of = *engine;
  std::shared_ptr<SharedConsumer> made(new SharedConsumer(std::move(engine)));
  made->queue_bytes_max_ = static_cast<size_t>(config.fetch_bytes_max);
  if (!of.Register(made)) return Engine::Closed();
  SharedConsumer* raw = made.get();
  RETURN_IF_ERROR(
      of.Run([raw, config](Engine::Parts& parts) { return MakeCore(*raw, parts, config); }));
  return made;
}

Task<Status> SharedConsumer::MakeCore(SharedConsumer& owner, Engine::Parts& parts,
                                      ConsumerConfig config) {
  owner.place_->core = std::make_unique<Core>(owner, parts, std::move(config));
  co_return OkStatus();
}

Task<Status> SharedConsumer::CloseCore(std::shared_ptr<Place> place) {
  if (place->core == nullptr) co_return OkStatus();
  const Status closed = co_await place->core->Close();
  place->core.reset();
  co_return closed;
}

SharedConsumer::~SharedConsumer() {
  if (!engine_->CheckProcess().ok()) {  // a forked child: the core stays as it is
    static_cast<void>(place_->core.release());
    return;
  }
  Close();
}

void SharedConsumer::Close() {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    closed_ = true;
    queue_.clear();
    queue_bytes_ = 0;
  }
  arrivals_.TellAll();
  static_cast<void>(
      engine_->Run([place = place_](Engine::Parts&) { return CloseCore(place); }).ok());
  engine_->Unregister(this);
}

namespace {

// A Task of what a plain function gives.
Task<Status> Give(Status status) { co_return status; }

}  // namespace

template <class Function>
Status SharedConsumer::WithCore(Function function) {
  return engine_->Run([place = place_, &function](Engine::Parts&) {
    return Give(place->core == nullptr ? ClosedStatus() : function(*place->core));
  });
}

Status SharedConsumer::Assign(Partitions partitions) {
  return WithCore([this, &partitions](Core& core) {
    const Partitions before = core.consumer().assignment();
    core.consumer().Assign(partitions);
    Partitions gone;
    for (const TopicPartitionName& old : before) {
      if (std::ranges::find(partitions, old) == partitions.end()) gone.push_back(old);
    }
    core.Forget(gone);
    const std::lock_guard lock(mutex_);
    assignment_ = core.consumer().assignment();
    for (const TopicPartitionName& left : gone) paused_.erase(left);
    return OkStatus();
  });
}

Status SharedConsumer::Seek(TopicPartitionName partition, Offset offset) {
  return WithCore([this, &partition, offset](Core& core) {
    RETURN_IF_ERROR(core.consumer().Seek(partition, offset));
    core.Forget({partition});
    const std::lock_guard lock(mutex_);
    positions_[partition] = offset;
    return OkStatus();
  });
}

Status SharedConsumer::Pause(Partitions partitions) {
  return WithCore([this, &partitions](Core& core) {
    RETURN_IF_ERROR(core.consumer().Pause(partitions));
    const std::lock_guard lock(mutex_);
    paused_.insert(partitions.begin(), partitions.end());
    return OkStatus();
  });
}

Status SharedConsumer::Resume(Partitions partitions) {
  const Status resumed = WithCore([this, &partitions](Core& core) {
    RETURN_IF_ERROR(core.consumer().Resume(partitions));
    const std::lock_guard lock(mutex_);
    for (const TopicPartitionName& partition : partitions) paused_.erase(partition);
    return OkStatus();
  });
  arrivals_.TellAll();
  return resumed;
}

namespace {

Instant DeadlineOf(Runtime& runtime, std::optional<Duration> timeout) {
  return timeout.has_value() ? runtime.clock.Now() + *timeout : Instant::Never();
}

}  // namespace

Task<Status> SharedConsumer::SeekOnEngine(std::shared_ptr<Place> place, Partitions partitions,
                                          TimestampMs timestamp, std::optional<Duration> timeout) {
  if (place->core == nullptr) co_return ClosedStatus();
  Core& core = *place->core;
  const Status begun = core.consumer().StartSeekToTime(partitions, timestamp);
  if (!begun.ok()) co_return begun;
  core.Forget(partitions);
  const Instant deadline = DeadlineOf(core.runtime(), timeout);
  for (const TopicPartitionName& partition : partitions) {
    TopicPartitionName name = partition;
    const StatusOr<Offset> there =
        co_await core.consumer().AwaitPosition(std::move(name), deadline);
    if (!there.ok()) co_return there.status();
  }
  co_return OkStatus();
}

void SharedConsumer::SeekTo(Partitions partitions, TimestampMs timestamp,
                            std::optional<Duration> timeout, std::function<void(Status)> done) {
  engine_->Start(
      [place = place_, partitions = std::move(partitions), timestamp, timeout](Engine::Parts&) {
        return SeekOnEngine(place, partitions, timestamp, timeout);
      },
      std::move(done));
}

Task<StatusOr<Offset>> SharedConsumer::PositionOnEngine(std::shared_ptr<Place> place,
                                                        TopicPartitionName partition,
                                                        std::optional<Duration> timeout) {
  if (place->core == nullptr) co_return ClosedStatus();
  Core& core = *place->core;
  const Instant deadline = DeadlineOf(core.runtime(), timeout);
  CO_ASSIGN_OR_RETURN(const Offset position,
                      co_await core.consumer().AwaitPosition(partition, deadline));
  // Batches may have arrived meanwhile, and the consumer be ahead of the program.
  co_return core.PositionOfProgram(partition).value_or(position);
}

std::optional<Offset> SharedConsumer::PositionOfProgram(const TopicPartitionName& partition) const {
  const auto known = positions_.find(partition);
  if (known != positions_.end()) return known->second;
  for (const Arrived& arrived : queue_) {
    if (arrived.ok() && (*arrived)->partition == partition) return (*arrived)->first_wanted;
  }
  return std::nullopt;
}

void SharedConsumer::FindPosition(TopicPartitionName partition, std::optional<Duration> timeout,
                                  std::function<void(StatusOr<Offset>)> done) {
  {
    const std::lock_guard lock(mutex_);
    const std::optional<Offset> known = PositionOfProgram(partition);
    if (known.has_value()) return done(*known);
  }
  engine_->Start([place = place_, partition = std::move(partition),
                  timeout](Engine::Parts&) { return PositionOnEngine(place, partition, timeout); },
                 std::move(done));
}

SharedConsumer::Partitions SharedConsumer::assignment() const {
  const std::lock_guard lock(mutex_);
  return assignment_;
}

std::optional<Offset> SharedConsumer::HighWatermarkOf(const TopicPartitionName& partition) const {
  const std::lock_guard lock(mutex_);
  const auto known = high_watermarks_.find(partition);
  if (known == high_watermarks_.end()) return std::nullopt;
  return known->second;
}

bool SharedConsumer::HasArrived() const {
  const std::lock_guard lock(mutex_);
  return closed_ || Next() != queue_.end();
}

std::deque<SharedConsumer::Arrived>::const_iterator SharedConsumer::Next() const {
  if (paused_.empty()) return queue_.begin();
  return std::ranges::find_if(queue_, [this](const Arrived& arrived) {
    return !arrived.ok() || !paused_.contains((*arrived)->partition);
  });
}

std::optional<SharedConsumer::Arrived> SharedConsumer::TryTake() {
  std::optional<Arrived> taken;
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return ClosedStatus();
    const auto next = Next();
    if (next == queue_.end()) return taken;
    taken = *next;
    queue_.erase(next);
    if (taken->ok()) {
      const HeldBatch& batch = ***taken;
      queue_bytes_ -= batch.bytes.size();
      positions_[batch.partition] = batch.next_offset;
    }
    wake = pump_waits_ && queue_bytes_ < queue_bytes_max_ / 2;
    if (wake) pump_waits_ = false;
  }
  if (wake) {
    engine_->Post([place = place_] {
      if (place->core != nullptr) place->core->HasRoom();
    });
  }
  return taken;
}

}  // namespace penstock
