// What the tests of the metadata log share: a voter, records, and what a sink was given.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "raft/control_batch.h"
#include "raft/log_record.h"
#include "raft/log_state.h"
#include "raft/snapshot.h"

namespace penstock {

inline Voter SelfVoter() {
  Voter voter;
  voter.id = NodeId(1);
  voter.directory_id = Uuid(7, 8);
  voter.endpoints.push_back({"CONTROLLER", "localhost", 9093});
  return voter;
}

inline std::vector<RaftRecord> RecordsOf(const std::vector<std::string>& values) {
  std::vector<RaftRecord> records;
  for (const std::string& value : values) records.push_back({std::nullopt, Slice::CopyOf(value)});
  return records;
}

inline Slice DataBatch(Offset base_offset, int32_t epoch, const std::vector<std::string>& values) {
  const auto batch =
      BuildRecordBatch(base_offset, LeaderEpoch(epoch), TimestampMs(50), RecordsOf(values));
  EXPECT_TRUE(batch.ok()) << batch.status();
  return batch.ok() ? *batch : Slice();
}

inline Slice QuorumBatch(Offset base_offset, int32_t epoch,
                         const std::vector<KRaftControlRecord>& records) {
  const auto batch = BuildControlBatch(base_offset, LeaderEpoch(epoch), TimestampMs(50), records);
  EXPECT_TRUE(batch.ok()) << batch.status();
  return batch.ok() ? *batch : Slice();
}

// Keeps the values that a sink is given, each batch as "first offset to last: values".
class KeptBatches {
 public:
  RaftBatchSink Sink() {
    return [this](const RaftBatchPosition& position, std::vector<RaftRecord> records) {
      std::string line = std::to_string(position.base_offset.value()) + " to " +
                         std::to_string(position.last_offset.value()) + ":";
      for (const RaftRecord& record : records) line += " " + std::string(record.value->text());
      if (line == refused_) return InvalidArgument("no such thing");
      lines.push_back(std::move(line));
      return OkStatus();
    };
  }
  void Refuse(std::string line) { refused_ = std::move(line); }

  std::vector<std::string> lines;

 private:
  std::string refused_;
};

using Lines = std::vector<std::string>;

}  // namespace penstock
