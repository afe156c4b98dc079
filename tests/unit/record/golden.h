// Batches that real Kafka clients and brokers wrote, with what they hold as the Java library
// printed it. A file of golden/ has a line "made-by:", one line "batch:", a line "record:" per
// record and lines "hex:".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace penstock {

struct GoldenBatch {
  std::string name;
  std::string made_by;
  // The lines "batch:" and "record:", in their order.
  std::string description;
  std::vector<uint8_t> bytes;
};

// All files of golden/ in the order of their names.
std::vector<GoldenBatch> ReadGoldenBatches();

// What the batch in `bytes` holds, in the words of GoldenBatch::description; the error's text when
// it cannot be read.
std::string DescribeBatch(const std::vector<uint8_t>& bytes);

}  // namespace penstock
