#include "metadata/controller/partition_manager.h"

#include <map>
#include <utility>

#include "base/strings.h"
#include "metadata/controller/partition_builder.h"
#include "metadata/controller/replica_placer.h"

namespace penstock {
namespace {

using Topic = CreatePartitionsRequest::CreatePartitionsTopic;

// How many partitions are to be added.
StatusOr<int32_t> CountAdditional(const TopicImage& existing, const Topic& topic) {
  const auto present = static_cast<int32_t>(existing.partitions.size());
  if (topic.count == present) {
    return KafkaError(ErrorCode::kInvalidPartitions,
                      StrCat("Topic already has ", present, " partition(s)."));
  }
  if (topic.count < present) {
    return KafkaError(ErrorCode::kInvalidPartitions,
                      StrCat("The topic ", topic.name, " currently has ", present,
                             " partition(s); ", topic.count, " would not be an increase."));
  }
  const int32_t additional = topic.count - present;
  if (topic.assignments.has_value() &&
      topic.assignments->size() != static_cast<size_t>(additional)) {
    return KafkaError(ErrorCode::kInvalidReplicaAssignment,
                      StrCat("Attempted to add ", additional, " additional partition(s), but only ",
                             topic.assignments->size(), " assignment(s) were specified."));
  }
  if (additional > kPartitionsPerRequestMax) {
    return KafkaError(ErrorCode::kPolicyViolation,
                      "Excessively large number of partitions per request.");
  }
  return additional;
}

StatusOr<std::vector<std::vector<NodeId>>> CheckAssignments(const ClusterImage& cluster,
                                                            const Topic& topic, int32_t first,
                                                            size_t replication_factor) {
  std::vector<std::vector<NodeId>> placements;
  for (const auto& assignment : *topic.assignments) {
    RETURN_IF_ERROR(CheckManualAssignment(cluster, assignment.broker_ids, replication_factor));
    if (ActiveOf(cluster, assignment.broker_ids).empty()) {
      return KafkaError(
          ErrorCode::kInvalidReplicaAssignment,
          StrCat("All brokers specified in the manual partition assignment for partition ",
                 first + static_cast<int32_t>(placements.size()),
                 " are fenced or in controlled shutdown."));
    }
    placements.push_back(assignment.broker_ids);
  }
  return placements;
}

StatusOr<std::vector<MetadataRecord>> AddPartitions(const MetadataImage& image,
                                                    const Topic& topic) {
  const TopicsImage::TopicPtr existing = image.topics.FindByName(topic.name);
  if (existing == nullptr) {
    return KafkaError(ErrorCode::kUnknownTopicOrPartition,
                      DescriptionOf(ErrorCode::kUnknownTopicOrPartition));
  }
  ASSIGN_OR_RETURN(const int32_t additional, CountAdditional(*existing, topic));
  if (existing->partitions.empty()) {
    return KafkaError(ErrorCode::kUnknownServerError, StrCat("Invalid state: topic ", topic.name,
                                                             " appears to have no partitions."));
  }
  const ClusterImage& cluster = image.cluster();
  const auto first = static_cast<int32_t>(existing->partitions.size());
  const size_t factor = existing->partitions.front()->replicas.size();
  ASSIGN_OR_RETURN(const auto placements,
                   topic.assignments.has_value()
                       ? CheckAssignments(cluster, topic, first, factor)
                       : PlaceReplicas(cluster, first, additional, static_cast<int16_t>(factor)));
  std::vector<MetadataRecord> records;
  for (int32_t i = 0; i < additional; ++i) {
    const std::vector<NodeId>& replicas = placements[static_cast<size_t>(i)];
    const std::vector<NodeId> isr = ActiveOf(cluster, replicas);
    if (isr.empty()) {
      return KafkaError(ErrorCode::kInvalidReplicationFactor,
                        StrCat("Unable to replicate the partition ", factor,
                               " time(s): All brokers are currently fenced or in controlled "
                               "shutdown."));
    }
    records.push_back(NewPartition(cluster, existing->id, PartitionId(first + i), replicas, isr));
  }
  return records;
}

}  // namespace

ControllerResult<CreatePartitionsResponse> CreatePartitions(
    const MetadataImage& image, const CreatePartitionsRequest& request) {
  ControllerResult<CreatePartitionsResponse> result;
  std::map<std::string_view, int> copies;
  for (const Topic& topic : request.topics) ++copies[topic.name];
  for (const Topic& topic : request.topics) {
    int& count = copies[topic.name];
    if (count == 0) continue;  // a duplicate that has been answered
    StatusOr<std::vector<MetadataRecord>> added =
        count > 1 ? KafkaError(ErrorCode::kInvalidRequest, "Duplicate topic name.")
                  : AddPartitions(image, topic);
    if (count > 1) count = 0;
    if (added.ok() && result.records.size() + added->size() > kRecordsPerRequestMax) {
      added = KafkaError(ErrorCode::kPolicyViolation,
                         "Unable to perform excessively large batch operation.");
    }
    const ApiError error = ApiError::Of(added.status());
    CreatePartitionsResponse::CreatePartitionsTopicResult entry;
    entry.name = topic.name;
    entry.error_code = error.code;
    entry.error_message = error.message;
    result.response.results.push_back(std::move(entry));
    if (!added.ok()) continue;
    for (MetadataRecord& record : *added) result.records.push_back(std::move(record));
  }
  if (request.validate_only) result.records.clear();
  return result;
}

}  // namespace penstock
