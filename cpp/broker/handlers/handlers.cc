#include "broker/handlers/handlers.h"

#include <array>
#include <string_view>

#include "broker/handlers/refusals.h"
#include "protocol/api.h"
#include "protocol/messages/alter_configs.h"
#include "protocol/messages/api_versions.h"
#include "protocol/messages/create_partitions.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/delete_records.h"
#include "protocol/messages/delete_topics.h"
#include "protocol/messages/describe_cluster.h"
#include "protocol/messages/describe_configs.h"
#include "protocol/messages/describe_log_dirs.h"
#include "protocol/messages/describe_producers.h"
#include "protocol/messages/describe_quorum.h"
#include "protocol/messages/describe_topic_partitions.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/incremental_alter_configs.h"
#include "protocol/messages/init_producer_id.h"
#include "protocol/messages/list_config_resources.h"
#include "protocol/messages/list_offsets.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/offset_for_leader_epoch.h"
#include "protocol/messages/produce.h"
#include "protocol/messages/update_features.h"

namespace penstock {
namespace {

// What is served, in the order of the keys.
constexpr std::array kRows{
    Handle<&HandleProduce, &RefuseProduce>(),
    Handle<&HandleFetch, &RefuseFetch>(),
    Handle<&HandleListOffsets, &RefuseListOffsets>(),
    Handle<&HandleMetadata, &RefuseMetadata>(),
    Handle<&HandleApiVersions>(),
    Handle<&HandleCreateTopics, &RefuseCreateTopics>(),
    Handle<&HandleDeleteTopics, &RefuseDeleteTopics>(),
    Handle<&HandleDeleteRecords, &RefuseDeleteRecords>(),
    Handle<&HandleInitProducerId, &RefuseInitProducerId>(),
    Handle<&HandleOffsetForLeaderEpoch, &RefuseOffsetForLeaderEpoch>(),
    Handle<&HandleDescribeConfigs, &RefuseDescribeConfigs>(),
    Handle<&HandleAlterConfigs, &RefuseAlterConfigs>(),
    Handle<&HandleDescribeLogDirs>(),
    Handle<&HandleCreatePartitions, &RefuseCreatePartitions>(),
    Handle<&HandleIncrementalAlterConfigs, &RefuseIncrementalAlterConfigs>(),
    Handle<&HandleDescribeQuorum>(),
    Handle<&HandleUpdateFeatures>(),
    Handle<&HandleDescribeCluster>(),
    Handle<&HandleDescribeProducers, &RefuseDescribeProducers>(),
    Handle<&HandleListConfigResources>(),
    Handle<&HandleDescribeTopicPartitions, &RefuseDescribeTopicPartitions>(),
};

struct NotServed {
  ApiKey key;
  std::string_view reason;
};

constexpr std::string_view kGroups = "needs the group coordinator";
constexpr std::string_view kTransactions = "needs the transaction coordinator";
constexpr std::string_view kShareGroups = "needs share groups";
constexpr std::string_view kStreamsGroups = "needs streams groups";
constexpr std::string_view kSecurity = "needs authentication and authorization";
constexpr std::string_view kSeveralNodes = "needs a cluster of several nodes";
constexpr std::string_view kQuotas = "needs quotas";
constexpr std::string_view kTelemetry = "needs client telemetry";
constexpr std::string_view kLogDirs = "needs several log directories";

// What a broker of 4.3 serves and this one does not, in the order of the keys.
constexpr std::array kNotServed{
    NotServed{ApiKey::kOffsetCommit, kGroups},
    NotServed{ApiKey::kOffsetFetch, kGroups},
    NotServed{ApiKey::kFindCoordinator, kGroups},
    NotServed{ApiKey::kJoinGroup, kGroups},
    NotServed{ApiKey::kHeartbeat, kGroups},
    NotServed{ApiKey::kLeaveGroup, kGroups},
    NotServed{ApiKey::kSyncGroup, kGroups},
    NotServed{ApiKey::kDescribeGroups, kGroups},
    NotServed{ApiKey::kListGroups, kGroups},
    NotServed{ApiKey::kSaslHandshake, kSecurity},
    NotServed{ApiKey::kAddPartitionsToTxn, kTransactions},
    NotServed{ApiKey::kAddOffsetsToTxn, kTransactions},
    NotServed{ApiKey::kEndTxn, kTransactions},
    NotServed{ApiKey::kWriteTxnMarkers, kTransactions},
    NotServed{ApiKey::kTxnOffsetCommit, kTransactions},
    NotServed{ApiKey::kDescribeAcls, kSecurity},
    NotServed{ApiKey::kCreateAcls, kSecurity},
    NotServed{ApiKey::kDeleteAcls, kSecurity},
    NotServed{ApiKey::kAlterReplicaLogDirs, kLogDirs},
    NotServed{ApiKey::kSaslAuthenticate, kSecurity},
    NotServed{ApiKey::kCreateDelegationToken, kSecurity},
    NotServed{ApiKey::kRenewDelegationToken, kSecurity},
    NotServed{ApiKey::kExpireDelegationToken, kSecurity},
    NotServed{ApiKey::kDescribeDelegationToken, kSecurity},
    NotServed{ApiKey::kDeleteGroups, kGroups},
    NotServed{ApiKey::kElectLeaders, kSeveralNodes},
    NotServed{ApiKey::kAlterPartitionReassignments, kSeveralNodes},
    NotServed{ApiKey::kListPartitionReassignments, kSeveralNodes},
    NotServed{ApiKey::kOffsetDelete, kGroups},
    NotServed{ApiKey::kDescribeClientQuotas, kQuotas},
    NotServed{ApiKey::kAlterClientQuotas, kQuotas},
    NotServed{ApiKey::kDescribeUserScramCredentials, kSecurity},
    NotServed{ApiKey::kAlterUserScramCredentials, kSecurity},
    NotServed{ApiKey::kUnregisterBroker, kSeveralNodes},
    NotServed{ApiKey::kDescribeTransactions, kTransactions},
    NotServed{ApiKey::kListTransactions, kTransactions},
    NotServed{ApiKey::kConsumerGroupHeartbeat, kGroups},
    NotServed{ApiKey::kConsumerGroupDescribe, kGroups},
    NotServed{ApiKey::kGetTelemetrySubscriptions, kTelemetry},
    NotServed{ApiKey::kPushTelemetry, kTelemetry},
    NotServed{ApiKey::kShareGroupHeartbeat, kShareGroups},
    NotServed{ApiKey::kShareGroupDescribe, kShareGroups},
    NotServed{ApiKey::kShareFetch, kShareGroups},
    NotServed{ApiKey::kShareAcknowledge, kShareGroups},
    NotServed{ApiKey::kAddRaftVoter, kSeveralNodes},
    NotServed{ApiKey::kRemoveRaftVoter, kSeveralNodes},
    NotServed{ApiKey::kInitializeShareGroupState, kShareGroups},
    NotServed{ApiKey::kReadShareGroupState, kShareGroups},
    NotServed{ApiKey::kWriteShareGroupState, kShareGroups},
    NotServed{ApiKey::kDeleteShareGroupState, kShareGroups},
    NotServed{ApiKey::kReadShareGroupStateSummary, kShareGroups},
    NotServed{ApiKey::kStreamsGroupHeartbeat, kStreamsGroups},
    NotServed{ApiKey::kStreamsGroupDescribe, kStreamsGroups},
    NotServed{ApiKey::kDescribeShareGroupOffsets, kShareGroups},
    NotServed{ApiKey::kAlterShareGroupOffsets, kShareGroups},
    NotServed{ApiKey::kDeleteShareGroupOffsets, kShareGroups},
};

constexpr bool IsServed(ApiKey key) {
  for (const HandlerRow& row : kRows) {
    if (row.api_key == static_cast<int16_t>(key)) return true;
  }
  return false;
}

constexpr bool IsListedAsNotServed(ApiKey key) {
  for (const NotServed& api : kNotServed) {
    if (api.key == key) return true;
  }
  return false;
}

// Every API of a broker is either served or has a reason.
constexpr bool NothingIsForgotten() {
  bool complete = true;
#define API(number, name, min, max, flexible, broker, controller, route, forwarded, unstable) \
  complete = complete &&                                                                      \
             (!(broker) || IsServed(ApiKey::k##name) != IsListedAsNotServed(ApiKey::k##name));
#include "protocol/api_table.inc"
#undef API
  return complete;
}
static_assert(NothingIsForgotten());

constexpr HandlerTable kTable{kRows};

}  // namespace

const HandlerTable& BrokerHandlers() { return kTable; }

std::string_view ReasonNotServed(int16_t api_key) {
  for (const NotServed& api : kNotServed) {
    if (static_cast<int16_t>(api.key) == api_key) return api.reason;
  }
  return {};
}

}  // namespace penstock
