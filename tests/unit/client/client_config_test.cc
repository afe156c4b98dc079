// What every client can be told, under Kafka's names; what makes no sense is refused by name.
#include "client/client_config.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(ClientConfig, SaysNothingButTheServersAndGetsKafkasDefaults) {
  const auto options = ParseClientOptions({{"bootstrap.servers", "one:9092, [::1]:9093,"}});
  ASSERT_TRUE(options.ok()) << options.status();
  ASSERT_EQ(options->bootstrap_servers.size(), 2U);
  EXPECT_EQ(options->bootstrap_servers[0], (Address{.host = "one", .port = 9092}));
  EXPECT_EQ(options->bootstrap_servers[1], (Address{.host = "::1", .port = 9093}));
  const ClientOptions usual;
  EXPECT_EQ(options->client_id, usual.client_id);
  EXPECT_EQ(options->request_timeout, usual.request_timeout);
  EXPECT_EQ(options->connection_setup_timeout, usual.connection_setup_timeout);
  EXPECT_EQ(options->connection_idle_max, usual.connection_idle_max);
  EXPECT_EQ(options->reconnect_backoff, usual.reconnect_backoff);
  EXPECT_EQ(options->reconnect_backoff_max, usual.reconnect_backoff_max);
  EXPECT_EQ(options->retry_backoff, usual.retry_backoff);
  EXPECT_EQ(options->retry_backoff_max, usual.retry_backoff_max);
  EXPECT_EQ(options->metadata_age_max, usual.metadata_age_max);
  EXPECT_EQ(options->metadata_idle_max, usual.metadata_idle_max);
  EXPECT_EQ(options->allow_auto_create_topics, usual.allow_auto_create_topics);
}

TEST(ClientConfig, TakesWhatIsGiven) {
  const auto options = ParseClientOptions({{"bootstrap.servers", "one:9092"},
                                           {"client.id", "billing"},
                                           {"request.timeout.ms", "1500"},
                                           {"allow.auto.create.topics", "true"}});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->client_id, "billing");
  EXPECT_EQ(options->request_timeout, Milliseconds(1500));
  EXPECT_TRUE(options->allow_auto_create_topics);
}

TEST(ClientConfig, WhereTheServersAreKnownNoneIsAskedFor) {
  const auto options = ParseClientOptions({}, true);
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_TRUE(options->bootstrap_servers.empty());
}

class RefusedServers : public testing::TestWithParam<const char*> {};

TEST_P(RefusedServers, AreNamed) {
  const auto options = ParseClientOptions({{"bootstrap.servers", GetParam()}});
  ASSERT_FALSE(options.ok());
  EXPECT_EQ(ErrorCodeOf(options.status()), ErrorCode::kInvalidConfig);
  EXPECT_EQ(DetailOf(options.status(), "config"), "bootstrap.servers");
  EXPECT_NE(options.status().message().find("bootstrap.servers"), std::string_view::npos);
}

INSTANTIATE_TEST_SUITE_P(ClientConfig, RefusedServers,
                         testing::Values("", " , ", "one", "one:", "one:port", "one:0", "one:70000",
                                         ":9092", "one:9092,two"));

TEST(ClientConfig, NoServersAtAllIsAnError) {
  EXPECT_EQ(ErrorCodeOf(ParseClientOptions({}).status()), ErrorCode::kInvalidConfig);
}

TEST(ClientConfig, AWrongValueAndAnUnknownNameAreNamed) {
  const auto wrong =
      ParseClientOptions({{"bootstrap.servers", "one:9092"}, {"request.timeout.ms", "soon"}});
  EXPECT_EQ(DetailOf(wrong.status(), "config"), "request.timeout.ms");
  const auto unknown =
      ParseClientOptions({{"bootstrap.servers", "one:9092"}, {"request.timeout", "1"}});
  EXPECT_EQ(DetailOf(unknown.status(), "config"), "request.timeout");
}

}  // namespace
}  // namespace penstock
