// A consumer: reads partitions that it was told to read, each from a position on, in order, with
// the defaults of Kafka 4.3. It knows no groups.
//
//   consumer.Assign(partitions);
//   while (...) {
//     StatusOr<FetchedBatch> batch = co_await consumer.Next();  // or TryNext, or Poll
//     ...                                                       // client/fetched_batch.h
//   }
//
// It reads ahead: while batches are handed out, the next ones are fetched, about fetch.max.bytes
// from each node. A partition that has no position gets one by auto.offset.reset.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "base/time.h"
#include "client/admin.h"
#include "client/cluster_metadata.h"
#include "client/connection_pool.h"
#include "client/consumer_config.h"
#include "client/fetched_batch.h"
#include "runtime/runtime.h"
#include "runtime/task.h"

namespace penstock {

class Fetcher;

class Consumer {
 public:
  // Fetches over `fetches`, which nobody else uses: a broker works on the requests of a connection
  // one after the other, and a fetch may wait. Offsets and epochs are looked up over `lookups`. All
  // that is referred to outlives the consumer.
  Consumer(Runtime& runtime, ConnectionPool& fetches, ConnectionPool& lookups,
           ClusterMetadata& metadata, ConsumerConfig config);
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;
  // Close() has been awaited, or the machine crashes.
  ~Consumer();

  // --- what is read, and from where ---

  // Reads these partitions from now on and no others. Those that were read before keep their
  // positions and what was read ahead.
  void Assign(const std::vector<TopicPartitionName>& partitions);
  std::vector<TopicPartitionName> assignment() const;  // in order

  // The following are FailedPrecondition for a partition that is not assigned; then nothing is
  // changed.

  // The next batch of the partition is the one that contains `offset`, or what follows it. Where
  // the epoch of the record before `offset` is given, it is checked that the leader's log has it.
  // InvalidArgument for a negative offset.
  Status Seek(const TopicPartitionName& partition, Offset offset,
              LeaderEpoch epoch = kNoLeaderEpoch);
  // Moves the partitions to the first record that is not older than the timestamp, to the end if
  // there is none; kEarliestOffset and kLatestOffset mean a place. From now on nothing of the old
  // positions is handed out; the new ones are looked up.
  Status StartSeekToTime(const std::vector<TopicPartitionName>& partitions, TimestampMs timestamp);
  // The same, done when all partitions are there. A later Seek of a partition wins. The consumer
  // outlives the Tasks.
  //   REQUEST_TIMED_OUT, with the last failure: the partitions still move when they can.
  Task<Status> SeekToTime(std::vector<TopicPartitionName> partitions, TimestampMs timestamp,
                          Instant deadline);
  Task<Status> SeekToBeginning(std::vector<TopicPartitionName> partitions, Instant deadline);
  Task<Status> SeekToEnd(std::vector<TopicPartitionName> partitions, Instant deadline);

  // A paused partition hands nothing out and is not fetched; what was read ahead stays.
  Status Pause(const std::vector<TopicPartitionName>& partitions);
  Status Resume(const std::vector<TopicPartitionName>& partitions);
  std::vector<TopicPartitionName> paused() const;  // in order

  // The offset behind the last batch that was handed out. Nothing while it is being looked up, or
  // for a partition that is not assigned.
  std::optional<Offset> Position(const TopicPartitionName& partition) const;
  // Waits for a position; errors as of SeekToTime, or what else keeps the partition from having
  // one.
  Task<StatusOr<Offset>> AwaitPosition(TopicPartitionName partition, Instant deadline);
  // As the last answer said; nothing before the first one.
  std::optional<PartitionEnds> Ends(const TopicPartitionName& partition) const;

  // --- what comes ---

  // The next batch, if there is one at hand. The partitions take turns. An error belongs to one
  // partition, which its message and its kPartitionDetail name, and is told once each time that it
  // is met; the other partitions go on, and so does this one after a back-off:
  //   OFFSET_OUT_OF_RANGE: the position is not in the log, or the log was truncated below it, and
  //     auto.offset.reset is none.
  //   TOPIC_AUTHORIZATION_FAILED, INVALID_TOPIC_EXCEPTION, and others that no retry mends.
  //   CORRUPT_MESSAGE: a batch whose CRC or form is wrong; Seek passes over it.
  //   UNSUPPORTED_FOR_MESSAGE_FORMAT: a batch of magic 0 or 1.
  std::optional<StatusOr<FetchedBatch>> TryNext();
  // Waits for it. Cancelling the Task loses nothing. Cancelled after Close().
  Task<StatusOr<FetchedBatch>> Next();
  // Waits for a batch until `deadline`, and takes what is at hand up to `bytes_max`, at least one.
  // None at the deadline, and when a position moved over what is for nobody, such as the end of a
  // transaction. An error is told when it comes first. Cancelling the Task loses nothing.
  Task<StatusOr<std::vector<FetchedBatch>>> Poll(size_t bytes_max, Instant deadline);

  // --- what the log has, without moving ---

  // Under read_committed the end is the last stable offset.
  Task<std::vector<OffsetResult>> BeginningOffsets(std::vector<TopicPartitionName> partitions,
                                                   Instant deadline);
  Task<std::vector<OffsetResult>> EndOffsets(std::vector<TopicPartitionName> partitions,
                                             Instant deadline);
  Task<std::vector<OffsetResult>> OffsetsForTimes(std::vector<OffsetQuery> queries,
                                                  Instant deadline);

  // Ends everybody who waits with Cancelled, tells the brokers that their fetch sessions are over
  // without waiting for their answers, and waits until nothing of the consumer runs. Once.
  Task<> Close();

  const ConsumerConfig& config() const { return config_; }

 private:
  // Done when all have a position, or one of them will not get one by waiting.
  Task<Status> AwaitPositions(std::vector<TopicPartitionName> partitions, Instant deadline);
  AdminOptions Until(Instant deadline) const;

  Runtime& runtime_;
  const ConsumerConfig config_;
  Admin admin_;
  const std::unique_ptr<Fetcher> fetcher_;
};

}  // namespace penstock
