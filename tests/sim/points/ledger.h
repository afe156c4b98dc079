// What a story's client was promised: the topics, configs and records that must be there after a
// crash, and those that may.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/uuid.h"

namespace penstock::sim {

struct PromisedPartition {
  std::vector<std::string> sent;  // values; the n-th is at offset n if it is there at all
  size_t acknowledged = 0;        // the first so many of them
  Offset start_min{0};            // where the log begins at least,
  Offset start_max{0};            // and at most
};

struct PromisedTopic {
  // Of topics with this name that were asked for before it; every record says it.
  int generation = 0;
  bool created = false;  // acknowledged; else it may be there or not
  bool delete_asked = false;
  Uuid id;  // once created
  std::vector<PromisedPartition> partitions;
  std::map<std::string, std::string> configs;  // acknowledged changes
};

class Ledger {
 public:
  PromisedTopic& Asked(const std::string& name, size_t partitions);
  void Deleted(const std::string& name);
  // A problem that no crash excuses.
  void Anomaly(std::string text);

  // What was found of the topics: `present` with their ids. Whatever is found is a promise now.
  void FoundTopics(const std::map<std::string, std::pair<Uuid, size_t>>& present);
  // What was found of a partition: where the log begins, and its values from there on.
  void FoundRecords(const std::string& topic, size_t partition, Offset start,
                    const std::vector<std::string>& values);
  void FoundConfig(const std::string& topic, std::string_view config, std::string_view value);
  void FoundCluster(std::string_view id);

  std::map<std::string, PromisedTopic> topics;
  std::set<Uuid> deleted;  // ids of topics whose deletion was acknowledged or came through
  std::string cluster_id;
  std::vector<std::string> anomalies;

 private:
  std::map<std::string, int> generations_;
};

}  // namespace penstock::sim
