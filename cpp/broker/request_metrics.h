// What is counted about requests: how many of each API, with which error, how long they took.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <utility>

#include "base/error_code.h"
#include "base/metrics.h"
#include "base/time.h"
#include "broker/handler_table.h"

namespace penstock {

class RequestMetrics {
 public:
  // `registry` outlives it. The metrics of an API are made with its first request.
  explicit RequestMetrics(MetricsRegistry& registry) : registry_(registry) {}
  RequestMetrics(const RequestMetrics&) = delete;
  RequestMetrics& operator=(const RequestMetrics&) = delete;

  // A request that has been answered, or needed no answer.
  void Answered(int16_t api_key, Duration took, ErrorCode error);

 private:
  struct OfApi {
    Counter* requests = nullptr;
    Histogram* latency_ns = nullptr;
  };
  OfApi& Of(int16_t api_key);

  MetricsRegistry& registry_;
  std::array<OfApi, HandlerTable::kKeysMax> apis_{};
  std::map<std::pair<int16_t, ErrorCode>, Counter*> errors_;
};

}  // namespace penstock
