#include "tests/sim/points/directory_check.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "base/strings.h"

namespace penstock::sim {
namespace {

constexpr std::string_view kDirectory = "/data";
constexpr std::string_view kMetadataLog = "__cluster_metadata-0";

constexpr std::array<std::string_view, 7> kBrokerFiles{".lock",
                                                       ".kafka_cleanshutdown",
                                                       "meta.properties",
                                                       "bootstrap.checkpoint",
                                                       "recovery-point-offset-checkpoint",
                                                       "log-start-offset-checkpoint",
                                                       "replication-offset-checkpoint"};
constexpr std::array<std::string_view, 3> kLogFiles{"partition.metadata", "leader-epoch-checkpoint",
                                                    "quorum-state"};

bool Contains(const auto& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void LookAtLog(const MemoryDisk& disk, const std::string& name, std::vector<std::string>& orphans) {
  const std::string path = StrCat(kDirectory, "/", name);
  const auto files = disk.List(path);
  if (!files.ok()) return orphans.push_back(StrCat(path, " cannot be listed"));
  const std::set<std::string> all(files->begin(), files->end());
  for (const std::string& file : all) {
    const size_t dot = file.find('.');
    const std::string stem = file.substr(0, dot);
    const std::string_view suffix = dot == file.npos ? "" : std::string_view(file).substr(dot);
    const bool is_metadata = name == kMetadataLog;
    if (Contains(kLogFiles, file) && (file != "quorum-state" || is_metadata)) continue;
    if (suffix == ".log" || suffix == ".snapshot") continue;
    if (is_metadata && suffix == ".checkpoint") continue;
    const bool is_index = suffix == ".index" || suffix == ".timeindex";
    if (is_index && all.contains(stem + ".log")) continue;
    orphans.push_back(StrCat("an orphan: ", path, "/", file));
  }
}

// A topic that was deleted while power went: as Apache Kafka does, the directory that no topic owns
// any more gets another name and is kept.
bool IsSetAside(const MemoryDisk& disk, const std::string& name, const Ledger& ledger) {
  if (!name.ends_with("-stray")) return false;
  const auto metadata = disk.Read(StrCat(kDirectory, "/", name, "/partition.metadata"));
  if (!metadata.ok()) return false;
  return std::ranges::any_of(ledger.deleted, [&](const Uuid& id) {
    return metadata->find(id.ToString()) != metadata->npos;
  });
}

}  // namespace

std::vector<std::string> Orphans(const MemoryDisk& disk, const Ledger& ledger) {
  std::set<std::string> logs{std::string(kMetadataLog)};
  for (const auto& [name, topic] : ledger.topics) {
    for (size_t i = 0; i < topic.partitions.size(); ++i) logs.insert(StrCat(name, "-", i));
  }
  std::vector<std::string> orphans;
  const auto names = disk.List(kDirectory);
  if (!names.ok()) return {StrCat(kDirectory, " cannot be listed")};
  for (const std::string& name : *names) {
    if (logs.contains(name)) {
      LookAtLog(disk, name, orphans);
    } else if (!Contains(kBrokerFiles, name) && !IsSetAside(disk, name, ledger)) {
      orphans.push_back(StrCat("an orphan: ", kDirectory, "/", name));
    }
  }
  return orphans;
}

}  // namespace penstock::sim
