// Metadata (3), versions 0 to 13.
//
// The brokers, the cluster id, a broker to send admin requests to, and the partitions of the topics
// that are asked for. Topics that are missing are made on the way where both the broker and the
// request allow it; the client is told to come back then.
//
// 1  rack, controller_id, is_internal; null means all topics    2  cluster_id
// 4  allow_auto_topic_creation    5  offline_replicas    7  leader_epoch    8  authorized
// operations 9  flexible    10  topic_id in answers    12  topics by id    13  error_code
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/handlers/find_partition.h"
#include "broker/handlers/handlers.h"
#include "broker/handlers/node_endpoints.h"
#include "broker/services.h"
#include "metadata/controller/topic_name.h"
#include "metadata/metadata_node.h"
#include "protocol/messages/metadata.h"

namespace penstock {
namespace {

constexpr int16_t kFirstVersionWithNullForAll = 1;
constexpr int16_t kFirstVersionWithListenerErrors = 6;
constexpr int16_t kFirstVersionWithAuthorizedOperations = 8;
constexpr int16_t kLastVersionWithClusterOperations = 10;
constexpr int16_t kFirstVersionWithTopicIds = 12;

using AskedTopic = MetadataRequest::MetadataRequestTopic;
using AnsweredTopic = MetadataResponse::MetadataResponseTopic;
using AnsweredPartition = MetadataResponse::MetadataResponsePartition;

class MetadataCall {
 public:
  MetadataCall(RequestContext& context, MetadataRequest request)
      : context_(context),
        request_(std::move(request)),
        image_(context.services().metadata.image()),
        asks_for_all_(
            !request_.topics.has_value() ||
            (context.api_version < kFirstVersionWithNullForAll && request_.topics->empty())) {}

  Task<MetadataResponse> Run() {
    if (AsksInANewerWay()) co_return Refuse();
    if (asks_for_all_) {
      for (const auto& [name, topic] : image_->topics.by_name()) DescribeTopic(*topic);
    } else if (AsksById()) {
      DescribeByIds();
    } else {
      DescribeByNames();
    }
    if (!creatable_.empty()) {
      co_await CreateMissing();
    }
    DescribeCluster();
    co_return std::move(response_);
  }

 private:
  // A topic without a name, or with an id, before there were ids.
  bool AsksInANewerWay() const {
    if (asks_for_all_ || context_.api_version >= kFirstVersionWithTopicIds) return false;
    for (const AskedTopic& topic : *request_.topics) {
      if (!topic.name.has_value() || topic.topic_id != Uuid::Zero()) return true;
    }
    return false;
  }

  MetadataResponse Refuse() const {
    MetadataResponse refused;
    refused.error_code = ErrorCode::kInvalidRequest;
    for (const AskedTopic& asked : *request_.topics) {
      AnsweredTopic& topic = refused.topics.emplace_back();
      topic.error_code = ErrorCode::kInvalidRequest;
      topic.name = asked.name.value_or("");
      topic.topic_id = asked.topic_id;
    }
    return refused;
  }

  bool AsksById() const {
    for (const AskedTopic& topic : *request_.topics) {
      if (topic.topic_id != Uuid::Zero()) return true;
    }
    return false;
  }

  void DescribeByIds() {
    std::set<Uuid> seen;
    for (const AskedTopic& asked : *request_.topics) {
      if (asked.topic_id == Uuid::Zero() || !seen.insert(asked.topic_id).second) continue;
      const TopicsImage::TopicPtr topic = image_->topics.FindById(asked.topic_id);
      if (topic != nullptr) {
        DescribeTopic(*topic);
        continue;
      }
      AnsweredTopic& unknown = response_.topics.emplace_back();
      unknown.error_code = ErrorCode::kUnknownTopicId;
      unknown.name.reset();
      unknown.topic_id = asked.topic_id;
    }
  }

  void DescribeByNames() {
    std::set<std::string_view> seen;
    for (const AskedTopic& asked : *request_.topics) {
      if (!asked.name.has_value() || !seen.insert(*asked.name).second) continue;
      const TopicsImage::TopicPtr topic = image_->topics.FindByName(*asked.name);
      if (topic != nullptr) {
        DescribeTopic(*topic);
      } else {
        DescribeMissing(*asked.name);
      }
    }
  }

  void DescribeMissing(const std::string& name) {
    AnsweredTopic& missing = response_.topics.emplace_back();
    missing.name = name;
    missing.is_internal = IsInternalTopic(name);
    missing.error_code = ErrorCodeOf(CheckTopicName(name));
    if (missing.error_code != ErrorCode::kNone) return;
    missing.error_code = ErrorCode::kUnknownTopicOrPartition;
    // Internal topics come with the coordinators that keep their state in them.
    if (MayCreate() && !missing.is_internal) creatable_.push_back(name);
  }

  bool MayCreate() const {
    return request_.allow_auto_topic_creation &&
           context_.services().config.auto_create_topics_enable;
  }

  // The answers stay as they are, retriable: the client finds the topics when it asks again.
  Task<> CreateMissing() {
    const BrokerServices& services = context_.services();
    CreateTopicsRequest create;
    for (const std::string& name : creatable_) {
      auto& topic = create.topics.emplace_back();
      topic.name = name;
      topic.num_partitions = services.config.num_partitions;
      topic.replication_factor = static_cast<int16_t>(services.config.default_replication_factor);
    }
    const CreateTopicsResponse created = co_await services.metadata.CreateTopics(std::move(create));
    for (const auto& topic : created.topics) {
      if (topic.error_code == ErrorCode::kNone ||
          topic.error_code == ErrorCode::kTopicAlreadyExists)
        continue;
      services.logger.Warn("cannot create a topic that a client asked for",
                           {{"topic", topic.name},
                            {"error", NameOf(topic.error_code)},
                            {"message", topic.error_message.value_or("")}});
    }
  }

  void DescribeTopic(const TopicImage& image) {
    AnsweredTopic& topic = response_.topics.emplace_back();
    topic.name = image.name;
    topic.topic_id = image.id;
    topic.is_internal = IsInternalTopic(image.name);
    topic.partitions.reserve(image.partitions.size());
    for (size_t i = 0; i < image.partitions.size(); ++i) {
      topic.partitions.push_back(
          DescribePartition(PartitionId(static_cast<int32_t>(i)), *image.partitions[i]));
    }
    if (request_.include_topic_authorized_operations)
      topic.topic_authorized_operations = kAllTopicOperations;
  }

  AnsweredPartition DescribePartition(PartitionId index, const PartitionImage& image) const {
    AnsweredPartition partition;
    partition.partition_index = index;
    partition.leader_id = ReachableLeader(context_, *image_, image);
    partition.leader_epoch = image.leader_epoch;
    partition.replica_nodes = image.replicas;
    partition.isr_nodes = image.isr;
    partition.offline_replicas = OfflineReplicas(context_, *image_, image);
    if (partition.leader_id != kNoNode) return partition;
    const bool is_registered = image_->cluster().Broker(image.leader) != nullptr;
    partition.error_code = is_registered && context_.api_version >= kFirstVersionWithListenerErrors
                               ? ErrorCode::kListenerNotFound
                               : ErrorCode::kLeaderNotAvailable;
    return partition;
  }

  void DescribeCluster() {
    const MetadataNode& metadata = context_.services().metadata;
    for (ReachableBroker& broker : BrokersFor(context_, *image_)) {
      if (broker.fenced) continue;
      auto& answered = response_.brokers.emplace_back();
      answered.node_id = broker.id;
      answered.host = std::move(broker.host);
      answered.port = broker.port;
      answered.rack = std::move(broker.rack);
    }
    response_.cluster_id = metadata.cluster_id();
    response_.controller_id = ControllerFor(*image_, metadata.node_id());
    if (request_.include_cluster_authorized_operations &&
        context_.api_version >= kFirstVersionWithAuthorizedOperations &&
        context_.api_version <= kLastVersionWithClusterOperations) {
      response_.cluster_authorized_operations = kAllClusterOperations;
    }
  }

  RequestContext& context_;
  const MetadataRequest request_;
  const MetadataImagePtr image_;
  const bool asks_for_all_;
  MetadataResponse response_;
  std::vector<std::string> creatable_;
};

}  // namespace

Task<MetadataResponse> HandleMetadata(RequestContext& context, MetadataRequest request) {
  MetadataCall call(context, std::move(request));
  co_return co_await call.Run();
}

}  // namespace penstock
