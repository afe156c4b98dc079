// A consumer and a scripted cluster of two brokers that keep batches: a topic "rivers" whose
// partitions are led by the first one until the test says otherwise.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "client/cluster_metadata.h"
#include "client/connection_pool.h"
#include "client/consumer.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/list_offsets.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/offset_for_leader_epoch.h"
#include "record/batch_builder.h"
#include "tests/unit/client/scripted_broker.h"

namespace penstock {

class ConsumerWorld : public testing::Test {
 public:
  using Results = std::vector<std::string>;
  // A partition as its leader has it.
  struct Log {
    NodeId leader{1};
    LeaderEpoch epoch{0};
    Offset start{0};
    Offset end{0};
    std::vector<Slice> batches;
    std::map<LeaderEpoch, Offset> epoch_ends;  // what OffsetForLeaderEpoch says
    std::deque<ErrorCode> errors;              // of the next fetches
    bool names_leader = false;                 // with an error of leadership (KIP-951)
    std::vector<FetchResponse::AbortedTransaction> aborted;
  };

  ConsumerWorld() {
    logs[PartitionId(0)];
    config.auto_offset_reset.kind = OffsetReset::Kind::kEarliest;
    config.retry_backoff = Milliseconds(10);
    config.fetch_wait_max = Milliseconds(20);
    options.bootstrap_servers = {first.address()};
    options.reconnect_backoff = Milliseconds(10);
    options.retry_backoff = Milliseconds(10);
    Serve(first, NodeId(1));
    Serve(second, NodeId(2));
  }

  void Serve(ScriptedBroker& broker, NodeId id) {
    broker.answer_time = Milliseconds(2);
    broker.On<MetadataRequest>([this](const MetadataRequest& request) { return Tell(request); });
    broker.On<FetchRequest>(
        [this, id](const FetchRequest& request) { return AnswerFetch(id, request); });
    broker.On<ListOffsetsRequest>(
        [this, id](const ListOffsetsRequest& request) { return AnswerOffsets(id, request); });
    broker.On<OffsetForLeaderEpochRequest>(
        [this](const OffsetForLeaderEpochRequest& request) { return AnswerEpochs(request); });
  }

  // --- what the brokers have ---

  // A batch of records "record OFFSET", a second apart from the epoch on.
  static Slice BatchOf(Offset base, int32_t count, LeaderEpoch epoch) {
    BatchOptions options;
    options.base_offset = base;
    options.leader_epoch = epoch;
    BatchBuilder builder(options);
    for (int32_t i = 0; i < count; ++i) {
      const std::string value = StrCat("record ", base + i);
      NewRecord record;
      record.timestamp = TimestampMs(1'000 * (base.value() + i));
      record.value = AsBytes(value);
      builder.Append(record);
    }
    return *builder.Build();
  }
  void Append(int32_t partition, int32_t count) {
    Log& log = logs[PartitionId(partition)];
    log.batches.push_back(BatchOf(log.end, count, log.epoch));
    log.end = log.end + count;
  }
  void MoveLeader(int32_t partition, NodeId leader) {
    Log& log = logs[PartitionId(partition)];
    log.epoch_ends[log.epoch] = log.end;
    log.leader = leader;
    log.epoch = LeaderEpoch(log.epoch.value() + 1);
  }

  // --- what they say ---

  std::optional<MetadataResponse> Tell(const MetadataRequest& request) {
    MetadataResponse response;
    for (ScriptedBroker* broker : {&first, &second}) {
      auto& told = response.brokers.emplace_back();
      told.node_id = NodeId(broker == &first ? 1 : 2);
      told.host = broker->address().host;
      told.port = broker->address().port;
    }
    for (const auto& asked : request.topics.value()) {
      auto& topic = response.topics.emplace_back();
      topic.name = asked.name;
      if (asked.name != "rivers" || !topic_exists) {
        topic.error_code = ErrorCode::kUnknownTopicOrPartition;
        continue;
      }
      topic.topic_id = topic_id;
      for (const auto& [id, log] : logs) {
        auto& partition = topic.partitions.emplace_back();
        partition.partition_index = id;
        partition.leader_id = log.leader;
        partition.leader_epoch = log.epoch;
      }
    }
    return response;
  }

  std::optional<ListOffsetsResponse> AnswerOffsets(NodeId broker,
                                                   const ListOffsetsRequest& request) {
    ListOffsetsResponse response;
    for (const auto& topic : request.topics) {
      auto& told = response.topics.emplace_back();
      told.name = topic.name;
      for (const auto& asked : topic.partitions) {
        const Log& log = logs[asked.partition_index];
        offsets_asked.push_back(StrCat(asked.partition_index, ":", asked.timestamp));
        if (before_offset != nullptr) before_offset();
        auto& partition = told.partitions.emplace_back();
        partition.partition_index = asked.partition_index;
        partition.offset = OffsetAt(log, asked.timestamp);
        if (log.leader != broker) partition.error_code = ErrorCode::kNotLeaderOrFollower;
        if (!offset_errors.empty()) {
          partition.error_code = offset_errors.front();
          offset_errors.pop_front();
        }
      }
    }
    return response;
  }
  static Offset OffsetAt(const Log& log, TimestampMs timestamp) {
    if (timestamp == kLatestOffset) return log.end;
    if (timestamp == kEarliestOffset) return log.start;
    const Offset offset((timestamp.value() + 999) / 1'000);
    return offset < log.end ? std::max(offset, log.start) : kNoOffset;
  }

  std::optional<OffsetForLeaderEpochResponse> AnswerEpochs(
      const OffsetForLeaderEpochRequest& request) {
    ++validations;
    OffsetForLeaderEpochResponse response;
    for (const auto& topic : request.topics) {
      auto& told = response.topics.emplace_back();
      told.topic = topic.topic;
      for (const auto& asked : topic.partitions) {
        const Log& log = logs[asked.partition];
        auto& partition = told.partitions.emplace_back();
        partition.partition = asked.partition;
        const auto after = log.epoch_ends.upper_bound(asked.leader_epoch);
        if (after == log.epoch_ends.begin()) continue;
        partition.leader_epoch = std::prev(after)->first;
        partition.end_offset = std::prev(after)->second;
      }
    }
    return response;
  }

  std::optional<FetchResponse> AnswerFetch(NodeId broker, const FetchRequest& request) {
    FetchResponse response;
    Session& session = sessions[broker];
    if (request.session_epoch == -1) {
      ++closed_sessions;
      session = Session();
      return response;
    }
    ++fetches;
    isolation_level = request.isolation_level;
    if (lost_fetches > 0) {
      --lost_fetches;
      return std::nullopt;
    }
    const bool is_full = request.session_epoch == 0;
    if (is_full) {
      full_fetches.push_back(StrCat("broker ", broker, ":"));
      for (const auto& topic : request.topics) {
        for (const auto& partition : topic.partitions) {
          StrAppend(full_fetches.back(), " ", partition.partition, "@", partition.fetch_offset);
        }
      }
      session = Session();
      session.id = ++last_session_id;
    } else if (request.session_id != session.id) {
      response.error_code = ErrorCode::kFetchSessionIdNotFound;
      return response;
    } else if (request.session_epoch != session.epoch) {
      response.error_code = ErrorCode::kInvalidFetchSessionEpoch;
      return response;
    }
    ++session.epoch;
    for (const auto& topic : request.forgotten_topics_data) {
      for (const PartitionId partition : topic.partitions) session.wanted.erase(partition);
    }
    for (const auto& topic : request.topics) {
      EXPECT_TRUE(topic.topic == "rivers" || topic.topic_id == topic_id);
      for (const auto& partition : topic.partitions) {
        session.wanted[partition.partition] = partition;
      }
    }
    response.session_id = session.id;
    auto& topic = response.responses.emplace_back();
    topic.topic = "rivers";
    topic.topic_id = topic_id;
    int64_t room = request.max_bytes;
    std::vector<PartitionId> order;
    for (const auto& [id, wanted] : session.wanted) order.push_back(id);
    // Who was served last comes last.
    std::ranges::rotate(order, std::ranges::upper_bound(order, session.served_last));
    for (const PartitionId id : order) {
      FetchResponse::PartitionData data =
          AnswerPartition(broker, id, session.wanted[id], request.max_bytes, room);
      if (data.records.has_value()) session.served_last = id;
      const bool has_news = data.error_code != ErrorCode::kNone || data.records.has_value();
      if (is_full || has_news) topic.partitions.push_back(std::move(data));
    }
    if (topic.partitions.empty()) response.responses.clear();
    if (!logs[PartitionId(0)].names_leader) return response;
    auto& endpoint = response.node_endpoints.emplace_back();
    endpoint.node_id = NodeId(2);
    endpoint.host = second.address().host;
    endpoint.port = second.address().port;
    return response;
  }

  FetchResponse::PartitionData AnswerPartition(NodeId broker, PartitionId id,
                                               const FetchRequest::FetchPartition& wanted,
                                               int64_t request_room, int64_t& room) {
    Log& log = logs[id];
    FetchResponse::PartitionData data;
    data.partition_index = id;
    data.error_code = ErrorOf(broker, log, wanted);
    data.high_watermark = log.end;
    data.last_stable_offset = log.end;
    data.log_start_offset = log.start;
    data.aborted_transactions = log.aborted;
    if (data.error_code != ErrorCode::kNone) {
      if (log.names_leader) data.current_leader = {log.leader, log.epoch, {}};
      return data;
    }
    SliceChain records;
    for (const Slice& batch : log.batches) {
      if (BatchView::Parse(batch.span())->last_offset() < wanted.fetch_offset) continue;
      const auto size = static_cast<int64_t>(records.size() + batch.size());
      const bool fits = size <= wanted.partition_max_bytes && size <= room;
      const bool is_first = records.empty() && room == request_room;
      if (!fits && !is_first && !(records.empty() && size <= room)) break;
      records.Append(batch);
    }
    room -= static_cast<int64_t>(records.size());
    fetched_bytes += records.size();
    if (!records.empty()) data.records = std::move(records);
    return data;
  }
  ErrorCode ErrorOf(NodeId broker, Log& log, const FetchRequest::FetchPartition& wanted) {
    if (!log.errors.empty()) {
      const ErrorCode error = log.errors.front();
      log.errors.pop_front();
      return error;
    }
    if (log.leader != broker) return ErrorCode::kNotLeaderOrFollower;
    if (wanted.current_leader_epoch < log.epoch) return ErrorCode::kFencedLeaderEpoch;
    const bool in_range = wanted.fetch_offset >= log.start && wanted.fetch_offset <= log.end;
    return in_range ? ErrorCode::kNone : ErrorCode::kOffsetOutOfRange;
  }

  // --- the consumer ---

  // Runs `story` with a consumer, which is closed afterwards.
  void Run(Task<> (*story)(ConsumerWorld&)) {
    pool.emplace(runtime, options);
    fetch_pool.emplace(runtime, options);
    metadata.emplace(runtime, *pool);
    consumer.emplace(runtime, *fetch_pool, *pool, *metadata, config);
    world.Run(TellAndClose(*this, story));
    world.Run(metadata->Close());
    world.Run(fetch_pool->Close());
    world.Run(pool->Close());
  }
  static Task<> TellAndClose(ConsumerWorld& test, Task<> (*story)(ConsumerWorld&)) {
    co_await story(test);
    if (!test.closed) co_await test.consumer->Close();
  }

  static TopicPartitionName P(int32_t partition) { return {"rivers", PartitionId(partition)}; }
  static std::vector<TopicPartitionName> All(int32_t count) {
    std::vector<TopicPartitionName> all;
    for (int32_t i = 0; i < count; ++i) all.push_back(P(i));
    return all;
  }
  Instant In(int64_t milliseconds) { return runtime.clock.Now() + Milliseconds(milliseconds); }
  Task<> Sleep(int64_t milliseconds) { return runtime.timers.SleepUntil(In(milliseconds)); }

  // "partition:first-last" of the wanted records of a batch, which are checked, or the error.
  std::string Describe(const StatusOr<FetchedBatch>& batch) {
    if (!batch.ok()) {
      last_error = MessageOf(batch.status());
      EXPECT_TRUE(batch.status().code() == StatusCode::kCancelled ||
                  DetailOf(batch.status(), kPartitionDetail).has_value());
      return std::string(NameOf(ErrorCodeOf(batch.status())));
    }
    RecordScratch scratch;
    FetchedRecords records(*batch, scratch);
    RecordView record;
    Offset last = kNoOffset;
    while (records.Next(record)) {
      last = records.OffsetOf(record);
      EXPECT_EQ(AsText(*record.value), StrCat("record ", last));
    }
    EXPECT_TRUE(records.status().ok()) << records.status();
    return StrCat(batch->partition.partition, ":", batch->first_wanted, "-", last);
  }
  // The next one, within a second.
  Task<std::string> Next() {
    auto next = consumer->Next();
    const auto batch = co_await Before(runtime.timers, In(1'000), std::move(next));
    co_return batch.has_value() ? Describe(*batch) : "nothing";
  }
  // All that comes within so many milliseconds.
  Task<Results> ReadFor(int64_t milliseconds) {
    Results results;
    const Instant deadline = In(milliseconds);
    while (true) {
      auto next = consumer->Next();
      const auto batch = co_await Before(runtime.timers, deadline, std::move(next));
      if (!batch.has_value()) co_return results;
      results.push_back(Describe(*batch));
    }
  }

  struct Session {
    int32_t id = 0;
    int32_t epoch = 0;
    std::map<PartitionId, FetchRequest::FetchPartition> wanted;
    PartitionId served_last{-1};
  };

  SimWorld world{13};
  Runtime& runtime = world.runtime();
  ScriptedBroker first{world, "kafka-1"};
  ScriptedBroker second{world, "kafka-2"};

  std::map<PartitionId, Log> logs;
  bool topic_exists = true;
  Uuid topic_id = *Uuid::FromRandomBits(1, 2);
  std::map<NodeId, Session> sessions;
  int32_t last_session_id = 70;
  std::deque<ErrorCode> offset_errors;  // of the next offsets that are asked for

  std::function<void()> before_offset;  // of each one that is asked for

  int fetches = 0;
  int lost_fetches = 0;  // the next so many reach nobody
  Results full_fetches;  // that began a session: "broker 1: partition@offset ..."
  int validations = 0;
  int closed_sessions = 0;
  int8_t isolation_level = -1;
  size_t fetched_bytes = 0;
  Results offsets_asked;

  ClientOptions options;
  ConsumerConfig config;
  std::optional<ConnectionPool> pool;
  std::optional<ConnectionPool> fetch_pool;
  std::optional<ClusterMetadata> metadata;
  std::optional<Consumer> consumer;
  bool closed = false;  // by the story
  std::string last_error;
};

}  // namespace penstock
