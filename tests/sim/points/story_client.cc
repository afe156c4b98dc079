// Requests, and what their answers promise.
#include "tests/sim/points/story_client.h"

#include "base/strings.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/delete_records.h"
#include "protocol/messages/delete_topics.h"
#include "protocol/messages/incremental_alter_configs.h"
#include "protocol/messages/produce.h"
#include "record/batch_builder.h"
#include "tests/sim/harness/subject.h"

namespace penstock::sim {
namespace {

constexpr int16_t kCreateTopicsVersion = 7;
constexpr int16_t kDeleteTopicsVersion = 5;
constexpr int16_t kDeleteRecordsVersion = 2;
constexpr int16_t kAlterConfigsVersion = 1;
constexpr int16_t kProduceVersion = 9;
constexpr int8_t kTopicResource = 2;
constexpr int32_t kTimeoutMs = 3000;

Status Refused(std::string_view what, ErrorCode error) {
  if (error == ErrorCode::kNone) return OkStatus();
  return KafkaError(error, StrCat(what, ": ", NameOf(error)));
}

Slice OneRecord(std::string_view value, TimestampMs now) {
  BatchBuilder builder{BatchOptions()};
  NewRecord record;
  record.timestamp = now;
  record.value = AsBytes(value);
  builder.Append(record);
  auto batch = builder.Build();
  CHECK(batch.ok());
  return *std::move(batch);
}

}  // namespace

Task<Status> StoryClient::Connect() {
  while (true) {
    Address broker{.host = "broker", .port = kBrokerPort};
    auto link = co_await BrokerLink::Open(runtime_, std::move(broker));
    if (link.ok()) {
      link_ = *std::move(link);
      co_return OkStatus();
    }
    co_await Sleep(Milliseconds(1));
  }
}

Task<> StoryClient::Sleep(Duration duration) {
  const Instant end = runtime_.clock.Now() + duration;
  co_await runtime_.timers.SleepUntil(end);
}

Task<Status> StoryClient::CreateTopic(std::string name, int partitions, Configs configs) {
  ledger_.Asked(name, static_cast<size_t>(partitions));
  CreateTopicsRequest request;
  request.timeout_ms = kTimeoutMs;
  auto& topic = request.topics.emplace_back();
  topic.name = name;
  topic.num_partitions = partitions;
  topic.replication_factor = 1;
  for (const auto& [key, value] : configs) {
    auto& config = topic.configs.emplace_back();
    config.name = key;
    config.value = value;
  }
  CO_ASSIGN_OR_RETURN(const CreateTopicsResponse response,
                      co_await link_->Call(std::move(request), kCreateTopicsVersion));
  CO_RETURN_IF_ERROR(Refused("CreateTopics", response.topics.at(0).error_code));
  PromisedTopic& promised = ledger_.topics.at(name);
  promised.created = true;
  promised.id = response.topics.at(0).topic_id;
  for (auto& [key, value] : configs) promised.configs[key] = std::move(value);
  co_return OkStatus();
}

Task<Status> StoryClient::DeleteTopic(std::string name) {
  ledger_.topics.at(name).delete_asked = true;
  DeleteTopicsRequest request;
  request.timeout_ms = kTimeoutMs;
  request.topic_names.push_back(name);
  CO_ASSIGN_OR_RETURN(const DeleteTopicsResponse response,
                      co_await link_->Call(std::move(request), kDeleteTopicsVersion));
  CO_RETURN_IF_ERROR(Refused("DeleteTopics", response.responses.at(0).error_code));
  ledger_.Deleted(name);
  co_return OkStatus();
}

Task<Status> StoryClient::SetConfig(std::string topic, std::string config, std::string value) {
  // Until it is acknowledged, neither the old nor the new value is promised.
  ledger_.topics.at(topic).configs.erase(config);
  IncrementalAlterConfigsRequest request;
  auto& resource = request.resources.emplace_back();
  resource.resource_type = kTopicResource;
  resource.resource_name = topic;
  auto& change = resource.configs.emplace_back();
  change.name = config;
  change.value = value;
  CO_ASSIGN_OR_RETURN(const IncrementalAlterConfigsResponse response,
                      co_await link_->Call(std::move(request), kAlterConfigsVersion));
  CO_RETURN_IF_ERROR(Refused("IncrementalAlterConfigs", response.responses.at(0).error_code));
  ledger_.topics.at(topic).configs[config] = std::move(value);
  co_return OkStatus();
}

Task<Status> StoryClient::Produce(std::string topic, size_t partition, size_t value_bytes) {
  PromisedTopic& asked = ledger_.topics.at(topic);
  const size_t offset = asked.partitions.at(partition).sent.size();
  std::string value =
      StrCat(topic, " ", asked.generation, " partition ", partition, " record ", offset, " ");
  value.resize(std::max(value.size(), value_bytes), '.');
  asked.partitions.at(partition).sent.push_back(value);
  ProduceRequest request;
  request.acks = -1;
  request.timeout_ms = kTimeoutMs;
  auto& topic_data = request.topic_data.emplace_back();
  topic_data.name = topic;
  auto& data = topic_data.partition_data.emplace_back();
  data.index = PartitionId(static_cast<int32_t>(partition));
  data.records.emplace(OneRecord(value, runtime_.clock.WallNow()));
  CO_ASSIGN_OR_RETURN(const ProduceResponse response,
                      co_await link_->Call(std::move(request), kProduceVersion));
  const auto& answer = response.responses.at(0).partition_responses.at(0);
  CO_RETURN_IF_ERROR(Refused("Produce", answer.error_code));
  if (answer.base_offset != Offset(static_cast<int64_t>(offset))) {
    ledger_.Anomaly(StrCat(topic, "-", partition, ": record ", offset, " acknowledged with offset ",
                           answer.base_offset));
  }
  ledger_.topics.at(topic).partitions.at(partition).acknowledged = offset + 1;
  co_return OkStatus();
}

Task<Status> StoryClient::ProduceMany(std::string topic, size_t partition, size_t value_bytes,
                                      int records) {
  for (int i = 0; i < records; ++i) {
    CO_RETURN_IF_ERROR(co_await Produce(topic, partition, value_bytes));
  }
  co_return OkStatus();
}

Task<Status> StoryClient::DeleteRecords(std::string topic, size_t partition, Offset before) {
  PromisedPartition& asked = ledger_.topics.at(topic).partitions.at(partition);
  asked.start_max = std::max(asked.start_max, before);
  DeleteRecordsRequest request;
  request.timeout_ms = kTimeoutMs;
  auto& topic_data = request.topics.emplace_back();
  topic_data.name = topic;
  auto& data = topic_data.partitions.emplace_back();
  data.partition_index = PartitionId(static_cast<int32_t>(partition));
  data.offset = before;
  CO_ASSIGN_OR_RETURN(const DeleteRecordsResponse response,
                      co_await link_->Call(std::move(request), kDeleteRecordsVersion));
  CO_RETURN_IF_ERROR(Refused("DeleteRecords", response.topics.at(0).partitions.at(0).error_code));
  ledger_.topics.at(topic).partitions.at(partition).start_min = before;
  co_return OkStatus();
}

}  // namespace penstock::sim
