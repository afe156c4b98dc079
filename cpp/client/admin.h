// Administration of a cluster: what Kafka's admin client does, for every API
// that a penstock broker serves. Each request goes to the node that can answer
// it; errors that a retry may mend are tried again until AdminOptions::timeout.
//
// The Status of a whole result says that nobody answered; what a broker said
// about one topic, resource or partition is the Status of that one. Results are
// in the order of what was asked.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "client/admin_caller.h"
#include "client/admin_types.h"
#include "client/cluster_metadata.h"
#include "client/connection_pool.h"
#include "runtime/runtime.h"
#include "runtime/task.h"

namespace penstock {

class Admin {
 public:
  // All outlive the object, which outlives its Tasks.
  Admin(Runtime& runtime, ConnectionPool& pool, ClusterMetadata& metadata)
      : caller_(runtime, pool, metadata), metadata_(metadata) {}

  // --- topics ---
  Task<StatusOr<std::vector<TopicResult>>> CreateTopics(std::vector<NewTopic> topics,
                                                        AdminOptions options);
  Task<StatusOr<std::vector<TopicResult>>> DeleteTopics(std::vector<std::string> names,
                                                        AdminOptions options);
  Task<StatusOr<std::vector<TopicResult>>> CreatePartitions(std::vector<NewPartitions> topics,
                                                            AdminOptions options);
  // By name.
  Task<StatusOr<std::vector<ListedTopic>>> ListTopics(AdminOptions options);
  Task<StatusOr<std::vector<TopicDescription>>> DescribeTopics(std::vector<std::string> names,
                                                               AdminOptions options);

  // --- configs ---
  // Configs of brokers are asked of those brokers.
  Task<StatusOr<std::vector<ConfigDescription>>> DescribeConfigs(
      std::vector<AdminConfigResource> resources, DescribeConfigsOptions what,
      AdminOptions options);
  // One result for each resource, in the order of their first changes.
  Task<StatusOr<std::vector<ConfigResult>>> AlterConfigs(std::vector<AdminConfigChange> changes,
                                                         AdminOptions options);
  // Empty `types`: all that the broker lists.
  Task<StatusOr<std::vector<AdminConfigResource>>> ListConfigResources(
      std::vector<AdminConfigResourceType> types, AdminOptions options);

  // --- partitions ---
  Task<std::vector<OffsetResult>> ListOffsets(std::vector<OffsetQuery> queries, bool read_committed,
                                              AdminOptions options);
  Task<std::vector<DeletedRecords>> DeleteRecords(std::vector<RecordsToDelete> records,
                                                  AdminOptions options);
  Task<std::vector<ProducersResult>> DescribeProducers(std::vector<TopicPartitionName> partitions,
                                                       AdminOptions options);

  // --- the cluster ---
  Task<StatusOr<ClusterDescription>> DescribeCluster(AdminOptions options);
  // Empty `brokers`: all of the cluster.
  Task<StatusOr<std::vector<BrokerLogDirs>>> DescribeLogDirs(std::vector<NodeId> brokers,
                                                             AdminOptions options);
  Task<StatusOr<QuorumDescription>> DescribeQuorum(AdminOptions options);
  // Of every broker of the cluster.
  Task<StatusOr<std::vector<BrokerApis>>> DescribeApis(AdminOptions options);
  Task<StatusOr<FeaturesDescription>> DescribeFeatures(AdminOptions options);
  Task<StatusOr<std::vector<FeatureResult>>> UpdateFeatures(std::vector<FeatureUpdate> updates,
                                                            AdminOptions options);

 private:
  AdminCaller caller_;
  ClusterMetadata& metadata_;
};

// What a broker said about one thing: OK for kNone; its message where it sent
// one, else the description of the code, behind "`what`: ".
Status StatusOfAnswer(ErrorCode code, const std::optional<std::string>& message,
                      std::string_view what);

}  // namespace penstock
