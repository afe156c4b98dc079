// DescribeLogDirs (35), versions 1 to 5.
//
// The log directory: the partitions in it with their sizes, and the space on its device.
//
// 2  flexible    3  error_code    4  total_bytes, usable_bytes    5  is_cordoned
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/handlers/handlers.h"
#include "broker/services.h"
#include "log/log_manager.h"
#include "protocol/messages/describe_log_dirs.h"
#include "replication/replica_manager.h"

namespace penstock {
namespace {

using DirResult = DescribeLogDirsResponse::DescribeLogDirsResult;

// Nothing: every log.
std::optional<std::set<TopicPartition>> AskedPartitions(const DescribeLogDirsRequest& request) {
  if (!request.topics.has_value()) return std::nullopt;
  std::set<TopicPartition> asked;
  for (const auto& topic : *request.topics) {
    for (const PartitionId index : topic.partitions)
      asked.insert(TopicPartition{.topic = topic.topic, .partition = index});
  }
  return asked;
}

// `services` and `dir` outlive the Task.
Task<Status> Describe(const BrokerServices& services, DescribeLogDirsRequest request,
                      DirResult& dir) {
  const auto asked = AskedPartitions(request);
  Files& files = services.runtime.files;
  CO_ASSIGN_OR_RETURN(const DiskSpace space, co_await files.Space(dir.log_dir));
  dir.total_bytes = static_cast<int64_t>(space.total_bytes);
  dir.usable_bytes = static_cast<int64_t>(space.usable_bytes);
  const std::vector<PartitionLease> partitions = services.replicas.All();
  for (const PartitionLease& partition : partitions) {
    const TopicPartition& name = partition->topic_partition();
    if (asked.has_value() && !asked->contains(name)) continue;
    CO_ASSIGN_OR_RETURN(const int64_t size_in_bytes, co_await services.replicas.SizeOf(*partition));
    if (dir.topics.empty() || dir.topics.back().name != name.topic)
      dir.topics.emplace_back().name = name.topic;
    auto& described = dir.topics.back().partitions.emplace_back();
    described.partition_index = name.partition;
    described.partition_size = size_in_bytes;
  }
  co_return OkStatus();
}

}  // namespace

Task<DescribeLogDirsResponse> HandleDescribeLogDirs(RequestContext& context,
                                                    DescribeLogDirsRequest request) {
  DescribeLogDirsResponse response;
  DirResult& dir = response.results.emplace_back();
  dir.log_dir = context.services().logs.directory();
  const Status described = co_await Describe(context.services(), std::move(request), dir);
  if (!described.ok()) {
    context.services().logger.Warn("cannot describe the log directory", {{"error", described}});
    dir.topics.clear();
    dir.error_code = ErrorCode::kKafkaStorageError;
  }
  co_return response;
}

}  // namespace penstock
