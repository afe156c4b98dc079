#include "embed/shared_producer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/check.h"
#include "base/strings.h"
#include "client/producer.h"
#include "runtime/condition.h"
#include "runtime/event.h"
#include "runtime/race.h"
#include "runtime/task_group.h"

namespace penstock {

namespace {

// A parcel of this size is given away although the engine has not come for it.
constexpr size_t kParcelBytes = size_t{1} << 18;
// The share of buffer.memory that may wait for the engine.
constexpr int64_t kWaitingShare = 4;
// Memory of parcels that is used again, so that no page is touched for the first time again and
// again.
constexpr size_t kSparesMax = 8;
constexpr size_t kSpareBytesMin = size_t{1} << 12;
// While records keep coming, the engine looks for parcels this often, and no sender wakes it.
constexpr Duration kPumpPause = Microseconds(50);

}  // namespace

// What lives on the engine's thread: the producer, and the pump that feeds it.
class SharedProducer::Core final : private Parcel::Owner {
 public:
  Core(SharedProducer& owner, Engine::Parts& parts, ProducerConfig config)
      : owner_(owner),
        runtime_(parts.runtime),
        producer_(runtime_, parts.pool, parts.metadata, std::move(config)),
        ending_(runtime_.executor),
        wakes_(runtime_.executor),
        appended_(runtime_.executor),
        tasks_(runtime_.executor, [](const Status&) {}) {
    tasks_.Start(Pump());
  }

  void Wake() { wakes_.NotifyAll(); }
  void Hurry() {
    hurried_ = true;
    wakes_.NotifyAll();
  }

  // Every parcel up to `number` has been given to the producer, and its records are answered.
  Task<Status> Flush(uint64_t number) {
    Hurry();
    while (appended_number_ < number) co_await appended_.Wait();
    co_await producer_.Flush();
    co_return OkStatus();
  }

  Task<Status> Close(uint64_t number, Duration timeout) {
    const Instant deadline = runtime_.clock.Now() + timeout;
    Hurry();
    while (appended_number_ < number && runtime_.clock.Now() < deadline) {
      Task<> wait = appended_.Wait();
      co_await Before(runtime_.timers, deadline, std::move(wait));
    }
    const Duration left = std::max(deadline - runtime_.clock.Now(), Duration::zero());
    const Status closed = co_await producer_.Close(left);
    // What the pump still has fails at once now.
    ending_.Set();
    wakes_.NotifyAll();
    co_await tasks_.Join();
    co_return closed;
  }

 private:
  Task<> Pump() {
    while (true) {
      const std::shared_ptr<Parcel> parcel = Take();
      if (parcel == nullptr) {
        if (std::exchange(hurried_, false)) producer_.Hurry();
        if (ending_.is_set()) co_return;
        co_await wakes_.Wait();
        continue;
      }
      const bool alone = parcel->records() == 1;
      co_await Give(parcel);
      ++appended_number_;
      appended_.NotifyAll();
      if (!alone && !hurried_ && !ending_.is_set()) {
        const Instant next = runtime_.clock.Now() + kPumpPause;
        co_await runtime_.timers.SleepUntil(next);
      }
    }
  }

  std::shared_ptr<Parcel> Take() {
    const std::lock_guard lock(owner_.mutex_);
    if (owner_.sealed_.empty()) owner_.SealOpen();
    if (owner_.sealed_.empty()) {
      owner_.pump_sleeps_ = true;
      return nullptr;
    }
    std::shared_ptr<Parcel> parcel = std::move(owner_.sealed_.front());
    owner_.sealed_.pop_front();
    owner_.pump_sleeps_ = false;
    return parcel;
  }

  Task<> Give(std::shared_ptr<Parcel> parcel) {
    parcel->Open(*this);
    const auto bytes = static_cast<int64_t>(parcel->size_in_bytes());
    const auto count = static_cast<uint32_t>(parcel->records());
    if (count > 0) open_[parcel.get()] = parcel;
    Parcel::Content content;
    for (uint32_t i = 0; i < count; ++i) {
      parcel->Read(i, content);
      // Small enough to need no memory of its own.
      DeliveryHandler handler = [raw = parcel.get(), i](const StatusOr<RecordMetadata>& outcome) {
        raw->owner().Answered(*raw, i, outcome);
      };
      const StatusOr<bool> taken = producer_.TryAppend(content.record, handler);
      if (!taken.ok()) {
        Answered(*parcel, i, taken.status());
      } else if (!*taken) {
        const Status appended = co_await AppendUnlessEnding(content.record, std::move(handler));
        if (!appended.ok()) Answered(*parcel, i, appended);
      }
    }
    owner_.Recycle(parcel->TakeBytes());
    const int64_t waiting = owner_.waiting_bytes_.fetch_sub(bytes) - bytes;
    // Not for every parcel: who waits is woken when there is room for some more than one.
    if (waiting <= owner_.waiting_bytes_max_ / 2) owner_.room_.TellAll();
  }

  Task<Status> AppendUnlessEnding(ProducerRecord record, DeliveryHandler handler) {
    Task<Status> appending = producer_.Append(record, std::move(handler));
    Task<> ending = ending_.Wait();
    const auto first = co_await Race(std::move(appending), std::move(ending));
    if (first.index() == 0) co_return std::get<0>(first);
    co_return FailedPrecondition("the producer was closed before there was room for the record");
  }

  void Answered(Parcel& parcel, uint32_t index, const StatusOr<RecordMetadata>& outcome) override {
    if (parcel.Answer(index, outcome)) owner_.Note(parcel.TopicOf(index), outcome.status());
    owner_.unanswered_.fetch_sub(1);
    if (!outcome.ok()) owner_.failed_.fetch_add(1);
    if (parcel.unanswered() == 0) open_.erase(&parcel);
  }

  SharedProducer& owner_;
  Runtime& runtime_;
  Producer producer_;
  std::map<Parcel*, std::shared_ptr<Parcel>> open_;  // with records that have no answer
  uint64_t appended_number_ = 0;
  bool hurried_ = false;
  Event ending_;
  Condition wakes_;
  Condition appended_;
  TaskGroup tasks_;
};

SharedProducer::SharedProducer(std::shared_ptr<Engine> engine)
    : engine_(std::move(engine)), place_(std::make_shared<Place>()) {}

StatusOr<std::shared_ptr<SharedProducer>> SharedProducer::Create(std::shared_ptr<Engine> engine,
                                                                 const ConfigMap& configs) {
  ASSIGN_OR_RETURN(ProducerConfig config, ProducerConfig::Parse(configs));
  Engine& of = *engine;
  std::shared_ptr<SharedProducer> made(new SharedProducer(std::move(engine)));
  made->waiting_bytes_max_ = std::max<int64_t>(config.buffer_bytes / kWaitingShare, 1);
  config.buffer_bytes -= config.buffer_bytes / kWaitingShare;
  made->block_max_ = config.block_max;
  if (!of.Register(made)) return Engine::Closed();
  SharedProducer* raw = made.get();
  RETURN_IF_ERROR(of.Run([raw, config = std::move(config)](Engine::Parts& parts) {
    return MakeCore(*raw, parts, config);
  }));
  return made;
}

Task<Status> SharedProducer::MakeCore(SharedProducer& owner, Engine::Parts& parts,
                                      ProducerConfig config) {
  owner.place_->core = std::make_unique<Core>(owner, parts, std::move(config));
  co_return OkStatus();
}

Task<Status> SharedProducer::CloseCore(std::shared_ptr<Place> place, uint64_t number,
                                       Duration timeout) {
  if (place->core == nullptr) co_return OkStatus();
  const Status closed = co_await place->core->Close(number, timeout);
  place->core.reset();
  co_return closed;
}

SharedProducer::~SharedProducer() {
  if (!engine_->CheckProcess().ok()) {  // a forked child: the core stays as it is
    static_cast<void>(place_->core.release());
    return;
  }
  static_cast<void>(Close(Duration::zero()));
}

Status SharedProducer::CheckOpen() const {
  if (closed_) {
    return WithDetail(FailedPrecondition("the producer is closed"), kClosedDetail, "producer");
  }
  return engine_->CheckProcess();
}

const std::string& SharedProducer::Topic(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found = topics_.find(name);
  if (found != topics_.end()) return *found;
  return *topics_.emplace(name).first;
}

void SharedProducer::SealOpen() {
  if (open_ == nullptr) return;
  ++last_number_;
  sealed_.push_back(std::move(open_));
  open_ = nullptr;
}

std::vector<uint8_t> SharedProducer::TakeSpare() {
  if (spare_.empty()) return {};
  std::vector<uint8_t> taken = std::move(spare_.back());
  spare_.pop_back();
  return taken;
}

void SharedProducer::Recycle(std::vector<uint8_t> bytes) {
  if (bytes.capacity() < kSpareBytesMin) return;
  const std::lock_guard lock(mutex_);
  if (spare_.size() < kSparesMax) spare_.push_back(std::move(bytes));
}

bool SharedProducer::WakeIsDue() { return std::exchange(pump_sleeps_, false); }

void SharedProducer::Wake() {
  engine_->Post([place = place_] {
    if (place->core != nullptr) place->core->Wake();
  });
}

StatusOr<std::optional<SharedProducer::Ticket>> SharedProducer::TrySend(
    const std::string& topic, const OutgoingRecord& record) {
  std::optional<Ticket> ticket;
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    RETURN_IF_ERROR(CheckOpen());
    if (!HasRoom()) return ticket;
    if (open_ != nullptr && (open_->bulk() != nullptr || open_->size_in_bytes() >= kParcelBytes)) {
      SealOpen();
    }
    if (open_ == nullptr) open_ = std::make_shared<Parcel>(nullptr, TakeSpare());
    const size_t before = open_->size_in_bytes();
    ticket = Ticket{open_, open_->Append(topic, record)};
    waiting_bytes_.fetch_add(static_cast<int64_t>(open_->size_in_bytes() - before));
    unanswered_.fetch_add(1);
    wake = WakeIsDue();
  }
  if (wake) Wake();
  return ticket;
}

StatusOr<bool> SharedProducer::TrySendIn(const std::shared_ptr<Bulk>& bulk,
                                         const std::string& topic, const OutgoingRecord& record) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    RETURN_IF_ERROR(CheckOpen());
    if (!HasRoom()) return false;
    if (open_ != nullptr && (open_->bulk() != bulk || open_->size_in_bytes() >= kParcelBytes)) {
      SealOpen();
    }
    if (open_ == nullptr) open_ = std::make_shared<Parcel>(bulk, TakeSpare());
    const size_t before = open_->size_in_bytes();
    open_->Append(topic, record);
    waiting_bytes_.fetch_add(static_cast<int64_t>(open_->size_in_bytes() - before));
    unanswered_.fetch_add(1);
    wake = WakeIsDue();
  }
  if (wake) Wake();
  return true;
}

void SharedProducer::Seal(const std::shared_ptr<Bulk>& bulk) { bulk->Sealed(); }

void SharedProducer::Hurry() {
  engine_->Post([place = place_] {
    if (place->core != nullptr) place->core->Hurry();
  });
}

void SharedProducer::Flush(std::shared_ptr<Signal> signal, uint64_t token) {
  uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    SealOpen();
    number = last_number_;
  }
  engine_->Start([place = place_, number](Engine::Parts&) { return FlushCore(place, number); },
                 [signal = std::move(signal), token](const Status&) { signal->Tell(token); });
}

Task<Status> SharedProducer::FlushCore(std::shared_ptr<Place> place, uint64_t number) {
  if (place->core == nullptr) co_return OkStatus();
  co_return co_await place->core->Flush(number);
}

int64_t SharedProducer::Close(Duration timeout) {
  uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return 0;
    closed_ = true;
    SealOpen();
    number = last_number_;
  }
  room_.TellAll();
  const int64_t failed_before = failed_.load();
  static_cast<void>(engine_
                        ->Run([place = place_, number, timeout](Engine::Parts&) {
                          return CloseCore(place, number, timeout);
                        })
                        .ok());
  engine_->Unregister(this);
  return failed_.load() - failed_before;
}

void SharedProducer::GiveUp(const Ticket& ticket) {
  if (!ticket.parcel->GiveUp(ticket.index)) return;
  Note(ticket.parcel->TopicOf(ticket.index), ticket.parcel->ErrorOf(ticket.index));
}

void SharedProducer::Note(std::string_view topic, const Status& why) {
  const std::lock_guard lock(mutex_);
  for (Failure& known : failures_) {
    if (known.topic != topic || !(known.why == why)) continue;
    ++known.records;
    return;
  }
  failures_.push_back({.topic = std::string(topic), .records = 1, .why = why});
}

std::vector<SharedProducer::Failure> SharedProducer::TakeFailures() {
  const std::lock_guard lock(mutex_);
  return std::exchange(failures_, {});
}

}  // namespace penstock
