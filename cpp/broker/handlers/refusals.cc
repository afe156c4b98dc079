#include "broker/handlers/refusals.h"

#include <string>

#include "base/strings.h"
#include "protocol/messages/alter_configs.h"
#include "protocol/messages/create_partitions.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/delete_records.h"
#include "protocol/messages/delete_topics.h"
#include "protocol/messages/describe_configs.h"
#include "protocol/messages/describe_producers.h"
#include "protocol/messages/describe_topic_partitions.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/incremental_alter_configs.h"
#include "protocol/messages/init_producer_id.h"
#include "protocol/messages/list_offsets.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/offset_for_leader_epoch.h"
#include "protocol/messages/produce.h"

namespace penstock {

namespace {

// From this version on clients look for the error of a whole fetch at the top.
constexpr int16_t kFetchVersionOfTopLevelErrors = 13;

// The three requests that change or describe resources are answered alike.
template <class Result, class Resource>
Result RefuseResource(const Resource& resource, ErrorCode code) {
  Result result;
  result.error_code = code;
  result.error_message.emplace(DescriptionOf(code));
  result.resource_type = resource.resource_type;
  result.resource_name = resource.resource_name;
  return result;
}

}  // namespace

ProduceResponse RefuseProduce(RequestContext& context, const ProduceRequest& request,
                              ErrorCode code) {
  ProduceResponse response;
  if (request.acks == 0) {
    context.AnswerNothing();
    context.CloseConnection(StrCat("produce with acks=0 failed: ", NameOf(code)));
    return response;
  }
  for (const auto& topic : request.topic_data) {
    auto& refused_topic = response.responses.emplace_back();
    refused_topic.name = topic.name;
    refused_topic.topic_id = topic.topic_id;
    for (const auto& partition : topic.partition_data) {
      auto& refused = refused_topic.partition_responses.emplace_back();
      refused.index = partition.index;
      refused.error_code = code;
      refused.base_offset = Offset{-1};
      refused.error_message.emplace(DescriptionOf(code));
    }
  }
  return response;
}

FetchResponse RefuseFetch(RequestContext& context, const FetchRequest& request, ErrorCode code) {
  FetchResponse response;
  response.error_code = code;
  response.session_id = request.session_id;
  if (context.api_version >= kFetchVersionOfTopLevelErrors) return response;
  for (const auto& topic : request.topics) {
    auto& refused_topic = response.responses.emplace_back();
    refused_topic.topic = topic.topic;
    for (const auto& partition : topic.partitions) {
      auto& refused = refused_topic.partitions.emplace_back();
      refused.partition_index = partition.partition;
      refused.error_code = code;
      refused.high_watermark = Offset{-1};
      refused.records.emplace();
    }
  }
  return response;
}

ListOffsetsResponse RefuseListOffsets(RequestContext&, const ListOffsetsRequest& request,
                                      ErrorCode code) {
  ListOffsetsResponse response;
  for (const auto& topic : request.topics) {
    auto& refused_topic = response.topics.emplace_back();
    refused_topic.name = topic.name;
    for (const auto& partition : topic.partitions) {
      auto& refused = refused_topic.partitions.emplace_back();
      refused.partition_index = partition.partition_index;
      refused.error_code = code;
    }
  }
  return response;
}

MetadataResponse RefuseMetadata(RequestContext&, const MetadataRequest& request, ErrorCode code) {
  MetadataResponse response;
  response.error_code = code;
  if (!request.topics.has_value()) return response;
  for (const auto& topic : *request.topics) {
    auto& refused = response.topics.emplace_back();
    refused.error_code = code;
    refused.name.emplace();  // null has no place before version 12
    if (topic.name.has_value()) refused.name = topic.name;
    refused.topic_id = topic.topic_id;
  }
  return response;
}

CreateTopicsResponse RefuseCreateTopics(RequestContext&, const CreateTopicsRequest& request,
                                        ErrorCode code) {
  CreateTopicsResponse response;
  for (const auto& topic : request.topics) {
    auto& refused = response.topics.emplace_back();
    refused.name = topic.name;
    refused.error_code = code;
    refused.error_message.emplace(DescriptionOf(code));
  }
  return response;
}

DeleteTopicsResponse RefuseDeleteTopics(RequestContext&, const DeleteTopicsRequest& request,
                                        ErrorCode code) {
  DeleteTopicsResponse response;
  for (const std::string& name : request.topic_names) {
    auto& refused = response.responses.emplace_back();
    refused.name = name;
    refused.error_code = code;
  }
  for (const auto& topic : request.topics) {
    auto& refused = response.responses.emplace_back();
    refused.name = topic.name;
    refused.topic_id = topic.topic_id;
    refused.error_code = code;
  }
  return response;
}

DeleteRecordsResponse RefuseDeleteRecords(RequestContext&, const DeleteRecordsRequest& request,
                                          ErrorCode code) {
  DeleteRecordsResponse response;
  for (const auto& topic : request.topics) {
    auto& refused_topic = response.topics.emplace_back();
    refused_topic.name = topic.name;
    for (const auto& partition : topic.partitions) {
      auto& refused = refused_topic.partitions.emplace_back();
      refused.partition_index = partition.partition_index;
      refused.low_watermark = Offset{-1};
      refused.error_code = code;
    }
  }
  return response;
}

InitProducerIdResponse RefuseInitProducerId(RequestContext&, const InitProducerIdRequest&,
                                            ErrorCode code) {
  InitProducerIdResponse response;
  response.error_code = code;
  response.producer_epoch = ProducerEpoch{-1};
  return response;
}

OffsetForLeaderEpochResponse RefuseOffsetForLeaderEpoch(RequestContext&,
                                                        const OffsetForLeaderEpochRequest& request,
                                                        ErrorCode code) {
  OffsetForLeaderEpochResponse response;
  for (const auto& topic : request.topics) {
    auto& refused_topic = response.topics.emplace_back();
    refused_topic.topic = topic.topic;
    for (const auto& partition : topic.partitions) {
      auto& refused = refused_topic.partitions.emplace_back();
      refused.partition = partition.partition;
      refused.error_code = code;
    }
  }
  return response;
}

DescribeConfigsResponse RefuseDescribeConfigs(RequestContext&,
                                              const DescribeConfigsRequest& request,
                                              ErrorCode code) {
  DescribeConfigsResponse response;
  using Result = DescribeConfigsResponse::DescribeConfigsResult;
  for (const auto& resource : request.resources) {
    response.results.push_back(RefuseResource<Result>(resource, code));
  }
  return response;
}

AlterConfigsResponse RefuseAlterConfigs(RequestContext&, const AlterConfigsRequest& request,
                                        ErrorCode code) {
  AlterConfigsResponse response;
  using Result = AlterConfigsResponse::AlterConfigsResourceResponse;
  for (const auto& resource : request.resources) {
    response.responses.push_back(RefuseResource<Result>(resource, code));
  }
  return response;
}

CreatePartitionsResponse RefuseCreatePartitions(RequestContext&,
                                                const CreatePartitionsRequest& request,
                                                ErrorCode code) {
  CreatePartitionsResponse response;
  for (const auto& topic : request.topics) {
    auto& refused = response.results.emplace_back();
    refused.name = topic.name;
    refused.error_code = code;
    refused.error_message.emplace(DescriptionOf(code));
  }
  return response;
}

IncrementalAlterConfigsResponse RefuseIncrementalAlterConfigs(
    RequestContext&, const IncrementalAlterConfigsRequest& request, ErrorCode code) {
  IncrementalAlterConfigsResponse response;
  using Result = IncrementalAlterConfigsResponse::AlterConfigsResourceResponse;
  for (const auto& resource : request.resources) {
    response.responses.push_back(RefuseResource<Result>(resource, code));
  }
  return response;
}

DescribeProducersResponse RefuseDescribeProducers(RequestContext&,
                                                  const DescribeProducersRequest& request,
                                                  ErrorCode code) {
  DescribeProducersResponse response;
  for (const auto& topic : request.topics) {
    auto& refused_topic = response.topics.emplace_back();
    refused_topic.name = topic.name;
    for (const PartitionId partition : topic.partition_indexes) {
      auto& refused = refused_topic.partitions.emplace_back();
      refused.partition_index = partition;
      refused.error_code = code;
    }
  }
  return response;
}

DescribeTopicPartitionsResponse RefuseDescribeTopicPartitions(
    RequestContext&, const DescribeTopicPartitionsRequest& request, ErrorCode code) {
  DescribeTopicPartitionsResponse response;
  for (const auto& topic : request.topics) {
    auto& refused = response.topics.emplace_back();
    refused.name = topic.name;
    refused.error_code = code;
  }
  return response;
}

}  // namespace penstock
