#include "client/producer.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/strings.h"
#include "runtime/completion.h"
#include "runtime/race.h"

namespace penstock {
namespace {

Status TooLate(std::string message) { return KafkaError(ErrorCode::kRequestTimedOut, message); }

// Brokers take no longer name of a topic.
constexpr size_t kTopicNameBytesMax = 249;
// A point in time can be reckoned with it.
constexpr Duration kLongest = Milliseconds(int64_t{1} << 42);

}  // namespace

struct Producer::Topic {
  Topic(std::string topic_name, Executor& executor, int32_t batch_bytes, Random& random)
      : name(std::move(topic_name)), line(executor, 1), sticky(batch_bytes, random) {}

  const std::string name;
  // Held by the append that waits for metadata or memory; the others of the topic wait behind it.
  Semaphore line;
  StickyPartitioner sticky;
  std::vector<PartitionId> candidates;  // for records without a key
  uint64_t candidates_of = 0;           // the refresh that they are from
};

// The place in line of an append that waits; also given up when the append is cancelled.
class Producer::PlaceInLine {
 public:
  explicit PlaceInLine(Producer& producer)
      : producer_(producer), number_(++producer.last_in_line_) {
    producer_.in_line_.insert(number_);
  }
  PlaceInLine(const PlaceInLine&) = delete;
  PlaceInLine& operator=(const PlaceInLine&) = delete;
  ~PlaceInLine() {
    producer_.in_line_.erase(number_);
    producer_.left_line_.NotifyAll();
  }

 private:
  Producer& producer_;
  const uint64_t number_;
};

Producer::Producer(Runtime& runtime, ConnectionPool& pool, ClusterMetadata& metadata,
                   ProducerConfig config)
    : runtime_(runtime),
      metadata_(metadata),
      config_(std::move(config)),
      memory_(runtime.executor, static_cast<uint64_t>(config_.buffer_bytes)),
      accumulator_(config_, config_.enable_idempotence ? &idempotence_.emplace() : nullptr),
      left_line_(runtime.executor),
      sender_(runtime, pool, metadata, config_, accumulator_,
              idempotence_.has_value() ? &*idempotence_ : nullptr) {}

Producer::~Producer() = default;

Status Producer::Closed() const { return FailedPrecondition("the producer is closed"); }

Producer::Topic& Producer::TopicOf(std::string_view name) {
  const auto found = topics_.find(name);
  if (found != topics_.end()) return *found->second;
  auto made = std::make_unique<Topic>(std::string(name), runtime_.executor, config_.batch_bytes,
                                      runtime_.random);
  return *topics_.try_emplace(std::string(name), std::move(made)).first->second;
}

// --- One record ---

StatusOr<size_t> Producer::Check(const ProducerRecord& record) const {
  if (closed_) return Closed();
  if (record.timestamp < TimestampMs(0) && record.timestamp != kNoTimestamp) {
    return InvalidArgument(StrCat("Invalid timestamp: ", record.timestamp,
                                  ". Timestamp should always be non-negative or null."));
  }
  if (record.partition.has_value() && *record.partition < PartitionId(0)) {
    return InvalidArgument(StrCat("Invalid partition: ", *record.partition,
                                  ". Partition number should always be non-negative or null."));
  }
  if (record.topic.empty() || record.topic.size() > kTopicNameBytesMax) {
    return KafkaError(ErrorCode::kInvalidTopicException,
                      StrCat("The name of a topic has 1 to ", kTopicNameBytesMax,
                             " characters, this one has ", record.topic.size(), "."));
  }
  const NewRecord whole{.key = record.key, .value = record.value, .headers = record.headers};
  const size_t bytes = BatchSizeMaxOf(whole);
  const auto refuse = [bytes](std::string_view config, int64_t limit) {
    return KafkaError(
        ErrorCode::kMessageTooLarge,
        StrCat("The message is ", bytes, " bytes when serialized which is larger than ", limit,
               ", which is the value of the ", config, " configuration."));
  };
  const auto request_bytes_max =
      std::min(static_cast<size_t>(config_.request_bytes_max), kBatchBytesMax);
  if (bytes > request_bytes_max) {
    return refuse("max.request.size", static_cast<int64_t>(request_bytes_max));
  }
  if (bytes > memory_.capacity()) return refuse("buffer.memory", config_.buffer_bytes);
  return bytes;
}

std::optional<PartitionId> Producer::Choose(Topic& topic, const ProducerRecord& record) {
  const TopicInfo* known = metadata_.cache().FindTopic(topic.name);
  if (known == nullptr || known->partitions.empty()) return std::nullopt;
  const auto count = static_cast<int32_t>(known->partitions.size());
  if (record.partition.has_value()) {
    if (record.partition->value() >= count) return std::nullopt;
    return record.partition;
  }
  if (record.key.has_value() && !config_.ignore_keys) return PartitionForKey(*record.key, count);
  if (topic.candidates.empty() || topic.candidates_of != metadata_.refreshes()) {
    topic.candidates_of = metadata_.refreshes();
    topic.candidates.clear();
    for (int32_t i = 0; i < count; ++i) {
      const bool has_leader = known->partitions[static_cast<size_t>(i)].leader != kNoNode;
      if (has_leader) topic.candidates.push_back(PartitionId(i));
    }
    if (topic.candidates.empty()) {
      for (int32_t i = 0; i < count; ++i) topic.candidates.push_back(PartitionId(i));
    }
  }
  return topic.sticky.Choose(topic.candidates);
}

uint64_t Producer::BatchBytes() const {
  return std::min(static_cast<uint64_t>(config_.batch_bytes), memory_.capacity());
}

uint64_t Producer::MemoryFor(size_t bytes) const { return std::max(BatchBytes(), uint64_t{bytes}); }

bool Producer::Put(Topic& topic, const ProducerRecord& record, size_t bytes,
                   DeliveryHandler& handler, std::optional<Semaphore::Permit>& memory) {
  const std::optional<PartitionId> partition = Choose(topic, record);
  if (!partition.has_value()) return false;
  PartitionQueue& queue = accumulator_.QueueOf(topic.name, *partition);
  ProducerBatch* batch = queue.OpenBatch(bytes, static_cast<size_t>(BatchBytes()));
  const bool begins = batch == nullptr;
  if (begins) {
    if (!memory.has_value()) memory = memory_.TryAcquire(MemoryFor(bytes));
    if (!memory.has_value()) return false;
    batch = &accumulator_.StartBatch(queue, runtime_.clock.Now(), *std::move(memory));
    memory.reset();
    metadata_.Follow(topic.name);
  }
  const TimestampMs now =
      record.timestamp == kNoTimestamp ? runtime_.clock.WallNow() : record.timestamp;
  const size_t bytes_before = batch->size_in_bytes();
  const NewRecord whole{
      .timestamp = now, .key = record.key, .value = record.value, .headers = record.headers};
  batch->Append(whole, std::move(handler));
  const bool full = accumulator_.IsFull(*batch);
  const bool sticks =
      !record.partition.has_value() && (!record.key.has_value() || config_.ignore_keys);
  if (sticks) topic.sticky.Added(batch->size_in_bytes() - bytes_before, full);
  if (begins || full) sender_.Wake();
  return true;
}

StatusOr<bool> Producer::TryAppend(const ProducerRecord& record, DeliveryHandler& handler) {
  ASSIGN_OR_RETURN(const size_t bytes, Check(record));
  Topic& topic = TopicOf(record.topic);
  if (topic.line.available() == 0) return false;
  std::optional<Semaphore::Permit> memory;
  return Put(topic, record, bytes, handler, memory);
}

// --- Waiting ---

Task<Status> Producer::Append(ProducerRecord record, DeliveryHandler handler) {
  CO_ASSIGN_OR_RETURN(const bool taken, TryAppend(record, handler));
  if (taken) co_return OkStatus();
  CO_ASSIGN_OR_RETURN(const size_t bytes, Check(record));
  const PlaceInLine place(*this);
  co_return co_await AppendInLine(record, bytes, std::move(handler));
}

Task<Status> Producer::AppendInLine(ProducerRecord record, size_t bytes, DeliveryHandler handler) {
  Topic& topic = TopicOf(record.topic);
  const Instant deadline = runtime_.clock.Now() + config_.block_max;
  Task<Semaphore::Permit> turn = topic.line.Acquire(1);
  const auto line = co_await Before(runtime_.timers, deadline, std::move(turn));
  if (!line.has_value()) {
    co_return TooLate(StrCat("Earlier records of topic ", topic.name,
                             " still wait for metadata or memory after ",
                             InMilliseconds(config_.block_max), " ms."));
  }
  CO_RETURN_IF_ERROR(co_await AwaitPlace(topic, record.partition, deadline));
  co_return co_await PutWhenThereIsMemory(topic, record, bytes, std::move(handler), deadline);
}

Task<Status> Producer::AwaitPlace(Topic& topic, std::optional<PartitionId> partition,
                                  Instant deadline) {
  const Status known = co_await metadata_.AwaitTopic(topic.name, deadline);
  if (!known.ok()) {
    const std::string what = StrCat("Topic ", topic.name, " not present in metadata after ",
                                    InMilliseconds(config_.block_max), " ms");
    co_return IsRetriable(known) ? TooLate(StrCat(what, ": ", MessageOf(known))) : known;
  }
  // Partitions may have been added since the last refresh.
  const PartitionId wanted = partition.value_or(PartitionId(0));
  while (true) {
    if (stopped_) co_return Closed();
    const TopicInfo* found = metadata_.cache().FindTopic(topic.name);
    const size_t count = found == nullptr ? 0 : found->partitions.size();
    if (wanted.value() < static_cast<int32_t>(count)) co_return OkStatus();
    if (runtime_.clock.Now() >= deadline) {
      co_return TooLate(
          StrCat("Partition ", wanted, " of topic ", topic.name, " with partition count ", count,
                 " is not present in metadata after ", InMilliseconds(config_.block_max), " ms."));
    }
    const Instant next = std::min(deadline, runtime_.clock.Now() + config_.retry_backoff);
    const Status refreshed = co_await metadata_.Refresh(deadline);
    if (!refreshed.ok() && !IsRetriable(refreshed)) co_return refreshed;
    co_await runtime_.timers.SleepUntil(next);
  }
}

Task<Status> Producer::PutWhenThereIsMemory(Topic& topic, ProducerRecord record, size_t bytes,
                                            DeliveryHandler handler, Instant deadline) {
  std::optional<Semaphore::Permit> memory;
  while (true) {
    if (stopped_) co_return Closed();
    if (Put(topic, record, bytes, handler, memory)) co_return OkStatus();
    if (!memory.has_value()) {
      const Accumulator::Hurrying hurrying(accumulator_);
      sender_.Wake();
      Task<Semaphore::Permit> acquiring = memory_.Acquire(MemoryFor(bytes));
      memory = co_await Before(runtime_.timers, deadline, std::move(acquiring));
      if (memory.has_value()) continue;
      co_return TooLate(
          StrCat("Failed to allocate ", bytes, " bytes within the configured max blocking time ",
                 InMilliseconds(config_.block_max), " ms. Total memory: ", memory_.capacity(),
                 " bytes. Available memory: ", memory_.available(), " bytes."));
    }
    // The topic went out of the metadata meanwhile.
    CO_RETURN_IF_ERROR(co_await AwaitPlace(topic, record.partition, deadline));
  }
}

Task<StatusOr<RecordMetadata>> Producer::Send(ProducerRecord record) {
  using Delivered = Completion<StatusOr<RecordMetadata>>;
  // Shared with the handler, which may be called when this Task is gone.
  const auto delivered = std::make_shared<Delivered>(runtime_.executor);
  DeliveryHandler handler = [delivered](const StatusOr<RecordMetadata>& result) {
    delivered->Finish(result);
  };
  CO_RETURN_IF_ERROR(co_await Append(record, std::move(handler)));
  co_return co_await delivered->Wait();
}

void Producer::Hurry() {
  accumulator_.Hurry(accumulator_.last_number());
  sender_.Wake();
}

Task<> Producer::FlushAll() {
  const uint64_t last_in_line = last_in_line_;
  while (!in_line_.empty() && *in_line_.begin() <= last_in_line) co_await left_line_.Wait();
  const uint64_t number = accumulator_.last_number();
  Hurry();
  co_await sender_.AwaitFinished(number);
}

Task<> Producer::Flush() { co_await FlushAll(); }

Task<Status> Producer::Close(Duration timeout) {
  CHECK(!closed_);
  closed_ = true;
  const Instant deadline = runtime_.clock.Now() + std::min(timeout, kLongest);
  Task<> flushing = FlushAll();
  const auto flushed = co_await Before(runtime_.timers, deadline, std::move(flushing));
  const Status why = KafkaError(ErrorCode::kRequestTimedOut,
                                "the producer was closed before the record was delivered");
  stopped_ = true;
  const size_t left = co_await sender_.Stop(why);
  if (left == 0 && flushed.has_value()) co_return OkStatus();
  co_return TooLate(StrCat(left, " record(s) were not delivered within the ",
                           InMilliseconds(timeout), " ms of the close"));
}

}  // namespace penstock
