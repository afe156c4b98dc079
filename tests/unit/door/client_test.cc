#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "tests/unit/door/program.h"

namespace penstock {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ClientTest : public Program {};

TEST_F(ClientTest, OutsideAndInsideSeeTheSameRecords) {
  Client outside = Must(Client::Connect(Must(node.Serve("127.0.0.1:0")), {{"client.id", "till"}}));
  Producer producer = Must(outside.NewProducer());
  Must(Must(producer.Send("orders", {.value = "tea", .partition = 0})).Get(seconds(30)));
  Consumer consumer = Reader();
  EXPECT_THAT(ValuesOf(Must(consumer.Poll(seconds(30)))), ElementsAre("tea"));
}

TEST_F(ClientTest, SaysWhatIsWrongWithAServerOrAConfig) {
  const Result<Client> no_port = Client::Connect("localhost");
  ASSERT_FALSE(no_port.ok());
  EXPECT_EQ(no_port.error().kind(), ErrorKind::kInvalidArgument);
  EXPECT_THAT(no_port.error().message(), HasSubstr("localhost"));
  EXPECT_FALSE(Client::Connect("").ok());
  const Result<Client> typo = Client::Connect("localhost:9092", {{"clientid", "till"}});
  ASSERT_FALSE(typo.ok());
  EXPECT_THAT(typo.error().message(), HasSubstr("clientid"));
  EXPECT_FALSE(node.NewClient({{"request.timeout.ms", "soon"}}).ok());
  const Result<Producer> producer = client.NewProducer({{"linger.ms", "-1"}});
  ASSERT_FALSE(producer.ok());
  EXPECT_THAT(producer.error().message(), HasSubstr("linger.ms"));
  EXPECT_FALSE(client.NewConsumer({{"auto.offset.reset", "smallest"}}).ok());
}

TEST_F(ClientTest, NobodyThereIsAnErrorWithinTheTime) {
  Client nowhere = Must(Client::Connect("127.0.0.1:1"));
  const auto topics = nowhere.admin().ListTopics({.timeout = milliseconds(100)});
  ASSERT_FALSE(topics.ok());
  EXPECT_TRUE(topics.error().kind() == ErrorKind::kUnavailable ||
              topics.error().kind() == ErrorKind::kTimeout)
      << topics.error().message();
}

TEST_F(ClientTest, ClosingItClosesWhatItMade) {
  Producer producer = Must(client.NewProducer({{"linger.ms", "60000"}}));
  Consumer consumer = Reader();
  Future<RecordMetadata> sent = Must(producer.Send("orders", {.value = "tea", .partition = 0}));
  Must(client.Close(seconds(30)));
  Must(client.Close(seconds(30)));
  EXPECT_EQ(Must(sent.Get()).offset, 0);
  EXPECT_FALSE(producer.Send("orders", {.value = "milk"}).ok());
  EXPECT_EQ(consumer.Poll(kNoLimit).error().kind(), ErrorKind::kCancelled);
  const auto late = client.NewProducer();
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().kind(), ErrorKind::kCancelled);
  EXPECT_EQ(client.admin().ListTopics().error().kind(), ErrorKind::kCancelled);
}

TEST_F(ClientTest, WhatItMadeWorksAfterIt) {
  Producer producer = [this] { return Must(Must(node.NewClient()).NewProducer()); }();
  EXPECT_EQ(
      Must(Must(producer.Send("orders", {.value = "t", .partition = 0})).Get(seconds(30))).offset,
      0);
}

TEST_F(ClientTest, OutlivesItsNode) {
  std::optional<Client> left;
  {
    Node other = Must(Node::Open(":memory:"));
    left = Must(other.NewClient());
    Must(left->admin().CreateTopic({.name = "short", .partitions = 1}));
  }
  EXPECT_FALSE(left->admin().ListTopics({.timeout = milliseconds(100)}).ok());
  Must(left->Close(seconds(1)));
}

TEST_F(ClientTest, ThingsMoveLikeValues) {
  Client moved = std::move(client);
  client = Must(node.NewClient());
  Producer producer = Must(moved.NewProducer());
  Future<RecordMetadata> one = Must(producer.Send("orders", {.value = "tea", .partition = 0}));
  Future<RecordMetadata> other = Must(producer.Send("orders", {.value = "milk", .partition = 0}));
  one = std::move(other);
  EXPECT_EQ(Must(one.Get(seconds(30))).offset, 1);
  producer = Must(client.NewProducer());
  EXPECT_EQ(
      Must(Must(producer.Send("orders", {.value = "t", .partition = 0})).Get(seconds(30))).offset,
      2);
  Consumer consumer = Must(moved.NewConsumer());
  consumer = Reader();
  EXPECT_FALSE(Must(consumer.Poll(seconds(30))).empty());
}

TEST_F(ClientTest, AForkedChildIsToldAndHarmsNothing) {
  Producer producer = Must(client.NewProducer());
  Consumer consumer = Reader();
  const pid_t child = fork();
  if (child == 0) {
    bool told = true;
    {
      const Client dropped_client = std::move(client);
      Producer dropped_producer = std::move(producer);
      Consumer dropped_consumer = std::move(consumer);
      told = !dropped_producer.Send("orders", {.value = "t"}).ok() &&
             !dropped_producer.Flush(seconds(1)).ok() && !dropped_consumer.Poll(kNoLimit).ok() &&
             !dropped_consumer.Assign({}).ok();
    }
    ::_exit(told ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_EQ(
      Must(Must(producer.Send("orders", {.value = "t", .partition = 0})).Get(seconds(30))).offset,
      0);
  EXPECT_FALSE(Must(consumer.Poll(seconds(30))).empty());
}

}  // namespace
}  // namespace penstock
