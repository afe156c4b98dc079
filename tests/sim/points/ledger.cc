// Promises against what was found.
#include "tests/sim/points/ledger.h"

#include "base/strings.h"

namespace penstock::sim {

PromisedTopic& Ledger::Asked(const std::string& name, size_t partitions) {
  PromisedTopic& topic = topics[name];
  topic = PromisedTopic();
  topic.generation = ++generations_[name];
  topic.partitions.resize(partitions);
  return topic;
}

void Ledger::Deleted(const std::string& name) {
  deleted.insert(topics.at(name).id);
  topics.erase(name);
}

void Ledger::Anomaly(std::string text) {
  if (anomalies.size() < 20) anomalies.push_back(std::move(text));
}

void Ledger::FoundTopics(const std::map<std::string, std::pair<Uuid, size_t>>& present) {
  for (const auto& [name, found] : present) {
    const auto promised = topics.find(name);
    if (promised == topics.end()) {
      Anomaly(StrCat("topic ", name, " is there, though it was deleted or never asked for"));
      continue;
    }
    PromisedTopic& topic = promised->second;
    if (topic.created && topic.id != found.first)
      Anomaly(StrCat("topic ", name, " has another id"));
    if (topic.partitions.size() != found.second) {
      Anomaly(StrCat("topic ", name, " has ", found.second, " partitions"));
    }
    topic.created = true;
    topic.delete_asked = false;
    topic.id = found.first;
  }
  for (auto topic = topics.begin(); topic != topics.end();) {
    if (present.contains(topic->first)) {
      ++topic;
      continue;
    }
    if (topic->second.created && !topic->second.delete_asked) {
      Anomaly(StrCat("topic ", topic->first, " is gone"));
    }
    if (topic->second.created) deleted.insert(topic->second.id);
    topic = topics.erase(topic);
  }
}

void Ledger::FoundRecords(const std::string& topic, size_t index, Offset start,
                          const std::vector<std::string>& values) {
  PromisedPartition& partition = topics.at(topic).partitions.at(index);
  const std::string name = StrCat(topic, "-", index);
  if (start < partition.start_min || start > partition.start_max) {
    Anomaly(StrCat(name, " begins at ", start, ", not between ", partition.start_min, " and ",
                   partition.start_max));
  }
  const size_t first = static_cast<size_t>(start.value());
  const size_t end = first + values.size();
  if (end < partition.acknowledged) {
    Anomaly(StrCat(name, " ends at ", end, ", but ", partition.acknowledged,
                   " records were acknowledged"));
  }
  for (size_t i = first; i < end; ++i) {
    if (i >= partition.sent.size()) {
      Anomaly(StrCat(name, " has a record at ", i, " that nobody sent: ", values[i - first]));
      return;
    }
    if (values[i - first] != partition.sent[i]) {
      Anomaly(StrCat(name, " has another record at ", i, ": ", values[i - first].substr(0, 40)));
      return;
    }
  }
  partition.sent.resize(std::max(end, partition.acknowledged));
  partition.acknowledged = partition.sent.size();
}

void Ledger::FoundConfig(const std::string& topic, std::string_view config,
                         std::string_view value) {
  const std::string& promised = topics.at(topic).configs.at(std::string(config));
  if (promised != value) {
    Anomaly(StrCat("topic ", topic, " has ", config, "=", value, ", not ", promised));
  }
}

void Ledger::FoundCluster(std::string_view id) {
  if (cluster_id.empty()) cluster_id = id;
  if (cluster_id != id) Anomaly(StrCat("the cluster is ", id, ", it was ", cluster_id));
}

}  // namespace penstock::sim
