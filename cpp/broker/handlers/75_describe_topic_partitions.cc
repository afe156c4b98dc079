// DescribeTopicPartitions (75), version 0.
//
// The partitions of topics in the order of the names, page by page: at most as many partitions as
// the request and max.request.partition.size.limit allow, and a cursor to where the next page
// begins.
#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "base/strings.h"
#include "broker/handlers/find_partition.h"
#include "broker/handlers/handlers.h"
#include "broker/handlers/node_endpoints.h"
#include "broker/services.h"
#include "metadata/controller/topic_name.h"
#include "metadata/metadata_node.h"
#include "protocol/messages/describe_topic_partitions.h"

namespace penstock {
namespace {

using AnsweredTopic = DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponseTopic;
using AnsweredPartition = DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponsePartition;

class DescribeTopicPartitionsCall {
 public:
  DescribeTopicPartitionsCall(RequestContext& context,
                              const DescribeTopicPartitionsRequest& request)
      : context_(context),
        request_(request),
        image_(context.services().metadata.image()),
        room_(std::max(1, std::min(context.services().config.max_request_partition_size_limit,
                                   request.response_partition_limit))) {}

  DescribeTopicPartitionsResponse Run() {
    if (!CursorIsValid()) return Refuse();
    for (const std::string& name : Names()) {
      if (room_ == 0) {
        PointCursorAt(name, 0);
        break;
      }
      if (!Describe(name)) break;
    }
    return std::move(response_);
  }

 private:
  bool CursorIsValid() const {
    if (!request_.cursor.has_value()) return true;
    if (request_.cursor->partition_index < PartitionId(0)) return false;
    if (request_.topics.empty()) return true;
    return std::ranges::any_of(request_.topics, [this](const auto& topic) {
      return topic.name == request_.cursor->topic_name;
    });
  }

  DescribeTopicPartitionsResponse Refuse() const {
    DescribeTopicPartitionsResponse refused;
    for (const auto& asked : request_.topics) {
      AnsweredTopic& topic = refused.topics.emplace_back();
      topic.name = asked.name;
      topic.error_code = ErrorCode::kInvalidRequest;
    }
    return refused;
  }

  // What is left to describe, sorted.
  std::set<std::string> Names() const {
    std::set<std::string> names;
    if (request_.topics.empty()) {
      for (const auto& [name, topic] : image_->topics.by_name()) names.insert(name);
    }
    for (const auto& topic : request_.topics) names.insert(topic.name);
    if (request_.cursor.has_value())
      names.erase(names.begin(), names.lower_bound(request_.cursor->topic_name));
    return names;
  }

  void PointCursorAt(const std::string& topic, size_t partition) {
    auto& cursor = response_.next_cursor.emplace();
    cursor.topic_name = topic;
    cursor.partition_index = PartitionId(static_cast<int32_t>(partition));
  }

  // False when the page is full in the middle of the topic.
  bool Describe(const std::string& name) {
    AnsweredTopic topic;
    topic.name = name;
    topic.is_internal = IsInternalTopic(name);
    topic.topic_authorized_operations = kAllTopicOperations;
    const TopicsImage::TopicPtr image = image_->topics.FindByName(name);
    if (image == nullptr) {
      const ErrorCode bad_name = ErrorCodeOf(CheckTopicName(name));
      topic.error_code =
          bad_name == ErrorCode::kNone ? ErrorCode::kUnknownTopicOrPartition : bad_name;
      response_.topics.push_back(std::move(topic));
      return true;
    }
    topic.topic_id = image->id;
    const bool at_cursor = request_.cursor.has_value() && request_.cursor->topic_name == name;
    size_t index =
        at_cursor ? static_cast<size_t>(request_.cursor->partition_index.value()) : size_t{0};
    for (; index < image->partitions.size() && room_ > 0; ++index, --room_)
      topic.partitions.push_back(DescribePartition(index, *image->partitions[index]));
    response_.topics.push_back(std::move(topic));
    if (index >= image->partitions.size()) return true;
    PointCursorAt(name, index);
    return false;
  }

  AnsweredPartition DescribePartition(size_t index, const PartitionImage& image) const {
    AnsweredPartition partition;
    partition.partition_index = PartitionId(static_cast<int32_t>(index));
    partition.leader_id = ReachableLeader(context_, *image_, image);
    partition.leader_epoch = image.leader_epoch;
    partition.replica_nodes = image.replicas;
    partition.isr_nodes = image.isr;
    partition.eligible_leader_replicas = image.eligible_leader_replicas;
    partition.last_known_elr = image.last_known_elr;
    partition.offline_replicas = OfflineReplicas(context_, *image_, image);
    return partition;
  }

  RequestContext& context_;
  const DescribeTopicPartitionsRequest& request_;
  const MetadataImagePtr image_;
  int32_t room_;
  DescribeTopicPartitionsResponse response_;
};

}  // namespace

Task<DescribeTopicPartitionsResponse> HandleDescribeTopicPartitions(
    RequestContext& context, DescribeTopicPartitionsRequest request) {
  DescribeTopicPartitionsCall call(context, request);
  co_return call.Run();
}

}  // namespace penstock
