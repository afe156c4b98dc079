#include "broker/request_metrics.h"

#include <string>

#include "base/check.h"
#include "protocol/api.h"

namespace penstock {

namespace {

// 50 microseconds to 10 seconds, in steps of two to two and a half.
constexpr std::array<uint64_t, 17> kLatencyBoundsNs{
    50'000,      100'000,       200'000,       500'000,       1'000'000,      2'000'000,
    5'000'000,   10'000'000,    20'000'000,    50'000'000,    100'000'000,    200'000'000,
    500'000'000, 1'000'000'000, 2'000'000'000, 5'000'000'000, 10'000'000'000,
};
constexpr uint64_t kNsPerSecond = 1'000'000'000;

std::string NameOfApi(int16_t api_key) {
  const ApiInfo* api = FindApi(api_key);
  return api == nullptr ? "unknown" : std::string(api->name);
}

}  // namespace

RequestMetrics::OfApi& RequestMetrics::Of(int16_t api_key) {
  CHECK(api_key >= 0 && static_cast<size_t>(api_key) < apis_.size());
  OfApi& api = apis_[static_cast<size_t>(api_key)];
  if (api.requests != nullptr) return api;
  const MetricLabels labels{{"api", NameOfApi(api_key)}};
  const MetricOptions requests{
      .name = "requests_total", .help = "Requests answered, by API.", .labels = labels};
  api.requests = &registry_.AddCounter(requests);
  const MetricOptions latency{.name = "request_latency_seconds",
                              .help = "From the complete request to its encoded response.",
                              .labels = labels};
  api.latency_ns = &registry_.AddHistogram(latency, kLatencyBoundsNs, kNsPerSecond);
  return api;
}

void RequestMetrics::Answered(int16_t api_key, Duration took, ErrorCode error) {
  OfApi& api = Of(api_key);
  api.requests->Add();
  api.latency_ns->Observe(static_cast<uint64_t>(took.count()));
  if (error == ErrorCode::kNone) return;
  Counter*& counter = errors_[{api_key, error}];
  if (counter == nullptr) {
    const MetricOptions options{
        .name = "request_errors_total",
        .help = "Responses with an error code, by API and error.",
        .labels = {{"api", NameOfApi(api_key)}, {"error", std::string(NameOf(error))}}};
    counter = &registry_.AddCounter(options);
  }
  counter->Add();
}

}  // namespace penstock
