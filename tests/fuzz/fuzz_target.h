// A place where bytes from outside come in, and the promise that none of them can break us: no
// crash, no failed CHECK, no sanitizer report, and what the target itself checks.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace penstock::fuzz {

using Bytes = std::vector<uint8_t>;
using Corpus = std::vector<Bytes>;

struct FuzzTarget {
  std::string_view name;
  // Any bytes. Gives the same result for the same bytes, whatever ran before.
  void (*run)(std::span<const uint8_t> input);
  // Good inputs, from which others are made.
  Corpus (*corpus)();
  // Inputs of a smoke run without arguments: about two seconds of a release build.
  uint64_t smoke_runs;
};

std::span<const FuzzTarget> AllTargets();
// Null if there is none. Finds also the canary, which no run of all targets includes.
const FuzzTarget* FindTarget(std::string_view name);

// One file each.
void RunProtocolDecode(std::span<const uint8_t> input);
Corpus ProtocolDecodeCorpus();
void RunRecordBatch(std::span<const uint8_t> input);
Corpus RecordBatchCorpus();
void RunFetchedBatches(std::span<const uint8_t> input);
Corpus FetchedBatchesCorpus();
void RunLogRecovery(std::span<const uint8_t> input);
Corpus LogRecoveryCorpus();
void RunProperties(std::span<const uint8_t> input);
Corpus PropertiesCorpus();
void RunConnection(std::span<const uint8_t> input);
Corpus ConnectionCorpus();
void RunCanary(std::span<const uint8_t> input);
Corpus CanaryCorpus();

}  // namespace penstock::fuzz
