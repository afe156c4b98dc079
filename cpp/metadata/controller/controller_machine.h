// The controller as a state machine: its state is the image after everything that was appended;
// what is committed is handed on, batch by batch, to be published.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "machine/partition_writer.h"
#include "metadata/image/metadata_delta.h"
#include "metadata/image/metadata_image.h"
#include "metadata/metadata_record.h"

namespace penstock {

class ControllerMachine {
 public:
  using Record = MetadataRecord;
  // `delta` leads from the image given before (at first: the empty one) to `image`.
  using Publish = std::function<void(const MetadataDelta& delta, const MetadataImagePtr& image)>;

  explicit ControllerMachine(Publish publish);

  static EncodedRecord Encode(const MetadataRecord& record);
  static StatusOr<MetadataRecord> Decode(const EncodedRecord& record);

  Status Replay(const MetadataRecord& record, Offset offset);
  void EndBatch(const BatchPosition& position);
  // Until here the log was loaded: its batches are one change.
  void EndLoad();
  void Commit(Offset end);

  // The image after the last batch. Records of a metadata transaction show when it ends.
  const MetadataImagePtr& image() const { return image_; }
  bool in_transaction() const { return in_transaction_; }

 private:
  struct Uncommitted {
    Offset end;
    std::unique_ptr<MetadataDelta> delta;
    MetadataImagePtr image;
  };

  // Makes an image of what changed, to be published once the last batch is committed.
  void Seal();
  // The quorum of one does so when it elects itself, which is before anything of the load is
  // committed.
  void RaiseKRaftVersion();

  Publish publish_;
  MetadataImagePtr image_;
  // What the present batch (or the load, or the transaction) changes.
  std::unique_ptr<MetadataDelta> delta_;
  bool loading_ = true;
  bool in_transaction_ = false;
  bool changed_ = false;  // since the last seal
  BatchPosition last_;    // the last whole batch
  std::deque<Uncommitted> uncommitted_;
};

}  // namespace penstock
