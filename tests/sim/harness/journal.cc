// The checks of a run.
#include "tests/sim/harness/journal.h"

#include "base/strings.h"

namespace penstock::sim {

void Journal::Acknowledged(size_t partition, size_t first, size_t count, Offset base_offset) {
  Partition& p = partitions_[partition];
  if (first != p.acknowledged) {
    Anomaly(StrCat("partition ", partition, ": records from ", first,
                   " acknowledged, the next one should be ", p.acknowledged));
  }
  // The producer is the only one and idempotent, so its n-th record has offset n.
  if (base_offset != Offset(static_cast<int64_t>(first))) {
    Anomaly(StrCat("partition ", partition, ": record ", first, " acknowledged with offset ",
                   base_offset));
  }
  p.acknowledged = first + count;
  acknowledged_ += count;
}

void Journal::Take(std::vector<std::string>& seen, const char* who, size_t partition, Offset offset,
                   std::string_view value) {
  if (offset != Offset(static_cast<int64_t>(seen.size()))) {
    Anomaly(StrCat("partition ", partition, ": ", who, " sees offset ", offset, " after ",
                   seen.size(), " records"));
    return;
  }
  const std::vector<std::string>& produced = partitions_[partition].produced;
  if (seen.size() >= produced.size()) {
    Anomaly(StrCat("partition ", partition, ": ", who, " sees offset ", offset, ", but only ",
                   produced.size(), " records were ever made"));
  } else if (produced[seen.size()] != value) {
    Anomaly(StrCat("partition ", partition, ": ", who, " sees at offset ", offset,
                   " another record than was sent: '", value.substr(0, 40), "'"));
  }
  seen.emplace_back(value);
}

void Journal::Consumed(size_t partition, Offset offset, std::string_view value) {
  Take(partitions_[partition].consumed, "the consumer", partition, offset, value);
  ++consumed_;
}

void Journal::ReadBack(size_t partition, Offset offset, std::string_view value) {
  Take(partitions_[partition].read_back, "the last reader", partition, offset, value);
}

void Journal::Anomaly(std::string text) {
  if (anomalies_.size() < kAnomaliesMax) anomalies_.push_back(std::move(text));
}

void Journal::CheckEnd() {
  for (size_t i = 0; i < partitions_.size(); ++i) {
    const Partition& p = partitions_[i];
    if (p.acknowledged != p.produced.size()) {
      Anomaly(StrCat("partition ", i, ": ", p.acknowledged, " of ", p.produced.size(),
                     " records were acknowledged"));
    }
    if (p.read_back.size() != p.produced.size()) {
      Anomaly(StrCat("partition ", i, ": ", p.read_back.size(), " records came back of ",
                     p.produced.size()));
    }
    if (p.consumed.size() != p.produced.size()) {
      Anomaly(StrCat("partition ", i, ": the consumer saw ", p.consumed.size(), " records of ",
                     p.produced.size()));
    }
  }
}

}  // namespace penstock::sim
