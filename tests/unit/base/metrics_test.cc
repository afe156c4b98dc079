#include "base/metrics.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(MetricsTest, AnEmptyRegistryShowsNothing) { EXPECT_EQ(MetricsRegistry().Render(), ""); }

TEST(MetricsTest, CountersAndGaugesAreShownWithHelpTypeAndPrefix) {
  MetricsRegistry registry;
  Gauge& connections =
      registry.AddGauge({.name = "connections", .help = "Connections open now.", .labels = {}});
  Counter& produce = registry.AddCounter(
      {.name = "requests_total", .help = "Requests answered.", .labels = {{"api", "Produce"}}});
  Counter& fetch = registry.AddCounter(
      {.name = "requests_total", .help = "Requests answered.", .labels = {{"api", "Fetch"}}});
  produce.Add();
  produce.Add(2);
  fetch.Add();
  connections.Set(5);
  connections.Add(-7);
  EXPECT_EQ(registry.Render(),
            "# HELP penstock_connections Connections open now.\n"
            "# TYPE penstock_connections gauge\n"
            "penstock_connections -2\n"
            "# HELP penstock_requests_total Requests answered.\n"
            "# TYPE penstock_requests_total counter\n"
            "penstock_requests_total{api=\"Fetch\"} 1\n"
            "penstock_requests_total{api=\"Produce\"} 3\n");
}

TEST(MetricsTest, AskingAgainGivesTheSameMetricWhateverTheOrderOfLabels) {
  MetricsRegistry registry;
  Counter& first = registry.AddCounter(
      {.name = "bytes_total", .help = "Bytes.", .labels = {{"topic", "t"}, {"way", "in"}}});
  for (int i = 0; i < 100; ++i) {
    registry.AddCounter(
        {.name = "bytes_total", .help = "Bytes.", .labels = {{"topic", std::to_string(i)}}});
  }
  Counter& again = registry.AddCounter(
      {.name = "bytes_total", .help = "Bytes.", .labels = {{"way", "in"}, {"topic", "t"}}});
  EXPECT_EQ(&first, &again);
}

TEST(MetricsTest, AHistogramIsCumulativeAndShownInItsUnit) {
  MetricsRegistry registry;
  const uint64_t bounds_us[] = {500, 1000, 2500000};
  Histogram& sync = registry.AddHistogram(
      {.name = "sync_seconds", .help = "Time of a sync.", .labels = {{"dir", "/d"}}}, bounds_us,
      1000000);
  for (const uint64_t us : {500, 501, 1000, 2500001}) sync.Observe(us);
  EXPECT_EQ(registry.Render(),
            "# HELP penstock_sync_seconds Time of a sync.\n"
            "# TYPE penstock_sync_seconds histogram\n"
            "penstock_sync_seconds_bucket{dir=\"/d\",le=\"0.0005\"} 1\n"
            "penstock_sync_seconds_bucket{dir=\"/d\",le=\"0.001\"} 3\n"
            "penstock_sync_seconds_bucket{dir=\"/d\",le=\"2.5\"} 3\n"
            "penstock_sync_seconds_bucket{dir=\"/d\",le=\"+Inf\"} 4\n"
            "penstock_sync_seconds_sum{dir=\"/d\"} 2.502002\n"
            "penstock_sync_seconds_count{dir=\"/d\"} 4\n");
}

TEST(MetricsTest, LabelValuesAndHelpAreEscaped) {
  MetricsRegistry registry;
  registry.AddCounter({.name = "c", .help = "a\\b\nc \"d\"", .labels = {{"l", "x\"y\\z\n"}}});
  EXPECT_EQ(registry.Render(),
            "# HELP penstock_c a\\\\b\\nc \"d\"\n"
            "# TYPE penstock_c counter\n"
            "penstock_c{l=\"x\\\"y\\\\z\\n\"} 0\n");
}

TEST(MetricsDeathTest, ANameHasOneKind) {
  MetricsRegistry registry;
  registry.AddCounter({.name = "c", .help = "", .labels = {}});
  EXPECT_DEATH(registry.AddGauge({.name = "c", .help = "", .labels = {}}), "kind");
  EXPECT_DEATH(registry.AddGauge({.name = "no-dashes", .help = "", .labels = {}}), "IsMetricName");
}

}  // namespace
}  // namespace penstock
