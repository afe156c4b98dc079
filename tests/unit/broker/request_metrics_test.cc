#include "broker/request_metrics.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

bool Shows(const MetricsRegistry& registry, std::string_view line) {
  return registry.Render().find(line) != std::string::npos;
}

TEST(RequestMetrics, NothingIsShownBeforeTheFirstRequest) {
  MetricsRegistry registry;
  RequestMetrics metrics(registry);
  EXPECT_FALSE(Shows(registry, "Produce"));
}

TEST(RequestMetrics, LatenciesAreInSeconds) {
  MetricsRegistry registry;
  RequestMetrics metrics(registry);
  metrics.Answered(0, Microseconds(150), ErrorCode::kNone);
  EXPECT_TRUE(Shows(registry, "request_latency_seconds_bucket{api=\"Produce\",le=\"0.0001\"} 0"))
      << registry.Render();
  EXPECT_TRUE(Shows(registry, "request_latency_seconds_bucket{api=\"Produce\",le=\"0.0002\"} 1"));
  EXPECT_TRUE(Shows(registry, "request_latency_seconds_sum{api=\"Produce\"} 0.00015"));
}

TEST(RequestMetrics, ErrorsAreCountedByName) {
  MetricsRegistry registry;
  RequestMetrics metrics(registry);
  metrics.Answered(1, Microseconds(1), ErrorCode::kFetchSessionIdNotFound);
  metrics.Answered(1, Microseconds(1), ErrorCode::kNone);
  EXPECT_TRUE(Shows(registry, "requests_total{api=\"Fetch\"} 2"));
  EXPECT_TRUE(Shows(registry,
                    "request_errors_total{api=\"Fetch\",error=\"FETCH_SESSION_ID_NOT_FOUND\"} 1"));
}

}  // namespace
}  // namespace penstock
