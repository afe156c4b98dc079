// A producer and a scripted cluster of two brokers that take what is produced: a topic "rivers"
// whose partitions are led by the first one until the test says otherwise.
#pragma once

#include <gtest/gtest.h>

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
#include "client/producer.h"
#include "protocol/messages/init_producer_id.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/produce.h"
#include "record/batch_view.h"
#include "record/record_iterator.h"
#include "tests/unit/client/scripted_broker.h"

namespace penstock {

class ProducerWorld : public testing::Test {
 public:
  using Results = std::vector<std::string>;
  // A batch that a broker was sent.
  struct SeenBatch {
    NodeId broker;
    PartitionId partition;
    ProducerId producer_id;
    ProducerEpoch epoch;
    Sequence base_sequence;
    std::vector<std::string> values;
  };
  using PartitionAnswer = ProduceResponse::PartitionProduceResponse;
  // What a broker says of a batch instead of taking it.
  using Refusal = std::function<void(PartitionAnswer&)>;

  ProducerWorld() {
    config.linger = Milliseconds(0);
    config.retry_backoff = Milliseconds(10);
    options.bootstrap_servers = {first.address()};
    options.reconnect_backoff = Milliseconds(10);
    options.retry_backoff = Milliseconds(10);
    Serve(first, NodeId(1));
    Serve(second, NodeId(2));
  }

  void Serve(ScriptedBroker& broker, NodeId id) {
    broker.On<MetadataRequest>([this](const MetadataRequest& request) { return Tell(request); });
    broker.On<InitProducerIdRequest>([this](const InitProducerIdRequest&) {
      InitProducerIdResponse response;
      response.error_code = identity_error;
      response.producer_id = ProducerId(77);
      return std::optional(response);
    });
    broker.On<ProduceRequest>(
        [this, id](const ProduceRequest& request) { return Take(id, request); });
  }

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
      topic.error_code = topic_error;
      if (asked.name != "rivers") topic.error_code = ErrorCode::kUnknownTopicOrPartition;
      if (topic.error_code != ErrorCode::kNone) continue;
      topic.topic_id = topic_id;
      for (int32_t i = 0; i < partitions; ++i) {
        auto& partition = topic.partitions.emplace_back();
        partition.partition_index = PartitionId(i);
        partition.leader_id = leader;
        partition.leader_epoch = leader_epoch;
      }
    }
    return response;
  }

  std::optional<ProduceResponse> Take(NodeId broker, const ProduceRequest& request) {
    ++requests;
    acks_seen = request.acks;
    ProduceResponse response;
    for (const auto& data : request.topic_data) {
      auto& topic = response.responses.emplace_back();
      topic.topic_id = data.topic_id;
      topic.name = data.name;
      for (const auto& partition : data.partition_data) {
        auto& answer = topic.partition_responses.emplace_back();
        answer.index = partition.index;
        const int32_t records = See(broker, partition.index, partition.records->Flatten());
        if (!refusals.empty()) {
          const Refusal refuse = std::move(refusals.front());
          refusals.pop_front();
          if (refuse != nullptr) {
            answer.base_offset = kNoOffset;
            refuse(answer);
            continue;
          }
        }
        if (broker != leader) {
          answer.base_offset = kNoOffset;
          answer.error_code = ErrorCode::kNotLeaderOrFollower;
          continue;
        }
        answer.base_offset = Offset(end_offsets[partition.index]);
        end_offsets[partition.index] += records;
      }
    }
    if (request.acks == 0 || silent) return std::nullopt;
    return response;
  }

  int32_t See(NodeId broker, PartitionId partition, const Slice& bytes) {
    const auto batch = BatchView::Parse(bytes.span());
    EXPECT_TRUE(batch.ok() && batch->CrcMatches());
    SeenBatch& seen = batches.emplace_back();
    seen = {
        broker, partition, batch->producer_id(), batch->producer_epoch(), batch->base_sequence(),
        {}};
    RecordScratch scratch;
    RecordIterator records(*batch, scratch);
    RecordView record;
    while (records.Next(record)) seen.values.emplace_back(AsText(*record.value));
    return batch->records_count();
  }

  static Refusal Error(ErrorCode code) {
    return [code](PartitionAnswer& answer) { answer.error_code = code; };
  }

  // Runs `story` with a producer, which is closed afterwards.
  void Run(Task<> (*story)(ProducerWorld&)) {
    Open();
    world.Run(TellAndClose(*this, story));
    world.Run(metadata->Close());
    world.Run(pool->Close());
  }
  void Open() {
    pool.emplace(runtime, options);
    metadata.emplace(runtime, *pool);
    producer.emplace(runtime, *pool, *metadata, config);
  }
  static Task<> TellAndClose(ProducerWorld& test, Task<> (*story)(ProducerWorld&)) {
    co_await story(test);
    if (!test.closed) {
      // What a story leaves behind is its own affair.
      const Status closed = co_await test.producer->Close(Milliseconds(100));
      static_cast<void>(closed.ok());
    }
  }

  static ProducerRecord Record(std::string_view value) {
    ProducerRecord record;
    record.topic = "rivers";
    record.value = AsBytes(value);
    return record;
  }
  // Notes in `results` the offset, or the name of the error, of the record, with its value.
  DeliveryHandler Note(std::string_view value) {
    return [this, value = std::string(value)](const StatusOr<RecordMetadata>& result) {
      results.push_back(result.ok() ? StrCat(value, "@", result->offset)
                                    : StrCat(value, ":", NameOf(ErrorCodeOf(result.status()))));
      if (!result.ok()) last_error = MessageOf(result.status());
    };
  }
  Task<> Sleep(int64_t milliseconds) {
    return runtime.timers.SleepUntil(runtime.clock.Now() + Milliseconds(milliseconds));
  }

  SimWorld world{11};
  Runtime& runtime = world.runtime();
  ScriptedBroker first{world, "kafka-1"};
  ScriptedBroker second{world, "kafka-2"};

  int32_t partitions = 1;
  NodeId leader{1};
  LeaderEpoch leader_epoch{0};
  Uuid topic_id = *Uuid::FromRandomBits(1, 2);
  ErrorCode identity_error = ErrorCode::kNone;
  ErrorCode topic_error = ErrorCode::kNone;
  bool silent = false;           // produce requests get no answer
  std::deque<Refusal> refusals;  // one for each batch to come; null: it is taken

  int requests = 0;
  int16_t acks_seen = 99;
  std::vector<SeenBatch> batches;
  std::map<PartitionId, int64_t> end_offsets;

  ClientOptions options;
  ProducerConfig config;
  std::optional<ConnectionPool> pool;
  std::optional<ClusterMetadata> metadata;
  std::optional<Producer> producer;
  bool closed = false;  // by the story
  std::vector<std::string> results;
  std::string last_error;
};

}  // namespace penstock
