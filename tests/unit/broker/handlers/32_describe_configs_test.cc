// What DescribeConfigs tells about topics, brokers and their loggers.
#include <gtest/gtest.h>

#include <algorithm>

#include "config/config_def.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/describe_configs.h"
#include "protocol/messages/incremental_alter_configs.h"
#include "tests/unit/broker/handlers/broker_host.h"

namespace penstock::testing {
namespace {

using Result = DescribeConfigsResponse::DescribeConfigsResult;
using Row = DescribeConfigsResponse::DescribeConfigsResourceResult;

constexpr int8_t kTopic = 2;
constexpr int8_t kBroker = 4;
constexpr int8_t kBrokerLogger = 8;

class DescribeConfigsTest : public ::testing::Test {
 protected:
  DescribeConfigsTest() {
    CreateTopicsRequest request;
    auto& topic = request.topics.emplace_back();
    topic.name = "rivers";
    topic.num_partitions = 1;
    topic.replication_factor = 1;
    auto& config = topic.configs.emplace_back();
    config.name = "retention.ms";
    config.value = "1000";
    EXPECT_EQ(host_.Ask(request, 7).topics.at(0).error_code, ErrorCode::kNone);
  }

  Result Describe(int8_t type, std::string name, DescribeConfigsRequest request = {}) {
    auto& resource = request.resources.emplace_back();
    resource.resource_type = type;
    resource.resource_name = std::move(name);
    resource.configuration_keys = keys_;
    return host_.Ask(request, 4).results.at(0);
  }
  static const Row* Find(const Result& result, std::string_view name) {
    const auto found = std::ranges::find(result.configs, name, &Row::name);
    return found == result.configs.end() ? nullptr : &*found;
  }
  static int8_t Number(ConfigSource source) { return static_cast<int8_t>(source); }

  BrokerHost host_{ConfigMap{{"log.retention.ms", "7200000"}}};
  std::optional<std::vector<std::string>> keys_;
};

TEST_F(DescribeConfigsTest, ATopicShowsItsOwnConfigsAndWhatItInherits) {
  DescribeConfigsRequest request;
  request.include_synonyms = true;
  const Result result = Describe(kTopic, "rivers", request);
  EXPECT_EQ(result.error_code, ErrorCode::kNone);
  const Row* retention = Find(result, "retention.ms");
  ASSERT_NE(retention, nullptr);
  EXPECT_EQ(retention->value, "1000");
  EXPECT_EQ(retention->config_source, Number(ConfigSource::kDynamicTopic));
  EXPECT_FALSE(retention->read_only);
  EXPECT_EQ(retention->config_type, static_cast<int8_t>(ConfigType::kLong));
  EXPECT_EQ(retention->documentation, std::nullopt) << "only when it is asked for";
  ASSERT_GE(retention->synonyms.size(), 2U);
  EXPECT_EQ(retention->synonyms[0].name, "retention.ms");
  EXPECT_EQ(retention->synonyms[0].source, Number(ConfigSource::kDynamicTopic));
  EXPECT_EQ(retention->synonyms[1].name, "log.retention.ms");
  EXPECT_EQ(retention->synonyms[1].source, Number(ConfigSource::kStaticBroker));
  const Row* segment = Find(result, "segment.bytes");
  ASSERT_NE(segment, nullptr);
  EXPECT_EQ(segment->config_source, Number(ConfigSource::kDefault));
}

TEST_F(DescribeConfigsTest, SynonymsAndDocumentationComeOnlyWhenAskedFor) {
  const Result plain = Describe(kTopic, "rivers");
  for (const Row& row : plain.configs) {
    EXPECT_TRUE(row.synonyms.empty()) << row.name;
    EXPECT_EQ(row.documentation, std::nullopt) << row.name;
  }
  DescribeConfigsRequest request;
  request.include_documentation = true;
  const Result documented = Describe(kTopic, "rivers", request);
  EXPECT_EQ(documented.configs.size(), plain.configs.size());
  for (const Row& row : documented.configs)
    EXPECT_NE(row.documentation.value_or(""), "") << row.name;
}

TEST_F(DescribeConfigsTest, OnlyTheNamesAskedForAreShown) {
  keys_ = {"retention.ms", "no.such.config", "cleanup.policy"};
  const Result result = Describe(kTopic, "rivers");
  EXPECT_EQ(result.configs.size(), 2U);
  EXPECT_NE(Find(result, "cleanup.policy"), nullptr);
  keys_.emplace();
  EXPECT_GT(Describe(kTopic, "rivers").configs.size(), 20U) << "no name means all";
}

TEST_F(DescribeConfigsTest, TopicsThatAreNotThere) {
  EXPECT_EQ(Describe(kTopic, "lakes").error_code, ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(Describe(kTopic, "la/kes").error_code, ErrorCode::kInvalidTopicException);
  EXPECT_EQ(Describe(kTopic, "").error_code, ErrorCode::kInvalidTopicException);
}

TEST_F(DescribeConfigsTest, ABrokerAnswersForItselfOnly) {
  const Result self = Describe(kBroker, "1");
  EXPECT_EQ(self.error_code, ErrorCode::kNone);
  const Row* id = Find(self, "node.id");
  ASSERT_NE(id, nullptr);
  EXPECT_EQ(id->value, "1");
  EXPECT_TRUE(id->read_only);
  const Row* retention = Find(self, "log.retention.ms");
  ASSERT_NE(retention, nullptr);
  EXPECT_EQ(retention->value, "7200000");
  EXPECT_EQ(retention->config_source, Number(ConfigSource::kStaticBroker));
  for (const Row& row : self.configs) {
    EXPECT_TRUE(!row.is_sensitive || row.value == std::nullopt) << row.name;
  }
  EXPECT_EQ(Describe(kBroker, "2").error_code, ErrorCode::kInvalidRequest);
  EXPECT_EQ(Describe(kBroker, "one").error_code, ErrorCode::kInvalidRequest);
}

TEST_F(DescribeConfigsTest, TheClustersDefaultsAreWhatWasSetForAllBrokers) {
  EXPECT_TRUE(Describe(kBroker, "").configs.empty());
  IncrementalAlterConfigsRequest alter;
  auto& resource = alter.resources.emplace_back();
  resource.resource_type = kBroker;
  auto& config = resource.configs.emplace_back();
  config.name = "log.retention.ms";
  config.value = "777000";
  ASSERT_EQ(host_.Ask(alter, 1).responses.at(0).error_code, ErrorCode::kNone);
  host_.Crash();
  const Result defaults = Describe(kBroker, "");
  ASSERT_EQ(defaults.configs.size(), 1U);
  EXPECT_EQ(defaults.configs[0].name, "log.retention.ms");
  EXPECT_EQ(defaults.configs[0].value, "777000");
  EXPECT_EQ(defaults.configs[0].config_source, Number(ConfigSource::kDynamicDefaultBroker));
  const Result broker = Describe(kBroker, "1");
  const Row* own = Find(broker, "log.retention.ms");
  ASSERT_NE(own, nullptr);
  EXPECT_EQ(own->value, "777000");
  EXPECT_EQ(own->config_source, Number(ConfigSource::kDynamicDefaultBroker));
}

TEST_F(DescribeConfigsTest, NoLoggerHasALevelOfItsOwn) {
  const Result loggers = Describe(kBrokerLogger, "1");
  EXPECT_EQ(loggers.error_code, ErrorCode::kNone);
  EXPECT_TRUE(loggers.configs.empty());
  EXPECT_EQ(Describe(kBrokerLogger, "").error_code, ErrorCode::kInvalidRequest);
  EXPECT_EQ(Describe(kBrokerLogger, "3").error_code, ErrorCode::kInvalidRequest);
}

TEST_F(DescribeConfigsTest, OtherResourcesAreRefused) {
  for (const int8_t type : {0, 1, 16, 32, 77}) {
    EXPECT_EQ(Describe(type, "rivers").error_code, ErrorCode::kInvalidRequest) << int{type};
  }
}

}  // namespace
}  // namespace penstock::testing
