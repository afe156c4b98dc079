#include "config/config_changes.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

constexpr auto kSet = ConfigOperation::kSet;
constexpr auto kDelete = ConfigOperation::kDelete;
constexpr auto kAppend = ConfigOperation::kAppend;
constexpr auto kSubtract = ConfigOperation::kSubtract;

TEST(ConfigChangesTest, SetAndDeleteRecordWhatChangedAndNothingElse) {
  const ConfigMap current = {{"retention.ms", "1"}, {"segment.ms", "2"}};
  const auto result = ApplyConfigChanges(ConfigScope::kTopic, current,
                                         {{"retention.ms", kSet, "5"},
                                          {"segment.ms", kSet, "2"},
                                          {"flush.ms", kDelete, std::nullopt}});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->overrides, (ConfigMap{{"retention.ms", "5"}, {"segment.ms", "2"}}));
  ASSERT_EQ(result->records.size(), 1u);
  EXPECT_EQ(result->records[0].name, "retention.ms");
  EXPECT_EQ(result->records[0].value, "5");
}

TEST(ConfigChangesTest, ABrokersConfigIsRecordedAgainAlthoughItIsTheSame) {
  const auto result = ApplyConfigChanges(ConfigScope::kBroker, {{"message.max.bytes", "9"}},
                                         {{"message.max.bytes", kSet, "9"}});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->records.size(), 1u);
}

TEST(ConfigChangesTest, AListGrowsFromItsDefaultAndShrinksToNothing) {
  const auto change = [](const ConfigMap& current, ConfigOperation operation, std::string value) {
    const auto result = ApplyConfigChanges(ConfigScope::kTopic, current,
                                           {{"cleanup.policy", operation, std::move(value)}});
    EXPECT_TRUE(result.ok()) << result.status();
    const auto entry = result->overrides.find("cleanup.policy");
    return entry == result->overrides.end() ? std::string("none") : entry->second;
  };
  EXPECT_EQ(change({}, kAppend, "compact"), "delete,compact");
  EXPECT_EQ(change({}, kAppend, "compact,"), "delete,compact");
  EXPECT_EQ(change({{"cleanup.policy", "compact"}}, kAppend, "compact"), "compact");
  EXPECT_EQ(change({{"cleanup.policy", "compact,delete"}}, kSubtract, "compact"), "delete");
  EXPECT_EQ(change({}, kSubtract, "delete"), "");
  EXPECT_EQ(change({}, kSubtract, "compact"), "delete");
}

TEST(ConfigChangesTest, OnlyListsAppend) {
  const auto result = ApplyConfigChanges(ConfigScope::kTopic, {}, {{"retention.ms", kAppend, "5"}});
  EXPECT_EQ(ErrorCodeOf(result.status()), ErrorCode::kInvalidConfig);
  EXPECT_EQ(MessageOf(result.status()),
            "Can't APPEND to key retention.ms because its type is not LIST.");
}

TEST(ConfigChangesTest, ANameOccursOnceAndHasAValue) {
  EXPECT_EQ(ErrorCodeOf(ApplyConfigChanges(ConfigScope::kTopic, {},
                                           {{"flush.ms", kSet, "1"}, {"flush.ms", kSet, "2"}})
                            .status()),
            ErrorCode::kInvalidRequest);
  EXPECT_EQ(
      MessageOf(ApplyConfigChanges(ConfigScope::kTopic, {}, {{"flush.ms", kSet, {}}}).status()),
      "Null value not supported for : flush.ms");
}

TEST(ConfigChangesTest, TheOlderFormReplacesEverything) {
  const ConfigUpdateResult result =
      ReplaceConfigs(ConfigScope::kTopic, {{"flush.ms", "1"}, {"segment.ms", "2"}},
                     {{"segment.ms", "2"}, {"retention.ms", "3"}});
  EXPECT_EQ(result.overrides, (ConfigMap{{"retention.ms", "3"}, {"segment.ms", "2"}}));
  ASSERT_EQ(result.records.size(), 2u);
  EXPECT_EQ(result.records[0].name, "retention.ms");
  EXPECT_EQ(result.records[1].name, "flush.ms");
  EXPECT_EQ(result.records[1].value, std::nullopt);
}

std::string TopicError(const ConfigMap& wanted, const ConfigLayers& layers = {},
                       const ConfigMap& existing = {}) {
  const Status status = ValidateTopicConfigs(layers, existing, wanted);
  if (!status.ok()) {
    EXPECT_EQ(ErrorCodeOf(status), ErrorCode::kInvalidConfig);
  }
  return std::string(MessageOf(status));
}

TEST(ConfigChangesTest, TopicConfigsAreValidatedAloneAndTogether) {
  EXPECT_EQ(TopicError({{"retention.ms", "1"}, {"cleanup.policy", ""}}), "");
  EXPECT_EQ(TopicError({{"log.retention.ms", "1"}}).substr(0, 27), "Unknown topic config name: ");
  EXPECT_EQ(TopicError({{"retention.ms", "x"}}),
            "Invalid value x for configuration retention.ms: Not a number of type LONG");
  EXPECT_EQ(TopicError({{"min.compaction.lag.ms", "5"}, {"max.compaction.lag.ms", "4"}}),
            "conflict topic config setting min.compaction.lag.ms (5) > max.compaction.lag.ms (4)");
  const ConfigLayers layers = {.static_broker = {{"log.cleaner.max.compaction.lag.ms", "4"}}};
  EXPECT_EQ(TopicError({{"min.compaction.lag.ms", "5"}}, layers),
            "conflict topic config setting min.compaction.lag.ms (5) > max.compaction.lag.ms (4)");
  EXPECT_NE(TopicError({{"leader.replication.throttled.replicas", std::string(40000, '1') + ":1"}})
                .find("40002 bytes long"),
            std::string::npos);
}

TEST(ConfigChangesTest, RemoteStorageIsRefused) {
  EXPECT_NE(TopicError({{"remote.storage.enable", "true"}}).find("Tiered Storage"),
            std::string::npos);
  EXPECT_NE(TopicError({}, {}, {{"remote.storage.enable", "true"}}), "");
  EXPECT_EQ(TopicError({{"remote.log.delete.on.disable", "true"}}, {},
                       {{"remote.storage.enable", "true"}}),
            "");
}

TEST(ConfigChangesTest, ABrokerChangesOnlyWhatMayChange) {
  const auto one = BrokerResource::kOneBroker;
  EXPECT_TRUE(ValidateBrokerConfigs(one, {{"log.ack.durability", "cache"}}).ok());
  const Status fixed = ValidateBrokerConfigs(one, {{"num.partitions", "2"}});
  EXPECT_EQ(ErrorCodeOf(fixed), ErrorCode::kInvalidRequest);
  EXPECT_EQ(MessageOf(fixed), "Cannot update these configs dynamically: [num.partitions]");
  EXPECT_FALSE(ValidateBrokerConfigs(one, {{"message.max.bytes", "-1"}}).ok());
  EXPECT_FALSE(ValidateBrokerConfigs(one, {{"ssl.protocol", "TLSv1.3"}}).ok());
  EXPECT_FALSE(ValidateBrokerConfigs(BrokerResource::kClusterDefault,
                                     {{"log.cleaner.min.compaction.lag.ms", "9"},
                                      {"log.cleaner.max.compaction.lag.ms", "8"}})
                   .ok());
}

}  // namespace
}  // namespace penstock
