#include "metadata/failed_response.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

const Status kWhy = KafkaError(ErrorCode::kKafkaStorageError, "the disk is gone");

// Every one of `entries` has the error, and there are `count` of them.
template <class Entries>
void ExpectFailed(const Entries& entries, size_t count) {
  ASSERT_EQ(entries.size(), count);
  for (const auto& entry : entries) {
    EXPECT_EQ(entry.error_code, ErrorCode::kKafkaStorageError);
    EXPECT_EQ(entry.error_message, "the disk is gone");
  }
}

TEST(FailedResponse, EveryTopicThatWasToBeMadeIsNamed) {
  CreateTopicsRequest request;
  request.topics.resize(2);
  request.topics[1].name = "words";
  const CreateTopicsResponse response = FailedResponse(request, kWhy);
  ExpectFailed(response.topics, 2);
  EXPECT_EQ(response.topics[1].name, "words");
}

TEST(FailedResponse, TopicsThatWereToGoAreNamedAsTheyWere) {
  DeleteTopicsRequest request;
  request.topic_names = {"words"};
  auto& topic = request.topics.emplace_back();
  topic.name = std::nullopt;
  topic.topic_id = Uuid(1, 2);
  const DeleteTopicsResponse response = FailedResponse(request, kWhy);
  ExpectFailed(response.responses, 2);
  EXPECT_EQ(response.responses[0].name, "words");
  EXPECT_EQ(response.responses[1].name, std::nullopt);
  EXPECT_EQ(response.responses[1].topic_id, Uuid(1, 2));
}

TEST(FailedResponse, TopicsThatWereToGrowAreNamed) {
  CreatePartitionsRequest request;
  request.topics.emplace_back().name = "words";
  const CreatePartitionsResponse response = FailedResponse(request, kWhy);
  ExpectFailed(response.results, 1);
  EXPECT_EQ(response.results[0].name, "words");
}

TEST(FailedResponse, ResourcesOfBothApisAreNamed) {
  AlterConfigsRequest old_form;
  IncrementalAlterConfigsRequest new_form;
  auto& old_resource = old_form.resources.emplace_back();
  auto& new_resource = new_form.resources.emplace_back();
  old_resource.resource_type = new_resource.resource_type = 2;
  old_resource.resource_name = new_resource.resource_name = "words";
  const AlterConfigsResponse old_response = FailedResponse(old_form, kWhy);
  ExpectFailed(old_response.responses, 1);
  EXPECT_EQ(old_response.responses[0].resource_type, 2);
  EXPECT_EQ(old_response.responses[0].resource_name, "words");
  const IncrementalAlterConfigsResponse new_response = FailedResponse(new_form, kWhy);
  ExpectFailed(new_response.responses, 1);
  EXPECT_EQ(new_response.responses[0].resource_type, 2);
  EXPECT_EQ(new_response.responses[0].resource_name, "words");
}

TEST(FailedResponse, FeaturesFailTogether) {
  const UpdateFeaturesResponse response = FailedResponse(UpdateFeaturesRequest(), kWhy);
  EXPECT_EQ(response.error_code, ErrorCode::kKafkaStorageError);
  EXPECT_EQ(response.error_message, "the disk is gone");
  EXPECT_TRUE(response.results.empty());
}

}  // namespace
}  // namespace penstock
