#include "config/broker_config.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

StatusOr<BrokerConfig> Resolve(const ConfigMap& properties) {
  return ResolveBrokerConfig({.static_broker = properties});
}

std::string Error(const ConfigMap& properties) {
  return std::string(MessageOf(Resolve(properties).status()));
}

TEST(BrokerConfigTest, StartsWithNothingOnLoopback) {
  const StatusOr<BrokerConfig> config = Resolve({});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->node_id, NodeId{1});
  ASSERT_EQ(config->listeners.size(), 1u);
  EXPECT_EQ(FormatListenerAddress(config->listeners[0]), "PLAINTEXT://127.0.0.1:9092");
  EXPECT_TRUE(config->advertised_listeners.empty());
  EXPECT_TRUE(config->log_dirs.empty());
}

TEST(BrokerConfigTest, AFileAndTheCommandLineAreOneAndTheLaterWins) {
  ConfigMap properties;
  ASSERT_TRUE(AddConfigFile("server.properties",
                            "node.id=7\nlog.dirs=/a, /b\n"
                            "listeners=PLAINTEXT://:9092,CONTROLLER://localhost:9093\n"
                            "advertised.listeners=PLAINTEXT://broker.example:19092\n",
                            properties)
                  .ok());
  ASSERT_TRUE(AddConfigAssignment("node.id = 8", properties).ok());
  const StatusOr<BrokerConfig> config = Resolve(properties);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->node_id, NodeId{8});
  EXPECT_EQ(config->log_dirs, (std::vector<std::string>{"/a", "/b"}));
  ASSERT_EQ(config->listeners.size(), 1u);
  ASSERT_EQ(config->controller_listeners.size(), 1u);
  EXPECT_EQ(config->controller_listeners[0].port, 9093);
  ASSERT_EQ(config->advertised_listeners.size(), 1u);
  EXPECT_EQ(config->advertised_listeners[0].host, "broker.example");
  EXPECT_EQ(config->inter_broker_listener_name, "PLAINTEXT");
}

TEST(BrokerConfigTest, AMistakeIsOneLineThatSaysWhere) {
  ConfigMap properties;
  EXPECT_EQ(MessageOf(AddConfigFile("s.properties", "# x\nnum.partition=3\n", properties)),
            "s.properties:2: Unknown broker config name: num.partition (did you mean "
            "num.partitions?)");
  EXPECT_EQ(MessageOf(AddConfigFile("s.properties", "num.partitions=0\n", properties)),
            "s.properties:1: Invalid value 0 for configuration num.partitions: Value must be at "
            "least 1");
  EXPECT_EQ(MessageOf(AddConfigAssignment("sasl.jaas.config=x", properties)),
            "-X sasl.jaas.config=x: Broker config sasl.jaas.config is Kafka's, but penstock does "
            "not have it yet");
  EXPECT_EQ(MessageOf(AddConfigAssignment("num.partitions", properties)),
            "-X num.partitions: write it as key=value");
  EXPECT_TRUE(properties.empty());
}

TEST(BrokerConfigTest, AddressesAreReadWithAllTheirForms) {
  const auto form = [](std::string_view text) {
    const StatusOr<ListenerAddress> address = ParseListenerAddress(text);
    return address.ok() ? FormatListenerAddress(*address) : std::string("refused");
  };
  EXPECT_EQ(form("plaintext://localhost:9092"), "PLAINTEXT://localhost:9092");
  EXPECT_EQ(form("PLAINTEXT://[::1]:0"), "PLAINTEXT://[::1]:0");
  EXPECT_EQ(form("PLAINTEXT://:9092"), "PLAINTEXT://:9092");
  for (const std::string_view bad :
       {"", "localhost:9092", "://a:1", "PLAINTEXT://a", "PLAINTEXT://a:", "PLAINTEXT://a:65536",
        "PLAINTEXT://::1:9", "PLAINTEXT://a/b:1", "PLAINTEXT:", "PLAINTEXT://a:-1"}) {
    EXPECT_EQ(form(bad), "refused") << bad;
  }
}

TEST(BrokerConfigTest, ListenersMustFitTogether) {
  EXPECT_NE(Error({{"listeners", "SSL://:9093"}}).find("only PLAINTEXT"), std::string::npos);
  EXPECT_NE(Error({{"listeners", "INTERNAL://:9093"}}).find("INTERNAL:PLAINTEXT"),
            std::string::npos);
  EXPECT_EQ(Error({{"listeners", "INTERNAL://:9093"},
                   {"listener.security.protocol.map", "INTERNAL:PLAINTEXT"}}),
            "");
  EXPECT_NE(Error({{"listeners", "CONTROLLER://:9093"}}), "");
  EXPECT_NE(Error({{"listeners", "PLAINTEXT://:1,PLAINTEXT://:2"}}).find("different name"),
            std::string::npos);
  EXPECT_NE(Error({{"listeners", "PLAINTEXT://a:1,CONTROLLER://a:1"}}).find("different port"),
            std::string::npos);
  EXPECT_NE(Error({{"advertised.listeners", "OTHER://a:1"}}), "");
  EXPECT_NE(Error({{"advertised.listeners", "PLAINTEXT://0.0.0.0:1"}}), "");
  EXPECT_NE(Error({{"inter.broker.listener.name", "OTHER"}}), "");
}

TEST(BrokerConfigTest, ValuesMustFitTogether) {
  EXPECT_NE(Error({{"broker.id", "2"}}).find("node.id"), std::string::npos);
  EXPECT_NE(Error({{"process.roles", "broker"}}), "");
  EXPECT_NE(Error({{"queued.max.request.bytes", "1"}}), "");
  EXPECT_NE(Error({{"log.roll.ms", "0"}}), "");
  EXPECT_NE(Error({{"log.retention.hours", "0"}}), "");
  EXPECT_NE(Error({{"log.cleaner.min.compaction.lag.ms", "9"},
                   {"log.cleaner.max.compaction.lag.ms", "8"}}),
            "");
  EXPECT_NE(Error({{"no.such.config", "1"}}), "");
}

TEST(BrokerConfigTest, ASingleAddressMayHaveALimitOfItsOwn) {
  const auto overrides = [](std::string text) {
    return ResolveBrokerConfig({.static_broker = {{"max.connections.per.ip.overrides", text}}})
        ->max_connections_per_ip_overrides;
  };
  using Limits = std::map<std::string, int32_t>;
  EXPECT_EQ(overrides(""), Limits());
  EXPECT_EQ(overrides("192.0.2.1:5, 2001:db8::1:7,[::1]:0"),
            (Limits{{"192.0.2.1", 5}, {"2001:db8::1", 7}, {"::1", 0}}));
  for (const char* text :
       {"192.0.2.1", ":5", "192.0.2.1:", "192.0.2.1:-1", "host:5", "192.0.2.1:x"})
    EXPECT_NE(Error({{"max.connections.per.ip.overrides", text}}).find("IP address"),
              std::string::npos)
        << text;
  EXPECT_NE(Error({{"max.connections.per.ip", "0"}}), "") << "nobody could connect";
  EXPECT_EQ(Error({{"max.connections.per.ip", "0"}, {"max.connections.per.ip.overrides", "::1:1"}}),
            "");
}

TEST(BrokerConfigTest, ADynamicConfigChangesWhatTheBrokerRunsWith) {
  const StatusOr<BrokerConfig> config = ResolveBrokerConfig(
      {.static_broker = {{"max.connections", "5"}}, .dynamic_broker = {{"max.connections", "9"}}});
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->max_connections, 9);
}

}  // namespace
}  // namespace penstock
