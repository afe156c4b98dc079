#include "tests/unit/record/golden.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "base/crc32c.h"
#include "base/strings.h"
#include "record/batch_view.h"
#include "record/record_iterator.h"

namespace penstock {
namespace {

constexpr size_t kShownBytesMax = 64;

std::string Hex(std::span<const uint8_t> bytes) {
  std::string hex;
  for (const uint8_t byte : bytes) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

std::string Hex32(uint32_t value) {
  char text[9];
  std::snprintf(text, sizeof text, "%08" PRIx32, value);
  return text;
}

void AppendBytesOfHex(std::string_view hex, std::vector<uint8_t>& bytes) {
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
}

std::string Show(const RecordBytes& bytes) {
  if (!bytes.has_value()) return "null";
  if (bytes->size() <= kShownBytesMax) return StrCat("'", Hex(*bytes), "'");
  return StrCat(bytes->size(), "/", Hex32(Crc32c(*bytes)));
}

}  // namespace

std::vector<GoldenBatch> ReadGoldenBatches() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(GOLDEN_DIR)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<GoldenBatch> batches;
  for (const auto& path : paths) {
    GoldenBatch& batch = batches.emplace_back();
    batch.name = path.stem();
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with("made-by: ")) batch.made_by = line.substr(9);
      if (line.starts_with("batch: ") || line.starts_with("record: ")) {
        batch.description += line + "\n";
      }
      if (line.starts_with("hex: ")) AppendBytesOfHex(line.substr(5), batch.bytes);
    }
  }
  return batches;
}

std::string DescribeBatch(const std::vector<uint8_t>& bytes) {
  const StatusOr<BatchView> parsed = BatchView::Parse(bytes);
  if (!parsed.ok()) return std::string(MessageOf(parsed.status()));
  const BatchView& batch = *parsed;
  const bool append_time = batch.timestamp_type() == TimestampType::kLogAppendTime;
  std::string text =
      StrCat("batch: base_offset=", batch.base_offset(), " last_offset=", batch.last_offset(),
             " leader_epoch=", batch.leader_epoch(), " codec=", NameOf(batch.codec()),
             " type=", append_time ? "LogAppendTime" : "CreateTime",
             " transactional=", batch.is_transactional(), " control=", batch.is_control(),
             " base_sequence=", batch.base_sequence(), " last_sequence=", batch.last_sequence(),
             " producer_id=", batch.producer_id(), " producer_epoch=", batch.producer_epoch(),
             " max_timestamp=", batch.max_timestamp(), " count=", batch.records_count(),
             " crc=", Hex32(batch.crc()), batch.CrcMatches() ? "" : " (does not match)", "\n");
  RecordScratch scratch;
  RecordIterator records(batch, scratch);
  RecordView record;
  while (records.Next(record)) {
    StrAppend(text, "record: ", records.OffsetOf(record), " ", records.TimestampOf(record),
              " key=", Show(record.key), " value=", Show(record.value));
    std::span<const uint8_t> headers = record.headers;
    RecordHeaderView header;
    while (ReadHeader(headers, header)) StrAppend(text, " ", header.key, "=", Show(header.value));
    StrAppend(text, "\n");
  }
  if (!records.status().ok()) StrAppend(text, MessageOf(records.status()), "\n");
  return text;
}

}  // namespace penstock
