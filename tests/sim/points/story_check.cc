// StoryClient: everything that can be read, for the ledger.
#include <utility>

#include "base/strings.h"
#include "protocol/messages/describe_configs.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/list_offsets.h"
#include "protocol/messages/metadata.h"
#include "record/batch_view.h"
#include "record/record_iterator.h"
#include "tests/sim/points/story_client.h"

namespace penstock::sim {
namespace {

constexpr int16_t kMetadataVersion = 12;
constexpr int16_t kDescribeConfigsVersion = 4;
constexpr int16_t kListOffsetsVersion = 7;
constexpr int16_t kFetchVersion = 12;
constexpr int8_t kTopicResource = 2;
constexpr TimestampMs kEarliest{-2};

Status Refused(std::string_view what, ErrorCode error) {
  if (error == ErrorCode::kNone) return OkStatus();
  return KafkaError(error, StrCat(what, ": ", NameOf(error)));
}

}  // namespace

Task<Status> StoryClient::CheckEverything() {
  CO_RETURN_IF_ERROR(co_await CheckTopics());
  std::vector<std::pair<std::string, size_t>> present;
  for (const auto& [name, topic] : ledger_.topics) {
    present.emplace_back(name, topic.partitions.size());
  }
  for (const auto& [name, partitions] : present) {
    CO_RETURN_IF_ERROR(co_await CheckConfigs(name));
    for (size_t i = 0; i < partitions; ++i) {
      CO_RETURN_IF_ERROR(co_await CheckPartition(name, i));
    }
  }
  co_return OkStatus();
}

Task<Status> StoryClient::CheckTopics() {
  MetadataRequest request;
  request.topics = std::nullopt;  // all
  CO_ASSIGN_OR_RETURN(const MetadataResponse response,
                      co_await link_->Call(std::move(request), kMetadataVersion));
  std::map<std::string, std::pair<Uuid, size_t>> present;
  for (const auto& topic : response.topics) {
    CO_RETURN_IF_ERROR(Refused("Metadata", topic.error_code));
    present[topic.name.value_or("")] = {topic.topic_id, topic.partitions.size()};
  }
  ledger_.FoundCluster(response.cluster_id.value_or(""));
  ledger_.FoundTopics(present);
  co_return OkStatus();
}

Task<Status> StoryClient::CheckConfigs(std::string topic) {
  if (ledger_.topics.at(topic).configs.empty()) co_return OkStatus();
  DescribeConfigsRequest request;
  auto& resource = request.resources.emplace_back();
  resource.resource_type = kTopicResource;
  resource.resource_name = topic;
  auto& keys = resource.configuration_keys.emplace();
  for (const auto& [config, value] : ledger_.topics.at(topic).configs) keys.push_back(config);
  CO_ASSIGN_OR_RETURN(const DescribeConfigsResponse response,
                      co_await link_->Call(std::move(request), kDescribeConfigsVersion));
  CO_RETURN_IF_ERROR(Refused("DescribeConfigs", response.results.at(0).error_code));
  for (const auto& config : response.results.at(0).configs) {
    ledger_.FoundConfig(topic, config.name, config.value.value_or(""));
  }
  co_return OkStatus();
}

Task<Status> StoryClient::CheckPartition(std::string topic, size_t partition) {
  CO_ASSIGN_OR_RETURN(const Offset start, co_await FirstOffset(topic, partition));
  std::vector<std::string> values;
  CO_RETURN_IF_ERROR(co_await ReadFrom(start, topic, partition, values));
  ledger_.FoundRecords(topic, partition, start, values);
  co_return OkStatus();
}

Task<StatusOr<Offset>> StoryClient::FirstOffset(std::string topic, size_t partition) {
  ListOffsetsRequest request;
  request.replica_id = NodeId(-1);
  auto& asked_topic = request.topics.emplace_back();
  asked_topic.name = topic;
  auto& asked = asked_topic.partitions.emplace_back();
  asked.partition_index = PartitionId(static_cast<int32_t>(partition));
  asked.timestamp = kEarliest;
  CO_ASSIGN_OR_RETURN(const ListOffsetsResponse response,
                      co_await link_->Call(std::move(request), kListOffsetsVersion));
  const auto& answer = response.topics.at(0).partitions.at(0);
  CO_RETURN_IF_ERROR(Refused("ListOffsets", answer.error_code));
  co_return answer.offset;
}

Task<Status> StoryClient::ReadFrom(Offset start, std::string topic, size_t partition,
                                   std::vector<std::string>& values) {
  RecordScratch scratch;
  while (true) {
    const Offset next = start + static_cast<int64_t>(values.size());
    FetchRequest request;
    request.max_bytes = 1 << 20;
    auto& asked_topic = request.topics.emplace_back();
    asked_topic.topic = topic;
    auto& asked = asked_topic.partitions.emplace_back();
    asked.partition = PartitionId(static_cast<int32_t>(partition));
    asked.fetch_offset = next;
    asked.partition_max_bytes = 1 << 20;
    CO_ASSIGN_OR_RETURN(const FetchResponse response,
                        co_await link_->Call(std::move(request), kFetchVersion));
    CO_RETURN_IF_ERROR(Refused("Fetch", response.error_code));
    const auto& answer = response.responses.at(0).partitions.at(0);
    CO_RETURN_IF_ERROR(Refused("Fetch", answer.error_code));
    if (next >= answer.high_watermark) co_return OkStatus();
    const Slice bytes = answer.records.has_value() ? answer.records->Flatten() : Slice();
    if (bytes.empty()) co_return DataLoss("Fetch answers nothing below the high watermark");
    for (size_t at = 0; at < bytes.size();) {
      const auto batch = BatchView::Parse(bytes.span().subspan(at));
      if (!batch.ok() || !batch->CrcMatches()) co_return DataLoss("a broken batch");
      at += batch->size_in_bytes();
      RecordIterator iterator(*batch, scratch);
      RecordView record;
      while (iterator.Next(record)) {
        const Offset expected = start + static_cast<int64_t>(values.size());
        if (iterator.OffsetOf(record) < expected) continue;
        if (iterator.OffsetOf(record) > expected) co_return DataLoss("a hole in the offsets");
        values.emplace_back(record.value.has_value() ? AsText(*record.value) : "");
      }
      CO_RETURN_IF_ERROR(iterator.status());
    }
  }
}

}  // namespace penstock::sim
