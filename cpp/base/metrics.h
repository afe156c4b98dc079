// Counters, gauges and histograms: plain numbers, owned by a registry, shown in Prometheus' text
// format. A registry and its metrics belong to one thread (one registry per shard); there is no
// global one.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock {

class Counter {
 public:
  void Add(uint64_t n = 1) { value_ += n; }
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0;
};

class Gauge {
 public:
  void Set(int64_t value) { value_ = value; }
  void Add(int64_t n) { value_ += n; }
  int64_t value() const { return value_; }

 private:
  int64_t value_ = 0;
};

// Counts of values up to each bound, and of those above the last.
class Histogram {
 public:
  // `bounds` rise strictly.
  explicit Histogram(std::span<const uint64_t> bounds);

  void Observe(uint64_t value);
  std::span<const uint64_t> bounds() const { return bounds_; }
  // One per bound and one for the rest; not cumulative.
  std::span<const uint64_t> counts() const { return counts_; }
  uint64_t sum() const { return sum_; }
  uint64_t count() const { return count_; }

 private:
  std::vector<uint64_t> bounds_;
  std::vector<uint64_t> counts_;
  uint64_t sum_ = 0;
  uint64_t count_ = 0;
};

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

struct MetricOptions {
  std::string name;  // without the prefix "penstock_"; letters, digits and underscores
  std::string help;  // one sentence
  MetricLabels labels;
};

// Owns its metrics; references to them stay valid as long as it lives. Asking again for the same
// name and labels gives the same metric; a name has one kind (CHECK).
class MetricsRegistry {
 public:
  MetricsRegistry() = default;
  MetricsRegistry(const MetricsRegistry&) = delete;
  MetricsRegistry& operator=(const MetricsRegistry&) = delete;

  Counter& AddCounter(const MetricOptions& options);
  Gauge& AddGauge(const MetricOptions& options);
  // `divisor` turns what is observed into what is shown: 1000000 for microseconds as seconds.
  Histogram& AddHistogram(const MetricOptions& options, std::span<const uint64_t> bounds,
                          uint64_t divisor = 1);

  // The text of /metrics, sorted by name and labels.
  std::string Render() const;

 private:
  enum class Kind : uint8_t { kCounter, kGauge, kHistogram };
  struct Family {
    Kind kind = Kind::kCounter;
    std::string help;
    uint64_t divisor = 1;
    std::map<std::string, size_t> series;  // printed labels to index in the deque of the kind
  };
  Family& FamilyOf(const MetricOptions& options, Kind kind);
  void RenderHistogram(const std::string& name, const Family& family, const std::string& labels,
                       const Histogram& histogram, std::string& out) const;

  std::map<std::string, Family> families_;
  std::deque<Counter> counters_;
  std::deque<Gauge> gauges_;
  std::deque<Histogram> histograms_;
};

}  // namespace penstock
