// The error of a whole request stands wherever a client of Kafka looks for it.
#include "broker/handlers/refusals.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "broker/handlers/handlers.h"
#include "protocol/api.h"
#include "protocol/frame.h"
#include "protocol/json.h"
#include "protocol/message_table.h"
#include "protocol/messages/alter_configs.h"
#include "protocol/messages/api_versions.h"
#include "protocol/messages/create_partitions.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/delete_records.h"
#include "protocol/messages/delete_topics.h"
#include "protocol/messages/describe_cluster.h"
#include "protocol/messages/describe_configs.h"
#include "protocol/messages/describe_log_dirs.h"
#include "protocol/messages/describe_producers.h"
#include "protocol/messages/describe_quorum.h"
#include "protocol/messages/describe_topic_partitions.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/incremental_alter_configs.h"
#include "protocol/messages/init_producer_id.h"
#include "protocol/messages/list_config_resources.h"
#include "protocol/messages/list_offsets.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/offset_for_leader_epoch.h"
#include "protocol/messages/produce.h"
#include "protocol/messages/update_features.h"
#include "protocol/random_message.h"
#include "tests/unit/broker/handlers/json_tree.h"

namespace penstock {
namespace {

using penstock::testing::JsonTree;

constexpr ErrorCode kCode = ErrorCode::kNotLeaderOrFollower;
constexpr uint64_t kSeeds = 20;

class NoOwner final : public RequestContext::Owner {
 public:
  void OnDispatched(RequestContext&) override {}
};

// A request of some version that is refused, without a connection.
struct Refused {
  explicit Refused(int16_t key, int16_t version) : context(info, nullptr, owner) {
    context.api_key = key;
    context.api_version = version;
    context.correlation_id = 7;
  }

  template <class Request>
  StatusOr<Slice> Answer(const Request& request) {
    ASSIGN_OR_RETURN(const SliceChain body, Encode(request, context.api_version));
    WireReader reader(body.Flatten());
    const HandlerRow& row = *BrokerHandlers().Find(Request::kApiKey);
    ASSIGN_OR_RETURN(const SliceChain frame, row.refuse(context, reader, kCode));
    return frame.Flatten();
  }

  ConnectionInfo info;
  NoOwner owner;
  RequestContext context;
};

template <class Request>
typename Request::Response MustRefuse(const Request& request, int16_t version) {
  Refused refused(Request::kApiKey, version);
  const StatusOr<Slice> frame = refused.Answer(request);
  EXPECT_TRUE(frame.ok()) << frame.status();
  WireReader reader(frame->Sub(kFrameLengthBytes));
  const auto header = DecodeResponseHeader(reader, *FindApi(Request::kApiKey), version);
  EXPECT_TRUE(header.ok()) << header.status();
  EXPECT_EQ(header->correlation_id, 7);
  typename Request::Response response;
  EXPECT_TRUE(Decode(reader, response, version).ok());
  EXPECT_EQ(refused.context.error, kCode);
  return response;
}

// How many elements there are at a path like "topics/partitions".
size_t CountAt(const JsonTree& tree, std::string_view path) {
  const size_t slash = path.find('/');
  const auto found = tree.members.find(std::string(path.substr(0, slash)));
  if (found == tree.members.end()) return 0;
  const std::vector<JsonTree>& elements = found->second.elements;
  if (slash == std::string_view::npos) return elements.size();
  size_t count = 0;
  for (const JsonTree& element : elements) count += CountAt(element, path.substr(slash + 1));
  return count;
}

// Who is told the error of a request: what it names at a path, and the response as a whole from
// some version on.
struct Told {
  std::string_view each;
  int16_t whole_from = INT16_MAX;
  int16_t each_until = INT16_MAX;
  std::string_view each_in_older = "none";  // the path in versions that do not have the other
};

template <class Request>
void ExpectErrorEverywhere(const Told& told) {
  for (int16_t version = Request::kVersions.min; version <= Request::kVersions.max; ++version) {
    for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
      SCOPED_TRACE(::testing::Message()
                   << Request::kName << " version " << version << " seed " << seed);
      Request request = RandomMessage<Request>(seed, version);
      if constexpr (requires { request.acks; }) request.acks = -1;
      const JsonTree asked = JsonTree::Parse(ToJson(request, version));
      const auto response = MustRefuse(request, version);
      JsonTree answered = JsonTree::Parse(ToJson(response, version));
      size_t errors = 0;
      answered.ForEachMember([&errors](const std::string& name, JsonTree& value) {
        if (name != "errorCode") return;
        EXPECT_EQ(value.word, std::to_string(static_cast<int>(kCode)));
        ++errors;
      });
      size_t wanted = version >= told.whole_from ? 1 : 0;
      if (version <= told.each_until) {
        wanted += CountAt(asked, told.each) + CountAt(asked, told.each_in_older);
      }
      EXPECT_EQ(errors, wanted) << answered.ToString();
      if (::testing::Test::HasFailure()) return;
    }
  }
}

TEST(Refusals, EveryPartitionThatWasAskedAboutIsTold) {
  ExpectErrorEverywhere<ProduceRequest>({"topicData/partitionData"});
  ExpectErrorEverywhere<FetchRequest>(
      {.each = "topics/partitions", .whole_from = 7, .each_until = 12});
  ExpectErrorEverywhere<ListOffsetsRequest>({"topics/partitions"});
  ExpectErrorEverywhere<DeleteRecordsRequest>({"topics/partitions"});
  ExpectErrorEverywhere<OffsetForLeaderEpochRequest>({"topics/partitions"});
  ExpectErrorEverywhere<DescribeProducersRequest>({"topics/partitionIndexes"});
}

TEST(Refusals, EveryTopicThatWasAskedAboutIsTold) {
  ExpectErrorEverywhere<MetadataRequest>({.each = "topics", .whole_from = 13});
  ExpectErrorEverywhere<CreateTopicsRequest>({"topics"});
  ExpectErrorEverywhere<DeleteTopicsRequest>({.each = "topics", .each_in_older = "topicNames"});
  ExpectErrorEverywhere<CreatePartitionsRequest>({"topics"});
  ExpectErrorEverywhere<DescribeTopicPartitionsRequest>({"topics"});
}

TEST(Refusals, EveryResourceThatWasAskedAboutIsTold) {
  ExpectErrorEverywhere<DescribeConfigsRequest>({"resources"});
  ExpectErrorEverywhere<AlterConfigsRequest>({"resources"});
  ExpectErrorEverywhere<IncrementalAlterConfigsRequest>({"resources"});
}

TEST(Refusals, AResponseWithAnErrorOfItsOwnTellsIt) {
  ExpectErrorEverywhere<ApiVersionsRequest>({.each = "", .whole_from = 0});
  ExpectErrorEverywhere<InitProducerIdRequest>({.each = "", .whole_from = 0});
  ExpectErrorEverywhere<DescribeLogDirsRequest>({.each = "", .whole_from = 3});
  ExpectErrorEverywhere<DescribeQuorumRequest>({.each = "", .whole_from = 0});
  ExpectErrorEverywhere<UpdateFeaturesRequest>({.each = "", .whole_from = 0});
  ExpectErrorEverywhere<DescribeClusterRequest>({.each = "", .whole_from = 0});
  ExpectErrorEverywhere<ListConfigResourcesRequest>({.each = "", .whole_from = 0});
}

// By name up to version 5, by name or id from 6.
TEST(Refusals, EveryTopicToDeleteIsToldByTheNameOrIdThatItWasGiven) {
  DeleteTopicsRequest by_name;
  by_name.topic_names = {"a", "b"};
  const DeleteTopicsResponse named = MustRefuse(by_name, 5);
  ASSERT_EQ(named.responses.size(), 2u);
  EXPECT_EQ(named.responses[1].name, "b");
  EXPECT_EQ(named.responses[1].error_code, kCode);

  DeleteTopicsRequest by_id;
  by_id.topics.emplace_back().topic_id = Uuid(7, 8);
  const DeleteTopicsResponse identified = MustRefuse(by_id, 6);
  ASSERT_EQ(identified.responses.size(), 1u);
  EXPECT_EQ(identified.responses[0].name, std::nullopt);
  EXPECT_EQ(identified.responses[0].topic_id, by_id.topics[0].topic_id);
  EXPECT_EQ(identified.responses[0].error_code, kCode);
}

TEST(Refusals, WhatWasAskedAboutIsNamed) {
  ProduceRequest request;
  request.acks = 1;
  auto& topic = request.topic_data.emplace_back();
  topic.name = "orders";
  topic.partition_data.emplace_back().index = PartitionId{3};
  const ProduceResponse response = MustRefuse(request, 9);
  ASSERT_EQ(response.responses.size(), 1u);
  EXPECT_EQ(response.responses[0].name, "orders");
  const auto& partition = response.responses[0].partition_responses.at(0);
  EXPECT_EQ(partition.index, PartitionId{3});
  EXPECT_EQ(partition.base_offset, Offset{-1});
  EXPECT_EQ(partition.error_message, DescriptionOf(kCode));
}

TEST(Refusals, AProducerThatWantsNoAnswerIsDisconnected) {
  ProduceRequest request;
  request.acks = 0;
  Refused refused(ProduceRequest::kApiKey, 9);
  const StatusOr<Slice> frame = refused.Answer(request);
  ASSERT_TRUE(frame.ok()) << frame.status();
  EXPECT_TRUE(frame->empty());
  EXPECT_EQ(refused.context.close_cause(), "produce with acks=0 failed: NOT_LEADER_OR_FOLLOWER");
}

// The session stays what it is, so that the client can go on with it.
TEST(Refusals, AFetchKeepsItsSession) {
  FetchRequest request;
  request.session_id = 1234;
  EXPECT_EQ(MustRefuse(request, 17).session_id, 1234);
}

TEST(Refusals, AProducerThatGetsNoIdGetsNoEpoch) {
  const InitProducerIdResponse response = MustRefuse(InitProducerIdRequest(), 5);
  EXPECT_EQ(response.producer_id, ProducerId{-1});
  EXPECT_EQ(response.producer_epoch, ProducerEpoch{-1});
}

TEST(Refusals, ATruncatedRequestIsAnError) {
  Refused refused(InitProducerIdRequest::kApiKey, 5);
  const Slice body = Encode(InitProducerIdRequest(), 5)->Flatten();
  for (size_t size = 0; size < body.size(); ++size) {
    WireReader reader(body.Sub(0, size));
    const HandlerRow& row = *BrokerHandlers().Find(InitProducerIdRequest::kApiKey);
    EXPECT_FALSE(row.refuse(refused.context, reader, kCode).ok()) << size;
  }
}

TEST(Refusals, EveryApiThatIsServedCanBeRefused) {
  for (const HandlerRow& row : BrokerHandlers().rows()) {
    EXPECT_NE(row.refuse, nullptr) << FindApi(row.api_key)->name;
  }
}

}  // namespace
}  // namespace penstock
