#include "broker/node_metrics.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(NodeMetrics, ShowTheFactsOfThisMoment) {
  MetricsRegistry registry;
  NodeMetrics metrics(registry);
  NodeFacts facts;
  facts.serving = true;
  facts.partitions = 7;
  facts.logs.syncs = 3;
  metrics.Set(facts);
  EXPECT_NE(registry.Render().find("penstock_serving 1\n"), std::string::npos);
  EXPECT_NE(registry.Render().find("penstock_partitions 7\n"), std::string::npos);
  EXPECT_NE(registry.Render().find("penstock_log_syncs 3\n"), std::string::npos);
  facts.partitions = 5;
  metrics.Set(facts);
  EXPECT_NE(registry.Render().find("penstock_partitions 5\n"), std::string::npos);
}

}  // namespace
}  // namespace penstock
