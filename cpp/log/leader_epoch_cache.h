// Where each leader epoch begins in a log: (epoch, start offset), both rising. The file is
// leader-epoch-checkpoint.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "log/log_types.h"

namespace penstock {

struct EpochEntry {
  LeaderEpoch epoch = kNoLeaderEpoch;
  Offset start_offset{0};
  friend bool operator==(const EpochEntry&, const EpochEntry&) = default;
};

class LeaderEpochCache {
 public:
  // Notes that `epoch` begins at `start_offset`, unless it is the latest epoch already and began
  // before. Entries that contradict the new one go. True if anything changed. Negative epochs
  // change nothing.
  bool Assign(LeaderEpoch epoch, Offset start_offset);

  const std::vector<EpochEntry>& entries() const { return entries_; }
  std::optional<LeaderEpoch> latest_epoch() const;
  std::optional<LeaderEpoch> EpochOf(Offset offset) const;
  // The largest known epoch at or below `epoch` with its end; kNo... both when it is not known.
  EpochEndOffset EndOffsetFor(LeaderEpoch epoch, Offset log_end_offset) const;

  // Forget what begins at or above `end`; true if anything changed.
  bool TruncateFromEnd(Offset end);
  // Forget what ends at or below `start`; the entry that covers `start` begins there now.
  bool TruncateFromStart(Offset start);
  void Clear() { entries_.clear(); }

  // The text of the checkpoint file, and back. DataLoss names what is wrong with the text.
  std::string Encode() const;
  static StatusOr<LeaderEpochCache> Decode(std::string_view text);

 private:
  std::vector<EpochEntry> entries_;
};

}  // namespace penstock
