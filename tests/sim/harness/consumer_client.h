// A consumer of all partitions of a topic: reads from offset 0 on, keeps its positions over broken
// connections, and tells the journal what it sees.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/uuid.h"
#include "protocol/messages/fetch.h"
#include "record/record_iterator.h"
#include "runtime/runtime.h"
#include "runtime/seeded_random.h"
#include "runtime/task.h"
#include "tests/sim/harness/broker_link.h"
#include "tests/sim/harness/journal.h"

namespace penstock::sim {

struct ConsumerOptions {
  Address broker;
  std::string topic;
  int16_t fetch_version = 17;
  int32_t max_wait_ms = 50;
  int32_t partition_max_bytes = 8192;
  bool incremental_sessions = true;
  // True: what is seen is read back for the last check.
  bool last_reader = false;
};

class ConsumerClient {
 public:
  // `runtime` and `journal` outlive it.
  ConsumerClient(Runtime& runtime, ConsumerOptions options, Journal& journal, uint64_t seed);

  // Reads until it is cancelled. The client outlives the Task.
  Task<> Run();
  size_t sessions() const { return sessions_; }
  // Why the last session ended.
  const std::string& last_error() const { return last_error_; }

 private:
  struct Partition {
    Offset position{0};
    bool moved = true;  // the broker's fetch session does not know the position
  };

  Task<Status> RunSession();
  Task<Status> FindTopic();
  Task<Status> FetchOnce();
  FetchRequest MakeRequest();
  Status Take(const FetchResponse& response);
  Status TakePartition(size_t partition, const FetchResponse::PartitionData& data);
  Status TakeRecords(size_t partition, Slice records, Offset high_watermark);

  Runtime& runtime_;
  const ConsumerOptions options_;
  Journal& journal_;
  SeededRandom random_;
  RecordScratch scratch_;
  std::unique_ptr<BrokerLink> link_;
  Uuid topic_id_;
  std::vector<Partition> partitions_;
  int32_t session_id_ = 0;
  int32_t session_epoch_ = 0;
  size_t sessions_ = 0;
  std::string last_error_;
};

}  // namespace penstock::sim
