// What a consumer knows of one partition that it reads: where it is, what has to be found out
// before it can go on, and how far it has read ahead. Pure.
//
//   kNeedsOffset --Found--> kReady <--Validated-- kNeedsValidation
//        ^                    |  \------SeeLeader------^
//        \-----Reset----------/
#pragma once

#include <cstdint>
#include <optional>

#include "base/ids.h"
#include "base/status.h"
#include "base/time.h"
#include "client/fetched_batch.h"

namespace penstock {

// An offset to read from, with the epoch of the record before it where that is known.
struct ReadPosition {
  Offset offset{0};
  LeaderEpoch epoch = kNoLeaderEpoch;

  bool operator==(const ReadPosition&) const = default;
};

class PartitionState {
 public:
  enum class Phase : uint8_t {
    kNeedsOffset,      // there is no position; target() says how to find one
    kNeedsValidation,  // the leader moved: does its log have what was read?
    kReady,
  };

  // What happened to a position that the leader's log may not contain.
  enum class Verdict : uint8_t { kValid, kMoved, kTruncated };

  // Versions count from `generation` * 2^32, so that a partition that is left and read again has
  // others.
  explicit PartitionState(uint64_t generation) : version_(generation << 32) {}

  // --- by whom uses the consumer ---

  // No position; found by `target`, or not at all where that is nothing.
  void Reset(std::optional<TimestampMs> target);
  void Seek(ReadPosition position);
  void set_paused(bool paused) { paused_ = paused; }

  // --- by what brokers say ---

  void Found(Offset offset);
  // The leader of now. An epoch that is newer than the one of the last validation asks for another
  // one, where the epoch of the position is known.
  void SeeLeader(LeaderEpoch epoch);
  // Where the position's epoch ended in the leader's log, as OffsetForLeaderEpoch said. kMoved: the
  // position is now the end of what the leader has in common. kTruncated: it knows nothing of it,
  // or `may_move` is false.
  Verdict Validate(LeaderEpoch epoch, Offset end_offset, bool may_move);
  // Nobody can validate it: taken as valid.
  void SkipValidation();
  // Batches up to `end` are at hand; nothing: how far is not known before they were read.
  void ReadAhead(std::optional<Offset> end);
  // Everything below was taken by the reader, or is not for it.
  void MoveTo(ReadPosition position);
  // What was read ahead is worth nothing: fetched again from the position.
  void DropReadAhead();

  // --- tries ---

  void Failed(Status why, Instant retry_at);
  void Succeeded();
  // The error of the last try; OK after a success.
  const Status& failure() const { return failure_; }
  int failures() const { return failures_; }  // in a row
  Instant retry_at() const { return retry_at_; }

  Phase phase() const { return phase_; }
  bool paused() const { return paused_; }
  // How to find a position: a timestamp or a place of ListOffsets.
  std::optional<TimestampMs> target() const { return target_; }
  // Nothing while an offset is needed.
  std::optional<Offset> position() const;
  LeaderEpoch position_epoch() const { return position_.epoch; }
  // Where the next fetch goes on; nothing while that is not known.
  std::optional<Offset> fetch_offset() const;
  LeaderEpoch leader_epoch() const { return leader_epoch_; }
  // Changes whenever answers to what was asked before are worth nothing.
  uint64_t version() const { return version_; }

  PartitionEnds ends;   // as the leader said last
  bool asking = false;  // for an offset or a validation
  int buffered = 0;     // answers that are at hand

 private:
  void Begin(Phase phase);

  Phase phase_ = Phase::kNeedsOffset;
  std::optional<TimestampMs> target_;
  ReadPosition position_;
  std::optional<Offset> fetch_offset_;
  LeaderEpoch leader_epoch_ = kNoLeaderEpoch;  // the newest that was seen
  uint64_t version_ = 0;
  bool paused_ = false;
  Status failure_;
  int failures_ = 0;
  Instant retry_at_;
};

}  // namespace penstock
