// Topics that go, and those that stay.
#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/messages/delete_topics.h"
#include "tests/unit/broker/handlers/admin_client.h"

namespace penstock::testing {
namespace {

class DeleteTopicsTest : public ::testing::Test {
 protected:
  AdminClient client_;
};

TEST_F(DeleteTopicsTest, DeletedByNameOrById) {
  client_.Create(Topic("rivers"));
  const Uuid lakes = client_.Create(Topic("lakes")).topic_id;
  DeleteTopicsRequest request;
  request.topics.emplace_back().name = "rivers";
  auto& by_id = request.topics.emplace_back();
  by_id.name = std::nullopt;
  by_id.topic_id = lakes;
  auto& unknown = request.topics.emplace_back();
  unknown.name = std::nullopt;
  unknown.topic_id = Uuid(7, 7);
  std::vector<ErrorCode> errors;
  const DeleteTopicsResponse response = client_.host().Ask(request, 6);
  for (const auto& deleted : response.responses) errors.push_back(deleted.error_code);
  std::ranges::sort(errors);
  const std::vector<ErrorCode> expected = {ErrorCode::kNone, ErrorCode::kNone,
                                           ErrorCode::kUnknownTopicId};
  EXPECT_EQ(errors, expected);
  EXPECT_EQ(client_.Partitions("rivers"), -1);
  EXPECT_EQ(client_.Partitions("lakes"), -1);
  const CreatedTopic again = client_.Create(Topic("lakes"));
  EXPECT_EQ(again.error_code, ErrorCode::kNone);
  EXPECT_NE(again.topic_id, lakes) << "a new topic, a new id";
}

TEST_F(DeleteTopicsTest, TopicsOutliveTheLossOfPower) {
  const Uuid id = client_.Create(Topic("rivers", 4)).topic_id;
  client_.Create(Topic("lakes"));
  DeleteTopicsRequest request;
  request.topics.emplace_back().name = "lakes";
  client_.host().Ask(request, 6);
  client_.host().Crash();
  EXPECT_EQ(client_.Partitions("rivers"), 4);
  EXPECT_EQ(client_.Partitions("lakes"), -1);
  MetadataRequest by_id;
  auto& topic = by_id.topics.emplace().emplace_back();
  topic.name = std::nullopt;
  topic.topic_id = id;
  EXPECT_EQ(client_.host().Ask(by_id, 12).topics.at(0).name, "rivers");
}

}  // namespace
}  // namespace penstock::testing
