#include "log/leader_epoch_cache.h"

#include <algorithm>

#include "base/strings.h"

namespace penstock {

bool LeaderEpochCache::Assign(LeaderEpoch epoch, Offset start_offset) {
  if (epoch.value() < 0 || start_offset.value() < 0) return false;
  if (!entries_.empty()) {
    const EpochEntry& last = entries_.back();
    if (last.epoch == epoch && last.start_offset <= start_offset) return false;
  }
  while (!entries_.empty() &&
         (entries_.back().epoch >= epoch || entries_.back().start_offset >= start_offset)) {
    entries_.pop_back();
  }
  entries_.push_back({.epoch = epoch, .start_offset = start_offset});
  return true;
}

std::optional<LeaderEpoch> LeaderEpochCache::latest_epoch() const {
  if (entries_.empty()) return std::nullopt;
  return entries_.back().epoch;
}

std::optional<LeaderEpoch> LeaderEpochCache::EpochOf(Offset offset) const {
  const auto after =
      std::upper_bound(entries_.begin(), entries_.end(), offset,
                       [](Offset o, const EpochEntry& entry) { return o < entry.start_offset; });
  if (after == entries_.begin()) return std::nullopt;
  return std::prev(after)->epoch;
}

EpochEndOffset LeaderEpochCache::EndOffsetFor(LeaderEpoch epoch, Offset log_end_offset) const {
  if (epoch.value() < 0 || entries_.empty()) return {};
  if (entries_.back().epoch == epoch) return {.leader_epoch = epoch, .end_offset = log_end_offset};
  const auto higher =
      std::upper_bound(entries_.begin(), entries_.end(), epoch,
                       [](LeaderEpoch e, const EpochEntry& entry) { return e < entry.epoch; });
  if (higher == entries_.end()) return {};
  // An epoch older than all that is known ends, for whoever asks, where the oldest known one
  // begins.
  const LeaderEpoch found = higher == entries_.begin() ? epoch : std::prev(higher)->epoch;
  return {.leader_epoch = found, .end_offset = higher->start_offset};
}

bool LeaderEpochCache::TruncateFromEnd(Offset end) {
  const size_t before = entries_.size();
  while (!entries_.empty() && entries_.back().start_offset >= end) entries_.pop_back();
  return entries_.size() != before;
}

bool LeaderEpochCache::TruncateFromStart(Offset start) {
  size_t ended = 0;
  while (ended < entries_.size() && entries_[ended].start_offset <= start) ++ended;
  if (ended == 0) return false;
  if (ended == 1 && entries_[0].start_offset == start) return false;
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<ptrdiff_t>(ended) - 1);
  entries_.front().start_offset = start;
  return true;
}

std::string LeaderEpochCache::Encode() const {
  std::string text = StrCat("0\n", entries_.size(), '\n');
  for (const EpochEntry& entry : entries_) {
    StrAppend(text, entry.epoch, ' ', entry.start_offset, '\n');
  }
  return text;
}

StatusOr<LeaderEpochCache> LeaderEpochCache::Decode(std::string_view text) {
  std::vector<std::string_view> lines = Split(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  if (lines.size() < 2 || lines[0] != "0") return DataLoss("its first line is not version 0");
  if (ParseInt64(lines[1]) != static_cast<int64_t>(lines.size() - 2)) {
    return DataLoss("its second line does not count the lines below");
  }
  LeaderEpochCache cache;
  for (size_t i = 2; i < lines.size(); ++i) {
    const std::vector<std::string_view> words = Split(lines[i], ' ');
    const auto epoch = words.size() == 2 ? ParseInt32(words[0]) : std::nullopt;
    const auto start = words.size() == 2 ? ParseInt64(words[1]) : std::nullopt;
    if (!epoch.has_value() || !start.has_value() || *epoch < 0 || *start < 0) {
      return DataLoss(StrCat("line ", i + 1, " is not 'epoch offset'"));
    }
    cache.Assign(LeaderEpoch(*epoch), Offset(*start));
  }
  return cache;
}

}  // namespace penstock
