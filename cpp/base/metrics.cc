#include "base/metrics.h"

#include <algorithm>

#include "base/check.h"
#include "base/strings.h"

namespace penstock {
namespace {

bool IsMetricName(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// Prometheus' escapes: backslash and line feed everywhere, quotes in label values only.
std::string Escape(std::string_view text, bool quotes) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && quotes) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
  return out;
}

// `a="1",b="2"`, without the braces, so that a histogram can add its own label.
std::string PrintLabels(MetricLabels labels) {
  std::sort(labels.begin(), labels.end());
  std::string out;
  for (const auto& [name, value] : labels) {
    CHECK(IsMetricName(name));
    if (!out.empty()) out += ',';
    StrAppend(out, name, "=\"", Escape(value, true), '"');
  }
  return out;
}

// value / divisor as a decimal fraction without trailing zeros; divisors are powers of ten.
std::string Quotient(uint64_t value, uint64_t divisor) {
  std::string out = StrCat(value / divisor);
  uint64_t rest = value % divisor;
  if (rest == 0) return out;
  out += '.';
  for (uint64_t digit = divisor / 10; rest > 0 && digit > 0; digit /= 10) {
    out += static_cast<char>('0' + rest / digit);
    rest %= digit;
  }
  return out;
}

bool IsPowerOfTen(uint64_t n) {
  while (n > 1 && n % 10 == 0) n /= 10;
  return n == 1;
}

std::string Braced(const std::string& labels) {
  return labels.empty() ? std::string() : StrCat('{', labels, '}');
}

}  // namespace

Histogram::Histogram(std::span<const uint64_t> bounds)
    : bounds_(bounds.begin(), bounds.end()), counts_(bounds.size() + 1) {
  for (size_t i = 1; i < bounds_.size(); ++i) CHECK(bounds_[i - 1] < bounds_[i]);
}

void Histogram::Observe(uint64_t value) {
  const auto bound = std::lower_bound(bounds_.begin(), bounds_.end(), value);
  ++counts_[static_cast<size_t>(bound - bounds_.begin())];
  sum_ += value;
  ++count_;
}

MetricsRegistry::Family& MetricsRegistry::FamilyOf(const MetricOptions& options, Kind kind) {
  CHECK(IsMetricName(options.name));
  const auto [entry, added] = families_.try_emplace(StrCat("penstock_", options.name));
  Family& family = entry->second;
  if (added) {
    family.kind = kind;
    family.help = options.help;
  }
  CHECK(family.kind == kind);
  return family;
}

Counter& MetricsRegistry::AddCounter(const MetricOptions& options) {
  Family& family = FamilyOf(options, Kind::kCounter);
  const auto [series, added] =
      family.series.try_emplace(PrintLabels(options.labels), counters_.size());
  if (added) counters_.emplace_back();
  return counters_[series->second];
}

Gauge& MetricsRegistry::AddGauge(const MetricOptions& options) {
  Family& family = FamilyOf(options, Kind::kGauge);
  const auto [series, added] =
      family.series.try_emplace(PrintLabels(options.labels), gauges_.size());
  if (added) gauges_.emplace_back();
  return gauges_[series->second];
}

Histogram& MetricsRegistry::AddHistogram(const MetricOptions& options,
                                         std::span<const uint64_t> bounds, uint64_t divisor) {
  CHECK(IsPowerOfTen(divisor));
  Family& family = FamilyOf(options, Kind::kHistogram);
  if (family.series.empty()) family.divisor = divisor;
  CHECK(family.divisor == divisor);
  const auto [series, added] =
      family.series.try_emplace(PrintLabels(options.labels), histograms_.size());
  if (added) histograms_.emplace_back(bounds);
  Histogram& histogram = histograms_[series->second];
  CHECK(std::equal(bounds.begin(), bounds.end(), histogram.bounds().begin(),
                   histogram.bounds().end()));
  return histogram;
}

void MetricsRegistry::RenderHistogram(const std::string& name, const Family& family,
                                      const std::string& labels, const Histogram& histogram,
                                      std::string& out) const {
  const std::string before = labels.empty() ? "{" : StrCat('{', labels, ',');
  uint64_t cumulative = 0;
  for (size_t i = 0; i < histogram.bounds().size(); ++i) {
    cumulative += histogram.counts()[i];
    StrAppend(out, name, "_bucket", before, "le=\"",
              Quotient(histogram.bounds()[i], family.divisor), "\"} ", cumulative, '\n');
  }
  StrAppend(out, name, "_bucket", before, "le=\"+Inf\"} ", histogram.count(), '\n');
  StrAppend(out, name, "_sum", Braced(labels), ' ', Quotient(histogram.sum(), family.divisor),
            '\n');
  StrAppend(out, name, "_count", Braced(labels), ' ', histogram.count(), '\n');
}

std::string MetricsRegistry::Render() const {
  static constexpr std::string_view kTypes[] = {"counter", "gauge", "histogram"};
  std::string out;
  for (const auto& [name, family] : families_) {
    StrAppend(out, "# HELP ", name, ' ', Escape(family.help, false), '\n');
    StrAppend(out, "# TYPE ", name, ' ', kTypes[static_cast<size_t>(family.kind)], '\n');
    for (const auto& [labels, index] : family.series) {
      switch (family.kind) {
        case Kind::kCounter:
          StrAppend(out, name, Braced(labels), ' ', counters_[index].value(), '\n');
          break;
        case Kind::kGauge:
          StrAppend(out, name, Braced(labels), ' ', gauges_[index].value(), '\n');
          break;
        case Kind::kHistogram:
          RenderHistogram(name, family, labels, histograms_[index], out);
          break;
      }
    }
  }
  return out;
}

}  // namespace penstock
