// The smallest broker that the test clients can talk to, with mistakes on demand: it shows that the
// clients work, and that the journal would notice a broker that breaks its promise.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/slice.h"
#include "protocol/frame.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/produce.h"
#include "runtime/condition.h"
#include "runtime/event.h"
#include "runtime/task_group.h"
#include "tests/sim/harness/subject.h"

namespace penstock::sim {

enum class Mistake {
  kNone,
  kAcknowledgesTooEarly,  // before the record is safe
  kForgetsSequences,      // at a crash: what is sent again is appended again
  kForgetsItsStart,       // a record that was acknowledged is not there after a clean stop
  kServesUnsafeRecords,   // consumers see what a crash may take back
  kSwapsBatches,          // two batches of a partition change places
  kChangesARecord,        // a bit of a value flips, under a right CRC
};

class FakeBroker final : public Subject {
 public:
  FakeBroker(SimNode& machine, Mistake mistake) : machine_(machine), mistake_(mistake) {}

  SimNode::Program NextStart() override;
  bool serving() const override { return serving_; }
  void Stop() override { stop_->Set(); }
  const std::string& failure() const override { return failure_; }
  std::vector<std::string> log_lines() const override { return {}; }

 private:
  struct Batch {
    Slice bytes;
    Sequence base_sequence;
    Offset base_offset;
    Offset end_offset;
  };
  struct Partition {
    std::vector<Batch> batches;
    size_t safe = 0;  // so many batches survive a crash
    Offset log_end_offset() const {
      return batches.empty() ? Offset(0) : batches.back().end_offset;
    }
  };

  Task<> Serve(Runtime& runtime);
  Task<> Accept(Runtime& runtime, TaskGroup& connections);
  Task<> Talk(std::unique_ptr<Connection> connection);
  Task<StatusOr<Slice>> ReadExactly(Connection& connection, size_t size);
  Task<StatusOr<SliceChain>> Answer(Slice frame);
  template <class Request, class Function>
  Task<StatusOr<SliceChain>> AnswerWith(WireReader& reader, RequestHeader header,
                                        Function function);
  Task<StatusOr<SliceChain>> AnswerProduce(WireReader& reader, RequestHeader header);
  Offset Append(Partition& partition, const Slice& records);
  void BreakBatch(Partition& partition);
  FetchResponse Fetch(const FetchRequest& request);
  MetadataResponse Describe(const MetadataRequest& request);

  SimNode& machine_;
  const Mistake mistake_;
  std::vector<Partition> partitions_;
  std::string topic_;
  int64_t next_producer_id_ = 1000;
  bool forgot_sequences_ = false;
  bool broke_a_batch_ = false;
  bool serving_ = false;
  bool stopped_ = false;
  std::string failure_;
  std::optional<Event> stop_;
};

}  // namespace penstock::sim
