#include <algorithm>

#include "tests/unit/door/program.h"

namespace penstock {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class AdminTest : public Program {
 protected:
  std::optional<ConfigEntry> RetentionOf(const std::string& topic) {
    for (const ConfigEntry& entry : Must(admin.DescribeConfigs({.name = topic}))) {
      if (entry.name == "retention.ms") return entry;
    }
    return std::nullopt;
  }

  Admin admin = client.admin();
};

TEST_F(AdminTest, TopicsComeAndGo) {
  Must(admin.CreateTopic({.name = "payments", .partitions = 3}));
  EXPECT_THAT(Must(admin.ListTopics()), ElementsAre("orders", "payments"));
  const Result<void> again = admin.CreateTopic({.name = "payments"});
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().kind(), ErrorKind::kAlreadyExists);
  EXPECT_EQ(again.error().kafka_code(), 36);  // TOPIC_ALREADY_EXISTS
  Must(admin.DeleteTopic("orders"));
  EXPECT_THAT(Must(admin.ListTopics()), ElementsAre("payments"));
  const Result<void> gone = admin.DeleteTopic("orders");
  ASSERT_FALSE(gone.ok());
  EXPECT_EQ(gone.error().kind(), ErrorKind::kNotFound);
}

TEST_F(AdminTest, ATopicCanBeTriedAndDescribedAndGrow) {
  Must(admin.CreateTopic({.name = "payments"}, {.validate_only = true}));
  EXPECT_THAT(Must(admin.ListTopics()), ElementsAre("orders"));
  Must(admin.CreatePartitions("orders", 5));
  const TopicDescription topic = Must(admin.DescribeTopic("orders"));
  EXPECT_EQ(topic.name, "orders");
  EXPECT_FALSE(topic.internal);
  EXPECT_EQ(topic.id.size(), 22u);
  ASSERT_EQ(topic.partitions.size(), 5u);
  const PartitionDescription& last = topic.partitions[4];
  EXPECT_EQ(last.partition, 4);
  EXPECT_THAT(last.replicas, ElementsAre(last.leader));
  EXPECT_THAT(last.in_sync_replicas, ElementsAre(last.leader));
  EXPECT_FALSE(admin.DescribeTopic("nothing").ok());
  EXPECT_FALSE(admin.CreatePartitions("orders", 2).ok());
}

TEST_F(AdminTest, ConfigsChangeAndComeBackToTheirDefaults) {
  Must(
      admin.CreateTopic({.name = "brief", .partitions = 1, .configs = {{"retention.ms", "1000"}}}));
  EXPECT_EQ(RetentionOf("brief")->value, "1000");
  EXPECT_FALSE(RetentionOf("brief")->is_default);
  Must(admin.AlterConfigs({.name = "brief"}, {{.name = "retention.ms", .value = "2000"}}));
  EXPECT_EQ(RetentionOf("brief")->value, "2000");
  Must(admin.AlterConfigs({.name = "brief"}, {{.name = "retention.ms", .value = {}}}));
  EXPECT_TRUE(RetentionOf("brief")->is_default);
  const Result<void> wrong =
      admin.AlterConfigs({.name = "brief"}, {{.name = "retention.ms", .value = "long"}});
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().kind(), ErrorKind::kInvalidArgument);
  EXPECT_THAT(wrong.error().message(), HasSubstr("retention.ms"));
}

TEST_F(AdminTest, OffsetsTellWhatIsThere) {
  const std::vector<TopicPartition> both = {{"orders", 0}, {"orders", 1}};
  Producer producer = Must(client.NewProducer());
  for (int i = 0; i < 3; ++i) {
    Must(Must(producer.Send(
                  "orders",
                  {.value = "tea", .timestamp = Timestamp(seconds(1'000 + i)), .partition = 1}))
             .Get(seconds(30)));
  }
  EXPECT_THAT(Must(admin.EndOffsets(both)), ElementsAre(0, 3));
  EXPECT_THAT(Must(admin.OffsetsForTime(both, Timestamp(seconds(1'001)))),
              ElementsAre(kNoOffset, 1));
  EXPECT_EQ(Must(admin.DeleteRecords(both[1], 2)), 2);
  EXPECT_THAT(Must(admin.BeginningOffsets(both)), ElementsAre(0, 2));
  EXPECT_FALSE(
      admin.EndOffsets({{"orders", 0}, {"orders", 9}}, {.timeout = milliseconds(300)}).ok());
  EXPECT_FALSE(admin.DeleteRecords(both[1], -1).ok());
  EXPECT_FALSE(admin.OffsetsForTime(both, Timestamp(milliseconds(-5))).ok());
}

TEST_F(AdminTest, DescribesTheCluster) {
  const std::string address = Must(node.Serve("127.0.0.1:0"));
  Client outside = Must(Client::Connect(address));
  const ClusterDescription cluster = Must(outside.admin().DescribeCluster());
  EXPECT_FALSE(cluster.id.empty());
  ASSERT_EQ(cluster.brokers.size(), 1u);
  const BrokerDescription& broker = cluster.brokers[0];
  EXPECT_EQ(broker.id, cluster.controller);
  EXPECT_EQ(broker.host + ":" + std::to_string(broker.port), address);
  EXPECT_EQ(Must(admin.DescribeCluster()).id, cluster.id);
}

}  // namespace
}  // namespace penstock
