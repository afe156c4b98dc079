// CreateTopics, in the order of Kafka's checks: duplicates, size of the request, names, collisions,
// existence, configs, counts or assignments.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/strings.h"
#include "config/config_changes.h"
#include "metadata/controller/partition_builder.h"
#include "metadata/controller/replica_placer.h"
#include "metadata/controller/topic_manager.h"
#include "metadata/controller/topic_name.h"

namespace penstock {
namespace {

using Topic = CreateTopicsRequest::CreatableTopic;
using Result = CreateTopicsResponse::CreatableTopicResult;

constexpr std::string_view kMetadataTopic = "__cluster_metadata";

Result FailedTopic(std::string_view name, const Status& why) {
  Result result;
  result.name = name;
  result.error_code = ErrorCodeOf(why);
  result.error_message = MessageOf(why);
  return result;
}

Status InvalidRequest(std::string_view message) {
  return KafkaError(ErrorCode::kInvalidRequest, message);
}

// One request at work: records of the topics so far, and their results.
class TopicCreator {
 public:
  TopicCreator(const ControllerOptions& options, const MetadataImage& image)
      : options_(options), image_(image), layers_(LayersOf(options, image)) {}

  ControllerResult<CreateTopicsResponse> Handle(const CreateTopicsRequest& request);

 private:
  // The replicas of each partition with those of them that are active.
  struct Placement {
    std::vector<NodeId> replicas;
    std::vector<NodeId> isr;
  };
  using Placements = std::vector<Placement>;

  Status CheckPartitionTotal(const std::vector<const Topic*>& topics) const;
  Status CheckNewName(const std::string& name);
  StatusOr<ConfigMap> CheckConfigs(const Topic& topic) const;
  StatusOr<Placements> PlaceManually(const Topic& topic) const;
  StatusOr<Placements> PlaceAutomatically(const Topic& topic) const;
  StatusOr<Result> Create(const Topic& topic);
  void DescribeConfigs(const ConfigMap& overrides, Result& result) const;
  void BuildCollisionIndex();

  const ControllerOptions& options_;
  const MetadataImage& image_;
  const ConfigLayers layers_;
  bool collisions_indexed_ = false;
  std::map<std::string, std::string> names_by_unified_;
  std::vector<MetadataRecord> records_;
};

ControllerResult<CreateTopicsResponse> TopicCreator::Handle(const CreateTopicsRequest& request) {
  std::map<std::string_view, int> copies;
  for (const Topic& topic : request.topics) ++copies[topic.name];
  std::vector<const Topic*> topics;
  for (const Topic& topic : request.topics) {
    if (copies[topic.name] == 1 && topic.name != kMetadataTopic) topics.push_back(&topic);
  }

  CreateTopicsResponse response;
  Status whole = CheckPartitionTotal(topics);
  for (const Topic* topic : topics) {
    StatusOr<Result> result = whole.ok() ? Create(*topic) : whole;
    response.topics.push_back(result.ok() ? *std::move(result)
                                          : FailedTopic(topic->name, result.status()));
  }
  if (records_.size() > kRecordsPerRequestMax) {
    records_.clear();
    whole = KafkaError(ErrorCode::kPolicyViolation,
                       "Unable to perform excessively large batch operation.");
    for (Result& result : response.topics) result = FailedTopic(result.name, whole);
  }
  for (const auto& [name, count] : copies) {
    if (count > 1) {
      response.topics.push_back(FailedTopic(name, InvalidRequest("Duplicate topic name.")));
    } else if (name == kMetadataTopic) {
      response.topics.push_back(FailedTopic(
          name, InvalidRequest(StrCat("Creation of internal topic ", name, " is prohibited."))));
    }
  }
  if (request.validate_only) records_.clear();
  return {std::move(records_), std::move(response)};
}

Status TopicCreator::CheckPartitionTotal(const std::vector<const Topic*>& topics) const {
  int64_t total = 0;
  for (const Topic* topic : topics) {
    if (!topic->assignments.empty()) {
      total += static_cast<int64_t>(topic->assignments.size());
    } else if (topic->num_partitions == -1) {
      total += options_.num_partitions;
    } else {
      total += std::max(topic->num_partitions, 0);
    }
  }
  if (total <= kPartitionsPerRequestMax) return OkStatus();
  return KafkaError(ErrorCode::kPolicyViolation,
                    "Excessively large number of partitions per request.");
}

void TopicCreator::BuildCollisionIndex() {
  collisions_indexed_ = true;
  for (const auto& [name, topic] : image_.topics.by_name()) {
    if (HasCollisionCharacters(name)) {
      names_by_unified_.emplace(UnifyCollisionCharacters(name), name);
    }
  }
}

Status TopicCreator::CheckNewName(const std::string& name) {
  RETURN_IF_ERROR(CheckTopicName(name));
  if (image_.topics.FindByName(name) != nullptr) {
    return KafkaError(ErrorCode::kTopicAlreadyExists, StrCat("Topic '", name, "' already exists."));
  }
  if (!HasCollisionCharacters(name)) return OkStatus();
  if (!collisions_indexed_) BuildCollisionIndex();
  const auto collision = names_by_unified_.find(UnifyCollisionCharacters(name));
  if (collision == names_by_unified_.end()) return OkStatus();
  return KafkaError(ErrorCode::kInvalidTopicException,
                    StrCat("Topic '", name, "' collides with existing topic: ", collision->second));
}

StatusOr<ConfigMap> TopicCreator::CheckConfigs(const Topic& topic) const {
  ConfigMap overrides;
  std::string without_value;
  for (const auto& config : topic.configs) {
    if (config.value.has_value()) {
      overrides[config.name] = *config.value;
    } else {
      StrAppend(without_value, without_value.empty() ? "" : ",", config.name);
    }
  }
  if (!without_value.empty()) {
    return KafkaError(ErrorCode::kInvalidConfig,
                      StrCat("Null value not supported for topic configs: ", without_value));
  }
  RETURN_IF_ERROR(ValidateTopicConfigs(layers_, ConfigMap(), overrides));
  return overrides;
}

StatusOr<TopicCreator::Placements> TopicCreator::PlaceManually(const Topic& topic) const {
  if (topic.replication_factor != -1) {
    return InvalidRequest(
        "A manual partition assignment was specified, but replication factor was not set to -1.");
  }
  if (topic.num_partitions != -1) {
    return InvalidRequest(
        "A manual partition assignment was specified, but numPartitions was not set to -1.");
  }
  std::map<PartitionId, Placement> placements;
  std::optional<size_t> replication_factor;
  for (const auto& assignment : topic.assignments) {
    const PartitionId id = assignment.partition_index;
    if (placements.contains(id)) {
      return KafkaError(ErrorCode::kInvalidReplicaAssignment,
                        StrCat("Found multiple manual partition assignments for partition ", id));
    }
    RETURN_IF_ERROR(
        CheckManualAssignment(image_.cluster(), assignment.broker_ids, replication_factor));
    replication_factor = assignment.broker_ids.size();
    std::vector<NodeId> isr = ActiveOf(image_.cluster(), assignment.broker_ids);
    if (isr.empty()) {
      return KafkaError(
          ErrorCode::kInvalidReplicaAssignment,
          StrCat("All brokers specified in the manual partition assignment for partition ", id,
                 " are fenced or in controlled shutdown."));
    }
    placements[id] = {assignment.broker_ids, std::move(isr)};
  }
  Placements in_order;
  for (auto& [id, placement] : placements) {
    if (id.value() != static_cast<int32_t>(in_order.size())) {
      return KafkaError(ErrorCode::kInvalidReplicaAssignment,
                        "partitions should be a consecutive 0-based integer sequence");
    }
    in_order.push_back(std::move(placement));
  }
  return in_order;
}

StatusOr<TopicCreator::Placements> TopicCreator::PlaceAutomatically(const Topic& topic) const {
  if (topic.replication_factor < -1 || topic.replication_factor == 0) {
    return KafkaError(ErrorCode::kInvalidReplicationFactor,
                      "Replication factor must be larger than 0, or -1 to use the default value.");
  }
  if (topic.num_partitions < -1 || topic.num_partitions == 0) {
    return KafkaError(ErrorCode::kInvalidPartitions,
                      "Number of partitions was set to an invalid non-positive value.");
  }
  const int32_t count = topic.num_partitions == -1 ? options_.num_partitions : topic.num_partitions;
  const int16_t factor = topic.replication_factor == -1 ? options_.default_replication_factor
                                                        : topic.replication_factor;
  const std::string context = StrCat("Unable to replicate the partition ", factor, " time(s)");
  const auto placed = PlaceReplicas(image_.cluster(), 0, count, factor);
  if (!placed.ok()) return Annotate(placed.status(), context);
  Placements placements;
  for (const std::vector<NodeId>& replicas : *placed) {
    std::vector<NodeId> isr = ActiveOf(image_.cluster(), replicas);
    if (isr.empty()) {
      return KafkaError(
          ErrorCode::kInvalidReplicationFactor,
          StrCat(context, ": All brokers are currently fenced or in controlled shutdown."));
    }
    placements.push_back({replicas, std::move(isr)});
  }
  return placements;
}

StatusOr<Result> TopicCreator::Create(const Topic& topic) {
  RETURN_IF_ERROR(CheckNewName(topic.name));
  ASSIGN_OR_RETURN(const ConfigMap overrides, CheckConfigs(topic));
  ASSIGN_OR_RETURN(const Placements placements,
                   topic.assignments.empty() ? PlaceAutomatically(topic) : PlaceManually(topic));
  Result result;
  result.name = topic.name;
  result.topic_id = options_.new_uuid();
  result.error_message = std::nullopt;
  result.num_partitions = static_cast<int32_t>(placements.size());
  result.replication_factor = static_cast<int16_t>(placements.front().replicas.size());
  DescribeConfigs(overrides, result);

  TopicRecord record;
  record.name = topic.name;
  record.topic_id = result.topic_id;
  records_.push_back(std::move(record));
  for (const auto& [name, value] : overrides) {
    ConfigRecord config;
    config.resource_type = static_cast<int8_t>(ConfigResourceType::kTopic);
    config.resource_name = topic.name;
    config.name = name;
    config.value = value;
    records_.push_back(std::move(config));
  }
  for (size_t i = 0; i < placements.size(); ++i) {
    records_.push_back(NewPartition(image_.cluster(), result.topic_id,
                                    PartitionId(static_cast<int32_t>(i)), placements[i].replicas,
                                    placements[i].isr));
  }
  return result;
}

void TopicCreator::DescribeConfigs(const ConfigMap& overrides, Result& result) const {
  result.configs.emplace();
  for (const DescribedConfig& config : DescribeTopicConfigs(layers_, overrides)) {
    CreateTopicsResponse::CreatableTopicConfigs entry;
    entry.name = config.def->name;
    entry.value = config.value;
    entry.read_only = config.read_only;
    entry.config_source = static_cast<int8_t>(config.source);
    entry.is_sensitive = config.def->sensitive();
    result.configs->push_back(std::move(entry));
  }
}

}  // namespace

ControllerResult<CreateTopicsResponse> CreateTopics(const ControllerOptions& options,
                                                    const MetadataImage& image,
                                                    const CreateTopicsRequest& request) {
  return TopicCreator(options, image).Handle(request);
}

}  // namespace penstock
