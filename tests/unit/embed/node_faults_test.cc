// Faults that a program's threads ask for reach its own clients, and those outside.
#include "embed/node_faults.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

#include "base/error_code.h"
#include "tests/unit/embed/doors.h"

namespace penstock {
namespace {

constexpr int32_t kPolicyViolation = 44;

Status CreateOne(Engine& engine, std::string name) {
  std::vector<NewTopic> topics(1);
  topics[0].name = std::move(name);
  topics[0].partitions = 1;
  const auto created = engine.Run(
      [&](Engine::Parts& parts) { return parts.admin.CreateTopics(topics, AdminOptions()); });
  return created.ok() ? created->at(0).status : created.status();
}

std::shared_ptr<Engine> ClientAt(const Address& address) {
  ClientOptions options;
  options.bootstrap_servers = {address};
  StatusOr<std::shared_ptr<Engine>> engine = Engine::Connect(std::move(options));
  EXPECT_TRUE(engine.ok()) << engine.status();
  return *std::move(engine);
}

TEST(NodeFaults, AClientInTheProgramIsToldTheError) {
  const std::shared_ptr<NodeCore> node = OpenNode();
  NodeFaults faults(node);
  const std::shared_ptr<Engine> client = ClientOf(node);
  ASSERT_TRUE(faults.ErrorNext("CreateTopics", kPolicyViolation, 1).ok());
  const Status refused = CreateOne(*client, "orders");
  EXPECT_EQ(GivenErrorCodeOf(refused), ErrorCode::kPolicyViolation) << refused;
  EXPECT_TRUE(CreateOne(*client, "orders").ok());
}

TEST(NodeFaults, WhatIsWrongIsTold) {
  const std::shared_ptr<NodeCore> node = OpenNode();
  NodeFaults faults(node);
  EXPECT_EQ(MessageOf(faults.ErrorNext("Produec", 6, 1)),
            "Kafka has no API called 'Produec' (did you mean Produce?)");
  EXPECT_EQ(MessageOf(faults.Delay("JoinGroup", 1)),
            "the API JoinGroup is not served by this broker");
}

TEST(NodeFaults, OnlyConnectionsOverTheNetworkAreDropped) {
  const std::shared_ptr<NodeCore> node = OpenNode();
  NodeFaults faults(node);
  const std::shared_ptr<Engine> inside = ClientOf(node);
  ASSERT_TRUE(CreateOne(*inside, "first").ok());
  EXPECT_EQ(faults.DropConnections().value_or(-1), 0);

  const StatusOr<Address> address = node->Serve(Address{.host = "127.0.0.1", .port = 0});
  ASSERT_TRUE(address.ok()) << address.status();
  const std::shared_ptr<Engine> outside = ClientAt(*address);
  ASSERT_TRUE(CreateOne(*outside, "second").ok());
  EXPECT_GE(faults.DropConnections().value_or(-1), 1);
  EXPECT_TRUE(CreateOne(*inside, "third").ok());
  EXPECT_TRUE(CreateOne(*outside, "fourth").ok());  // on a new connection
}

TEST(NodeFaults, AHeldBackAnswerComesWhenTheFaultsAreCleared) {
  const std::shared_ptr<NodeCore> node = OpenNode();
  NodeFaults faults(node);
  ASSERT_TRUE(faults.Delay("CreateTopics", 3'600'000).ok());
  const std::shared_ptr<Engine> waiting = ClientOf(node);
  const std::shared_ptr<Engine> other = ClientOf(node);
  Status created = Unavailable("not asked");
  std::thread asking([&] { created = CreateOne(*waiting, "orders"); });
  // The topic is there, which another client sees; only the answer is not.
  bool is_there = false;
  while (!is_there) {
    const auto listed =
        other->Run([](Engine::Parts& parts) { return parts.admin.ListTopics(AdminOptions()); });
    ASSERT_TRUE(listed.ok()) << listed.status();
    is_there = !listed->empty();
  }
  EXPECT_TRUE(faults.Clear().ok());
  asking.join();
  EXPECT_TRUE(created.ok()) << created;
}

TEST(NodeFaults, AStoppedNodeHasNone) {
  std::shared_ptr<NodeCore> node = OpenNode();
  NodeFaults faults(node);
  EXPECT_TRUE(node->Stop().ok());
  EXPECT_EQ(faults.ErrorNext("Produce", 6, 1).code(), StatusCode::kCancelled);
  EXPECT_EQ(faults.DropConnections().status().code(), StatusCode::kCancelled);
  node.reset();
  EXPECT_EQ(faults.Delay("Produce", 1).code(), StatusCode::kCancelled);
  EXPECT_EQ(faults.Clear().code(), StatusCode::kCancelled);
}

}  // namespace
}  // namespace penstock
