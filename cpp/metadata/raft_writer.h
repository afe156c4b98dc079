// The machine's door to the metadata log: PartitionWriter over the raft driver.
#pragma once

#include <utility>
#include <vector>

#include "machine/partition_writer.h"
#include "raft/driver.h"

namespace penstock {

BatchPosition ToBatchPosition(const RaftBatchPosition& position);

class RaftWriter final : public PartitionWriter, private RaftObserver {
 public:
  // `driver` outlives the writer.
  explicit RaftWriter(RaftDriver& driver) : driver_(driver) { driver_.SetObserver(this); }
  ~RaftWriter() override { driver_.SetObserver(nullptr); }

  StatusOr<BatchPosition> Append(const std::vector<EncodedRecord>& records) override;
  Offset end_offset() const override { return driver_.log_end_offset(); }
  Offset committed_offset() const override { return driver_.high_watermark(); }
  Task<Status> Load(LoadSink& sink) override;
  void SetListener(CommitListener* listener) override { listener_ = listener; }

 private:
  void OnHighWatermark(Offset high_watermark) override {
    if (listener_ != nullptr) listener_->OnCommitted(high_watermark);
  }
  void OnRaftFailed(const Status& why) override {
    if (listener_ != nullptr) listener_->OnWriterFailed(why);
  }

  RaftDriver& driver_;
  CommitListener* listener_ = nullptr;
};

}  // namespace penstock
