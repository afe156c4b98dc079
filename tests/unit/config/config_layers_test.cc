#include "config/config_layers.h"

#include <gtest/gtest.h>

#include "base/strings.h"

namespace penstock {
namespace {

// "value source | name=value/source, ..." as DescribeConfigs would show it.
std::string Shown(const std::vector<DescribedConfig>& rows, std::string_view name) {
  for (const DescribedConfig& row : rows) {
    if (row.def->name != name) continue;
    std::string out = StrCat(row.value.value_or("null"), ' ', static_cast<int>(row.source), " |");
    for (const DescribedSynonym& synonym : row.synonyms) {
      StrAppend(out, ' ', synonym.name, '=', synonym.value.value_or("null"), '/',
                static_cast<int>(synonym.source));
    }
    return out;
  }
  return "absent";
}

TEST(ConfigLayersTest, ATopicTakesTheNearestLayer) {
  ConfigLayers layers;
  ConfigMap topic;
  const auto shown = [&] { return Shown(DescribeTopicConfigs(layers, topic), "segment.bytes"); };
  EXPECT_EQ(shown(), "1073741824 5 | log.segment.bytes=1073741824/5");
  layers.static_broker["log.segment.bytes"] = "1048577";
  EXPECT_EQ(shown(), "1048577 4 | log.segment.bytes=1048577/4 log.segment.bytes=1073741824/5");
  layers.dynamic_default["log.segment.bytes"] = "1048578";
  layers.dynamic_broker["log.segment.bytes"] = "1048579";
  topic["segment.bytes"] = " 1048580";
  EXPECT_EQ(shown(),
            "1048580 1 | segment.bytes=1048580/1 log.segment.bytes=1048579/2 "
            "log.segment.bytes=1048578/3 log.segment.bytes=1048577/4 "
            "log.segment.bytes=1073741824/5");
}

// Kafka drops synonyms up to the first one of the leading name: hours alone leave no chain and the
// source "default", though they decide the value.
TEST(ConfigLayersTest, RetentionInOtherUnitsIsConvertedAndShownAsKafkaShowsIt) {
  ConfigLayers layers;
  const auto shown = [&] { return Shown(DescribeTopicConfigs(layers, {}), "retention.ms"); };
  EXPECT_EQ(shown(), "604800000 5 |");
  layers.static_broker["log.retention.hours"] = "24";
  EXPECT_EQ(shown(), "86400000 5 |");
  layers.static_broker["log.retention.minutes"] = "2";
  EXPECT_EQ(shown(), "120000 5 |");
  layers.dynamic_default["log.retention.ms"] = "7";
  EXPECT_EQ(shown(),
            "7 3 | log.retention.ms=7/3 log.retention.minutes=2/4 log.retention.hours=24/4 "
            "log.retention.hours=168/5");
  layers = {.static_broker = {{"log.retention.hours", "-5"}}};
  EXPECT_EQ(shown(), "-1 5 |");
}

TEST(ConfigLayersTest, FlushTakesTheSchedulersIntervalWhereItHasNone) {
  ConfigLayers layers;
  layers.static_broker["log.flush.scheduler.interval.ms"] = "9";
  EXPECT_EQ(Shown(DescribeTopicConfigs(layers, {}), "flush.ms"), "9 5 |");
}

TEST(ConfigLayersTest, AnInternalConfigShowsOnlyWhereItIsSet) {
  EXPECT_EQ(Shown(DescribeTopicConfigs({}, {}), "internal.segment.bytes"), "absent");
  EXPECT_EQ(Shown(DescribeTopicConfigs({}, {{"internal.segment.bytes", "100"}}),
                  "internal.segment.bytes"),
            "100 1 | internal.segment.bytes=100/1");
  EXPECT_EQ(DescribeTopicConfigs({}, {}).size(), 34u) << "33 of Kafka 4.3 and ack.durability";
}

TEST(ConfigLayersTest, ABrokerShowsAllItsConfigsAndTheClusterOnlyWhatIsSet) {
  ConfigLayers layers;
  layers.static_broker["num.partitions"] = "3";
  layers.dynamic_default["message.max.bytes"] = "99";
  layers.dynamic_broker["message.max.bytes"] = "98";
  const std::vector<DescribedConfig> rows = DescribeBrokerConfigs(layers);
  EXPECT_EQ(Shown(rows, "num.partitions"), "3 4 | num.partitions=3/4 num.partitions=1/5");
  EXPECT_EQ(Shown(rows, "message.max.bytes"),
            "98 2 | message.max.bytes=98/2 message.max.bytes=99/3 message.max.bytes=1048588/5");
  EXPECT_EQ(Shown(rows, "log.retention.ms"), "null 5 |");
  EXPECT_EQ(Shown(rows, "log.retention.hours"), "168 5 | log.retention.hours=168/5");
  for (const DescribedConfig& row : rows) {
    EXPECT_EQ(row.read_only, row.def->update == ConfigUpdate::kReadOnly);
  }
  const std::vector<DescribedConfig> cluster = DescribeDefaultBrokerConfigs(layers);
  ASSERT_EQ(cluster.size(), 1u);
  EXPECT_EQ(Shown(cluster, "message.max.bytes"), "99 3 | message.max.bytes=99/3");
}

TEST(ConfigLayersTest, AStoredValueThatIsNoLongerValidFallsBack) {
  ConfigLayers layers;
  layers.static_broker["num.partitions"] = "2";
  layers.dynamic_broker["message.max.bytes"] = "many";
  EXPECT_EQ(Shown(DescribeBrokerConfigs(layers), "message.max.bytes").substr(0, 8), "1048588 ");
}

}  // namespace
}  // namespace penstock
