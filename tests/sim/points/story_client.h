// One client that does one thing after the other and notes in the ledger what it asks for and what
// it was promised. Errors end the story: nothing is tried again.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "runtime/runtime.h"
#include "runtime/task.h"
#include "tests/sim/harness/broker_link.h"
#include "tests/sim/points/ledger.h"

namespace penstock::sim {

class StoryClient {
 public:
  // Both outlive it; it outlives its Tasks.
  StoryClient(Runtime& runtime, Ledger& ledger) : runtime_(runtime), ledger_(ledger) {}

  // As soon as the broker listens.
  Task<Status> Connect();
  using Configs = std::vector<std::pair<std::string, std::string>>;
  Task<Status> CreateTopic(std::string name, int partitions, Configs configs);
  Task<Status> DeleteTopic(std::string name);
  Task<Status> SetConfig(std::string topic, std::string config, std::string value);
  // One record of about `value_bytes` with acks=all.
  Task<Status> Produce(std::string topic, size_t partition, size_t value_bytes);
  Task<Status> ProduceMany(std::string topic, size_t partition, size_t value_bytes, int records);
  Task<Status> DeleteRecords(std::string topic, size_t partition, Offset before);
  Task<> Sleep(Duration duration);

  // Reads everything and holds it against the ledger.
  Task<Status> CheckEverything();

  Ledger& ledger() { return ledger_; }

 private:
  Task<Status> CheckTopics();
  Task<Status> CheckConfigs(std::string topic);
  Task<Status> CheckPartition(std::string topic, size_t partition);
  Task<StatusOr<Offset>> FirstOffset(std::string topic, size_t partition);
  Task<Status> ReadFrom(Offset start, std::string topic, size_t partition,
                        std::vector<std::string>& values);

  Runtime& runtime_;
  Ledger& ledger_;
  std::unique_ptr<BrokerLink> link_;
};

}  // namespace penstock::sim
