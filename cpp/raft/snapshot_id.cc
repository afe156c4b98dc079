#include "raft/snapshot_id.h"

#include <algorithm>

#include "base/strings.h"

namespace penstock {
namespace {

constexpr size_t kOffsetDigits = 20;
constexpr size_t kEpochDigits = 10;
constexpr std::string_view kSuffix = ".checkpoint";

std::string Padded(int64_t number, size_t digits) {
  const std::string text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string SnapshotId::FileName() const {
  return StrCat(Padded(end_offset.value(), kOffsetDigits), '-', Padded(epoch.value(), kEpochDigits),
                kSuffix);
}

std::optional<SnapshotId> SnapshotId::Parse(std::string_view file_name) {
  if (file_name.size() != kOffsetDigits + 1 + kEpochDigits + kSuffix.size()) return std::nullopt;
  const std::string_view offset = file_name.substr(0, kOffsetDigits);
  const std::string_view epoch = file_name.substr(kOffsetDigits + 1, kEpochDigits);
  if (file_name[kOffsetDigits] != '-' || !file_name.ends_with(kSuffix)) return std::nullopt;
  if (!AllDigits(offset) || !AllDigits(epoch)) return std::nullopt;
  const std::optional<int64_t> end_offset = ParseInt64(offset);
  const std::optional<int32_t> end_epoch = ParseInt32(epoch);
  if (!end_offset.has_value() || !end_epoch.has_value()) return std::nullopt;
  return SnapshotId{Offset(*end_offset), LeaderEpoch(*end_epoch)};
}

}  // namespace penstock
