// A producer: takes records, gathers them into batches, and delivers each one once, in the order of
// its partition, with the defaults of Kafka 4.3.
//
//   DeliveryHandler handler = ...;
//   auto taken = producer.TryAppend(record, handler);     // at once, if that is possible
//   Status taken = co_await producer.Append(record, ...); // waits for metadata and memory
//   auto where = co_await producer.Send(record);          // waits for the delivery
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/btree_map.h"
#include "base/ids.h"
#include "base/status.h"
#include "base/time.h"
#include "client/accumulator.h"
#include "client/cluster_metadata.h"
#include "client/connection_pool.h"
#include "client/delivery.h"
#include "client/idempotence.h"
#include "client/partitioner.h"
#include "client/producer_config.h"
#include "client/sender.h"
#include "record/record_view.h"
#include "runtime/condition.h"
#include "runtime/runtime.h"
#include "runtime/semaphore.h"
#include "runtime/task.h"

namespace penstock {

// A record to be sent. What it points to is copied when the record is taken, and must live until
// then.
struct ProducerRecord {
  std::string_view topic;
  std::optional<PartitionId> partition;  // nothing: by the key, or any
  TimestampMs timestamp = kNoTimestamp;  // kNoTimestamp: now
  RecordBytes key;
  RecordBytes value;
  std::span<const RecordHeaderView> headers = {};
};

class Producer {
 public:
  // Sends over `pool`, to the leaders that `metadata` knows. All that is referred to outlives the
  // producer.
  Producer(Runtime& runtime, ConnectionPool& pool, ClusterMetadata& metadata,
           ProducerConfig config);
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;
  // Close() has been awaited, or the machine crashes.
  ~Producer();

  // Takes the record, and `handler` with it, if nothing has to be waited for. False: the topic is
  // not known yet, the memory is full, or an earlier record of the topic is waiting for either; use
  // Append then. Errors as of Append.
  StatusOr<bool> TryAppend(const ProducerRecord& record, DeliveryHandler& handler);

  // Takes the record; waits for it at most max.block.ms. Records of a topic are taken in the order
  // of the calls. After an error the handler is never called; after OK it is called once. A
  // cancelled Task has taken the record or not. The producer outlives the Task.
  //   MESSAGE_TOO_LARGE: larger than max.request.size or buffer.memory.
  //   InvalidArgument: a negative timestamp or partition.
  //   INVALID_TOPIC_EXCEPTION, TOPIC_AUTHORIZATION_FAILED: there is no sending to this topic.
  //   REQUEST_TIMED_OUT: no metadata of the topic, no such partition, or no memory in time.
  //   FailedPrecondition: the producer is closed.
  Task<Status> Append(ProducerRecord record, DeliveryHandler handler);

  // Append, then waits for the delivery. Cancelling the Task does not take the record back.
  Task<StatusOr<RecordMetadata>> Send(ProducerRecord record);

  // Sends at once what lingers.
  void Hurry();

  // Sends at once what lingers, and waits until every record of an Append that was begun before has
  // been answered. The producer outlives the Task.
  Task<> Flush();

  // Takes no record any more, flushes for at most `timeout`, fails what is left then, and waits
  // until nothing of the producer runs. REQUEST_TIMED_OUT says how many records were failed.
  // Once.
  Task<Status> Close(Duration timeout);

  const ProducerConfig& config() const { return config_; }

 private:
  struct Topic;
  class PlaceInLine;

  Topic& TopicOf(std::string_view name);
  // What can be said without knowing the cluster; the size that the record may take.
  StatusOr<size_t> Check(const ProducerRecord& record) const;
  // Nothing if the topic is not known, or has no such partition.
  std::optional<PartitionId> Choose(Topic& topic, const ProducerRecord& record);
  // True if the record went into a batch: one with room, or a new one if there is `memory`.
  bool Put(Topic& topic, const ProducerRecord& record, size_t bytes, DeliveryHandler& handler,
           std::optional<Semaphore::Permit>& memory);
  // What a batch may take: no more than its share of memory.
  uint64_t BatchBytes() const;
  uint64_t MemoryFor(size_t bytes) const;

  Task<Status> AppendInLine(ProducerRecord record, size_t bytes, DeliveryHandler handler);
  // Until the topic has the partition, or, without one, any.
  Task<Status> AwaitPlace(Topic& topic, std::optional<PartitionId> partition, Instant deadline);
  Task<Status> PutWhenThereIsMemory(Topic& topic, ProducerRecord record, size_t bytes,
                                    DeliveryHandler handler, Instant deadline);
  Task<> FlushAll();
  Status Closed() const;

  Runtime& runtime_;
  ClusterMetadata& metadata_;
  const ProducerConfig config_;
  std::optional<Idempotence> idempotence_;
  Semaphore memory_;
  Accumulator accumulator_;
  BTreeMap<std::string, std::unique_ptr<Topic>> topics_;
  std::multiset<uint64_t> in_line_;  // appends that wait, by their number
  uint64_t last_in_line_ = 0;
  bool closed_ = false;   // takes no record any more
  bool stopped_ = false;  // not even one that waits in line
  Condition left_line_;
  Sender sender_;
};

}  // namespace penstock
