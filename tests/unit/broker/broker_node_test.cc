#include "broker/broker_node.h"

#include <gtest/gtest.h>

#include "broker/handlers/handlers.h"
#include "protocol/messages/incremental_alter_configs.h"
#include "runtime/sim/memory_network.h"
#include "tests/unit/broker/fake_front.h"
#include "tests/unit/metadata/directory_content.h"

namespace penstock {
namespace {

// One machine with a disk, on which brokers start and stop.
class Machine {
 public:
  Machine() : output_{.sink = lines, .clock = [this] { return world.runtime().clock.WallNow(); }} {}

  BrokerOptions Options() const {
    BrokerOptions options;
    options.directory = "data";
    options.kafka = {Address{"localhost", 0}};
    options.holder = "pid 77";
    return options;
  }
  StatusOr<std::unique_ptr<Broker>> Start(BrokerOptions options) {
    return world.Run(Broker::Start(world.runtime(), output_, BrokerHandlers(), std::move(options)));
  }
  std::unique_ptr<Broker> MustStart(BrokerOptions options) {
    StatusOr<std::unique_ptr<Broker>> broker = Start(std::move(options));
    EXPECT_TRUE(broker.ok()) << MessageOf(broker.status());
    return broker.ok() ? *std::move(broker) : nullptr;
  }
  void MustStop(std::unique_ptr<Broker> broker) {
    const Status stopped = world.Run(broker->Stop());
    EXPECT_TRUE(stopped.ok()) << MessageOf(stopped);
  }
  bool Exists(std::string path) {
    return world.Run(world.runtime().files.Describe(std::move(path))).ok();
  }
  std::string RefusalOf(BrokerOptions options) {
    const StatusOr<std::unique_ptr<Broker>> broker = Start(std::move(options));
    EXPECT_FALSE(broker.ok());
    return std::string(MessageOf(broker.status()));
  }

  SimWorld world{1};
  CapturedLines lines;

 private:
  LogOutput output_;
};

Task<> Greets(Runtime& runtime, Address address) {
  auto connection = co_await runtime.network.Connect(address);
  EXPECT_TRUE(connection.ok());
  if (!connection.ok()) co_return;
  const std::string_view asked("\0\0\0\x0a\0\x12\0\0\0\0\0\x05\0\0", 14);
  SliceChain request(Slice::CopyOf(asked));
  const Status sent = co_await (*connection)->Write(std::move(request));
  EXPECT_TRUE(sent.ok());
  Slice buffer = Slice::Allocate(4096);
  const Slice answer = buffer;
  const auto read = co_await (*connection)->Read(std::move(buffer));
  EXPECT_TRUE(read.ok() && *read >= 14);
  EXPECT_EQ(LoadBig<int32_t>(answer.data() + 4), 5);
  EXPECT_EQ(LoadBig<int16_t>(answer.data() + 8), 0);
}

TEST(BrokerNode, FormatsAnEmptyDirectoryAndServes) {
  Machine machine;
  std::unique_ptr<Broker> broker = machine.MustStart(machine.Options());
  ASSERT_NE(broker, nullptr);
  ASSERT_EQ(broker->kafka_addresses().size(), 1u);
  EXPECT_NE(broker->kafka_addresses().front().port, 0);
  EXPECT_TRUE(machine.Exists("data/meta.properties"));
  machine.world.Run(Greets(machine.world.runtime(), broker->kafka_addresses().front()));
  machine.MustStop(std::move(broker));
}

TEST(BrokerNode, StaysTheSameClusterWhenItStartsAgain) {
  Machine machine;
  std::unique_ptr<Broker> first = machine.MustStart(machine.Options());
  ASSERT_NE(first, nullptr);
  const std::string cluster_id = first->services().metadata.cluster_id();
  EXPECT_FALSE(machine.Exists("data/.kafka_cleanshutdown"));
  machine.MustStop(std::move(first));
  EXPECT_TRUE(machine.Exists("data/.kafka_cleanshutdown"));
  std::unique_ptr<Broker> second = machine.MustStart(machine.Options());
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(second->services().metadata.cluster_id(), cluster_id);
  machine.MustStop(std::move(second));
}

TEST(BrokerNode, ADirectoryIsServedByOneBrokerAtATime) {
  Machine machine;
  std::unique_ptr<Broker> broker = machine.MustStart(machine.Options());
  const std::string refusal = machine.RefusalOf(machine.Options());
  EXPECT_NE(refusal.find("in use"), std::string::npos) << refusal;
  EXPECT_NE(refusal.find("pid 77"), std::string::npos) << refusal;
  machine.MustStop(std::move(broker));
  std::unique_ptr<Broker> next = machine.MustStart(machine.Options());
  machine.MustStop(std::move(next));
}

TEST(BrokerNode, AStartThatFailsIsTakenBack) {
  Machine machine;
  std::unique_ptr<Broker> broker = machine.MustStart(machine.Options());
  BrokerOptions options = machine.Options();
  options.directory = "other";
  options.kafka = broker->kafka_addresses();
  options.http = Address{"localhost", 0};
  const std::string refusal = machine.RefusalOf(options);
  EXPECT_NE(refusal.find(options.kafka.front().ToString()), std::string::npos) << refusal;
  machine.MustStop(std::move(broker));
  // Neither the directory nor the port is held any more.
  std::unique_ptr<Broker> next = machine.MustStart(options);
  EXPECT_TRUE(next->http_address().has_value());
  machine.MustStop(std::move(next));
}

TEST(BrokerNode, RefusesWhatItCannotBe) {
  Machine machine;
  BrokerOptions open = machine.Options();
  open.kafka = {Address{"0.0.0.0", 0}};
  EXPECT_NE(machine.RefusalOf(open).find("--insecure"), std::string::npos);
  BrokerOptions unknown = machine.Options();
  unknown.config["num.partition"] = "3";
  EXPECT_NE(machine.RefusalOf(unknown).find("num.partitions"), std::string::npos);
  BrokerOptions elsewhere = machine.Options();
  elsewhere.config["log.dirs"] = "elsewhere";
  EXPECT_NE(machine.RefusalOf(elsewhere).find("log.dirs"), std::string::npos);
  EXPECT_FALSE(machine.Exists("data"));
}

TEST(BrokerNode, AnotherNodeIdIsRefusedAndNothingIsTouched) {
  Machine machine;
  machine.MustStop(machine.MustStart(machine.Options()));
  Files& files = machine.world.runtime().files;
  const auto before = machine.world.Run(ContentBelow(files, "data"));
  EXPECT_TRUE(before.contains("data/.kafka_cleanshutdown"));
  BrokerOptions options = machine.Options();
  options.config["node.id"] = "5";
  EXPECT_NE(machine.RefusalOf(options).find("5"), std::string::npos);
  EXPECT_EQ(machine.world.Run(ContentBelow(files, "data")), before);
  machine.MustStop(machine.MustStart(machine.Options()));
}

TEST(BrokerNode, ADynamicConfigHasEffectAtOnce) {
  Machine machine;
  std::unique_ptr<Broker> broker = machine.MustStart(machine.Options());
  ASSERT_NE(broker, nullptr);
  EXPECT_EQ(broker->services().config.max_connections, INT32_MAX);
  IncrementalAlterConfigsRequest request;
  auto& resource = request.resources.emplace_back();
  resource.resource_type = static_cast<int8_t>(ConfigResourceType::kBroker);
  auto& config = resource.configs.emplace_back();
  config.name = "max.connections";
  config.value = "7";
  const auto response =
      machine.world.Run(broker->services().metadata.IncrementalAlterConfigs(std::move(request)));
  ASSERT_EQ(response.responses.size(), 1u);
  EXPECT_EQ(response.responses[0].error_code, ErrorCode::kNone);
  EXPECT_EQ(broker->services().config.max_connections, 7);
  machine.MustStop(std::move(broker));
  // And it is still there after the next start.
  broker = machine.MustStart(machine.Options());
  EXPECT_EQ(broker->services().config.max_connections, 7);
  machine.MustStop(std::move(broker));
}

TEST(BrokerNode, ServesInThisProgramBeforeItListensAnywhere) {
  Machine machine;
  BrokerOptions options = machine.Options();
  options.kafka.clear();
  options.opens_listeners = false;
  std::unique_ptr<Broker> broker = machine.MustStart(options);
  ASSERT_NE(broker, nullptr);
  EXPECT_TRUE(broker->kafka_addresses().empty());

  Runtime& world = machine.world.runtime();
  MemoryNetwork memory(world.executor);
  const StatusOr<Address> door =
      machine.world.Run(broker->Serve(memory, Address{"in-process", 1}, "IN_PROCESS"));
  ASSERT_TRUE(door.ok()) << door.status();
  Runtime inside{world.clock, world.executor, world.timers, world.files,
                 memory,      world.random,   world.shards};
  machine.world.Run(Greets(inside, *door));

  const StatusOr<Address> outside =
      machine.world.Run(broker->Serve(world.network, Address{"localhost", 0}, "PLAINTEXT"));
  ASSERT_TRUE(outside.ok()) << outside.status();
  machine.world.Run(Greets(world, *outside));
  machine.world.Run(Greets(inside, *door));

  const StatusOr<Address> taken =
      machine.world.Run(broker->Serve(world.network, *outside, "PLAINTEXT_2"));
  EXPECT_NE(MessageOf(taken.status()).find("in use"), std::string_view::npos) << taken.status();
  const StatusOr<Address> everybody =
      machine.world.Run(broker->Serve(world.network, Address{"0.0.0.0", 0}, "PLAINTEXT_2"));
  EXPECT_EQ(everybody.status().code(), StatusCode::kFailedPrecondition) << everybody.status();
  machine.MustStop(std::move(broker));
}

}  // namespace
}  // namespace penstock
