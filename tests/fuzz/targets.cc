// The table of fuzz targets.
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {
namespace {

constexpr FuzzTarget kTargets[] = {
    {"protocol_decode", RunProtocolDecode, ProtocolDecodeCorpus, 200'000},
    {"record_batch", RunRecordBatch, RecordBatchCorpus, 60'000},
    {"fetched_batches", RunFetchedBatches, FetchedBatchesCorpus, 30'000},
    {"log_recovery", RunLogRecovery, LogRecoveryCorpus, 1'500},
    {"properties", RunProperties, PropertiesCorpus, 40'000},
    {"connection", RunConnection, ConnectionCorpus, 600},
};
constexpr FuzzTarget kCanary{"canary", RunCanary, CanaryCorpus, 100'000};

}  // namespace

std::span<const FuzzTarget> AllTargets() { return kTargets; }

const FuzzTarget* FindTarget(std::string_view name) {
  for (const FuzzTarget& target : kTargets) {
    if (target.name == name) return &target;
  }
  return name == kCanary.name ? &kCanary : nullptr;
}

}  // namespace penstock::fuzz
