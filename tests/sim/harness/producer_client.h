// An idempotent producer with acks=all that never gives up: several requests in flight, everything
// that is not acknowledged is sent again, with its sequences, over the next connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/uuid.h"
#include "record/codec.h"
#include "runtime/runtime.h"
#include "runtime/seeded_random.h"
#include "runtime/task.h"
#include "tests/sim/harness/broker_link.h"
#include "tests/sim/harness/journal.h"

namespace penstock::sim {

struct ProducerOptions {
  Address broker;
  std::string topic;
  // Configs of the topic, which the producer creates.
  std::vector<std::pair<std::string, std::string>> topic_configs;
  int16_t produce_version = 13;
  size_t in_flight_max = 5;
  size_t records_per_batch_max = 8;
  size_t value_bytes_max = 400;
  Duration pause_max = Milliseconds(3);  // between two requests
};

class ProducerClient {
 public:
  // `runtime` and `journal` outlive it.
  ProducerClient(Runtime& runtime, ProducerOptions options, Journal& journal, uint64_t seed);

  // Produces until Finish was called and everything is acknowledged. The client outlives the Task.
  Task<> Run();
  // No new records from now on.
  void Finish() { finishing_ = true; }
  bool done() const { return done_; }
  size_t sessions() const { return sessions_; }
  // Batches that were answered with KAFKA_STORAGE_ERROR.
  size_t storage_errors() const { return storage_errors_; }
  // Why the last session ended.
  const std::string& last_error() const { return last_error_; }

 private:
  // Records that go together; never changed once made.
  struct Batch {
    size_t first = 0;  // of the partition's records
    size_t count = 0;
    Slice bytes;
  };
  struct Partition {
    size_t produced = 0;          // records
    std::deque<Batch> unsettled;  // not acknowledged, in order
    size_t sent = 0;              // of these, over the present connection
  };
  // A request in flight: the partitions that it has one batch of.
  using InFlight = std::vector<size_t>;

  Task<Status> RunSession();
  Task<Status> CreateTopic();
  Task<Status> FindTopic();
  Task<Status> TakeProducerId();
  Task<Status> ProduceAll();
  Task<Status> SendSome();
  Task<Status> ReceiveOne();
  Status Settle(size_t partition, ErrorCode error, Offset base_offset);
  bool AllSettled() const;
  Batch MakeBatch(size_t partition);
  Codec DrawCodec();

  Runtime& runtime_;
  const ProducerOptions options_;
  Journal& journal_;
  SeededRandom random_;
  std::unique_ptr<BrokerLink> link_;
  Uuid topic_id_;
  bool topic_found_ = false;
  ProducerId producer_id_ = kNoProducerId;
  ProducerEpoch producer_epoch_ = kNoProducerEpoch;
  std::vector<Partition> partitions_;
  std::deque<InFlight> in_flight_;
  size_t sessions_ = 0;
  size_t storage_errors_ = 0;
  std::string last_error_;
  bool finishing_ = false;
  bool done_ = false;
};

}  // namespace penstock::sim
