#include <gtest/gtest.h>

#include "metadata/controller/topic_manager.h"
#include "tests/unit/metadata/controller/test_cluster.h"

namespace penstock {
namespace {

class DeleteTopicsTest : public ::testing::Test {
 protected:
  DeleteTopicsTest() {
    cluster_.Add(1);
    words_ = cluster_.AddTopic("words", {Nodes({1})});
    lines_ = cluster_.AddTopic("lines", {Nodes({1}), Nodes({1})});
  }
  static DeleteTopicsRequest::DeleteTopicState Named(std::string name) {
    DeleteTopicsRequest::DeleteTopicState topic;
    topic.name = std::move(name);
    return topic;
  }
  static DeleteTopicsRequest::DeleteTopicState WithId(const Uuid& id) {
    DeleteTopicsRequest::DeleteTopicState topic;
    topic.name = std::nullopt;
    topic.topic_id = id;
    return topic;
  }
  // Deletes; the answers as "name: code", the name "-" where there is none.
  std::vector<std::string> Delete(std::vector<DeleteTopicsRequest::DeleteTopicState> topics) {
    DeleteTopicsRequest request;
    request.topics = std::move(topics);
    return Send(request);
  }
  std::vector<std::string> Send(const DeleteTopicsRequest& request) {
    const auto result = DeleteTopics(cluster_.options(), cluster_.image(), request);
    cluster_.Apply(result.records);
    std::vector<std::string> answers;
    messages_.clear();
    for (const auto& answer : result.response.responses) {
      answers.push_back(answer.name.value_or("-") + ": " + std::string(NameOf(answer.error_code)));
      messages_.push_back(answer.error_message.value_or(""));
    }
    return answers;
  }
  bool Exists(std::string_view name) const {
    return cluster_.image().topics.FindByName(name) != nullptr;
  }

  TestCluster cluster_;
  Uuid words_;
  Uuid lines_;
  std::vector<std::string> messages_;
};

TEST_F(DeleteTopicsTest, ByNameAndById) {
  EXPECT_EQ(Delete({Named("words"), WithId(lines_)}),
            (std::vector<std::string>{"words: NONE", "lines: NONE"}));
  EXPECT_FALSE(Exists("words"));
  EXPECT_FALSE(Exists("lines"));
}

TEST_F(DeleteTopicsTest, ByTheListOfNamesOfOlderVersions) {
  DeleteTopicsRequest request;
  request.topic_names = {"words"};
  EXPECT_EQ(Send(request), std::vector<std::string>{"words: NONE"});
  EXPECT_FALSE(Exists("words"));
  EXPECT_TRUE(Exists("lines"));
}

TEST_F(DeleteTopicsTest, ItsConfigsGoWithIt) {
  ConfigRecord config;
  config.resource_type = static_cast<int8_t>(ConfigResourceType::kTopic);
  config.resource_name = "words";
  config.name = "retention.ms";
  config.value = "1000";
  cluster_.Apply({MetadataRecord(config)});
  Delete({Named("words")});
  EXPECT_TRUE(cluster_.image().configs.Of(ConfigResource::Topic("words")).empty());
}

TEST_F(DeleteTopicsTest, WhatIsNotThereDoesNotHoldUpTheRest) {
  EXPECT_EQ(Delete({Named("nothing"), WithId(Uuid(8, 8)), Named("words")}),
            (std::vector<std::string>{"-: UNKNOWN_TOPIC_ID", "nothing: UNKNOWN_TOPIC_OR_PARTITION",
                                      "words: NONE"}));
  EXPECT_FALSE(Exists("words"));
}

TEST_F(DeleteTopicsTest, ATopicIsNamedInOneWayAndOnce) {
  auto both = Named("words");
  both.topic_id = words_;
  EXPECT_EQ(Delete({both}), std::vector<std::string>{"words: INVALID_REQUEST"});
  EXPECT_EQ(Delete({WithId(Uuid::Zero())}), std::vector<std::string>{"-: INVALID_REQUEST"});
  EXPECT_EQ(messages_, std::vector<std::string>{"Neither topic name nor id were specified."});
  EXPECT_EQ(Delete({Named("words"), Named("words")}),
            std::vector<std::string>{"words: INVALID_REQUEST"});
  EXPECT_EQ(messages_, std::vector<std::string>{"Duplicate topic name."});
  EXPECT_EQ(Delete({WithId(words_), WithId(words_)}),
            std::vector<std::string>{"-: INVALID_REQUEST"});
  EXPECT_EQ(Delete({Named("words"), WithId(words_)}),
            std::vector<std::string>{"words: INVALID_REQUEST"});
  EXPECT_EQ(messages_, std::vector<std::string>{
                           "The provided topic name maps to an ID that was already supplied."});
  EXPECT_EQ(Delete({Named("words"), WithId(words_), WithId(words_)}),
            (std::vector<std::string>{"-: INVALID_REQUEST", "words: INVALID_REQUEST"}));
  EXPECT_TRUE(Exists("words")) << "what is in doubt stays";
}

TEST_F(DeleteTopicsTest, ABrokerMayForbidIt) {
  cluster_.options().delete_topic_enable = false;
  EXPECT_EQ(Delete({Named("words"), Named("nothing")}),
            (std::vector<std::string>{"nothing: UNKNOWN_TOPIC_OR_PARTITION",
                                      "words: TOPIC_DELETION_DISABLED"}));
  EXPECT_TRUE(Exists("words"));
}

TEST_F(DeleteTopicsTest, TheNameIsFreeAtOnce) {
  Delete({Named("words")});
  const Uuid again = cluster_.AddTopic("words", {Nodes({1})});
  EXPECT_NE(again, words_);
  EXPECT_EQ(cluster_.image().topics.FindByName("words")->id, again);
  EXPECT_EQ(cluster_.image().topics.FindById(words_), nullptr);
}

}  // namespace
}  // namespace penstock
