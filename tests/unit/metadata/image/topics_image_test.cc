#include "metadata/image/topics_image.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TopicsImage::TopicPtr TopicOf(std::string name, const Uuid& id, size_t partitions = 1) {
  auto topic = std::make_shared<TopicImage>();
  topic->name = std::move(name);
  topic->id = id;
  for (size_t i = 0; i < partitions; ++i) {
    topic->partitions.push_back(std::make_shared<const PartitionImage>());
  }
  return topic;
}

TEST(TopicsImage, ATopicIsFoundByNameAndById) {
  const TopicsImage topics = TopicsImage().With(TopicOf("words", Uuid(1, 1)));
  ASSERT_NE(topics.FindByName("words"), nullptr);
  EXPECT_EQ(topics.FindByName("words"), topics.FindById(Uuid(1, 1)));
  EXPECT_EQ(topics.FindByName("word"), nullptr);
  EXPECT_EQ(topics.FindById(Uuid(1, 2)), nullptr);
}

TEST(TopicsImage, NamesAreInOrder) {
  TopicsImage topics;
  for (const char* name : {"b", "c", "a"}) {
    topics = topics.With(TopicOf(name, Uuid(1, static_cast<uint64_t>(name[0]))));
  }
  std::string names;
  for (const auto& [name, topic] : topics.by_name()) names += name;
  EXPECT_EQ(names, "abc");
}

TEST(TopicsImage, ATopicIsReplacedByItsId) {
  const TopicsImage before = TopicsImage().With(TopicOf("words", Uuid(1, 1), 1));
  const TopicsImage after = before.With(TopicOf("words", Uuid(1, 1), 3));
  EXPECT_EQ(after.size(), 1u);
  EXPECT_EQ(after.FindByName("words")->partitions.size(), 3u);
  EXPECT_EQ(before.FindByName("words")->partitions.size(), 1u) << "images do not change";
}

TEST(TopicsImage, ANameThatWasGivenAnewIsNotTakenAway) {
  TopicsImage topics = TopicsImage().With(TopicOf("words", Uuid(1, 1)));
  topics = topics.With(TopicOf("words", Uuid(1, 2)));
  topics = topics.Without(Uuid(1, 1));
  ASSERT_NE(topics.FindByName("words"), nullptr);
  EXPECT_EQ(topics.FindByName("words")->id, Uuid(1, 2));
  EXPECT_EQ(topics.Without(Uuid(9, 9)), topics) << "nothing to take away";
  EXPECT_EQ(topics.Without(Uuid(1, 2)).size(), 0u);
}

TEST(TopicsImage, PartitionsOutsideOfATopicAreNone) {
  const auto topic = TopicOf("words", Uuid(1, 1), 2);
  EXPECT_NE(topic->Partition(PartitionId(1)), nullptr);
  EXPECT_EQ(topic->Partition(PartitionId(2)), nullptr);
  EXPECT_EQ(topic->Partition(PartitionId(-1)), nullptr);
}

TEST(TopicsImage, EqualMeansEqualContentNotTheSameObjects) {
  const TopicsImage one = TopicsImage().With(TopicOf("words", Uuid(1, 1)));
  EXPECT_EQ(one, TopicsImage().With(TopicOf("words", Uuid(1, 1))));
  EXPECT_FALSE(one == TopicsImage().With(TopicOf("words", Uuid(1, 2))));
  EXPECT_FALSE(one == TopicsImage().With(TopicOf("words", Uuid(1, 1), 2)));
  EXPECT_FALSE(one == TopicsImage());
  auto moved = std::make_shared<TopicImage>(*one.FindByName("words"));
  auto partition = std::make_shared<PartitionImage>();
  partition->leader = NodeId(4);
  moved->partitions[0] = partition;
  EXPECT_FALSE(one == one.With(moved));
}

}  // namespace
}  // namespace penstock
