// A record of the metadata log: one of the types that are served, with the schema version that
// metadata.version 30 (4.3-IV0) gives it.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/slice.h"
#include "base/status.h"
#include "protocol/records/abort_transaction_record.h"
#include "protocol/records/begin_transaction_record.h"
#include "protocol/records/broker_registration_change_record.h"
#include "protocol/records/config_record.h"
#include "protocol/records/end_transaction_record.h"
#include "protocol/records/feature_level_record.h"
#include "protocol/records/fence_broker_record.h"
#include "protocol/records/no_op_record.h"
#include "protocol/records/partition_change_record.h"
#include "protocol/records/partition_record.h"
#include "protocol/records/producer_ids_record.h"
#include "protocol/records/register_broker_record.h"
#include "protocol/records/register_controller_record.h"
#include "protocol/records/remove_topic_record.h"
#include "protocol/records/topic_record.h"
#include "protocol/records/unfence_broker_record.h"
#include "protocol/records/unregister_broker_record.h"
#include "protocol/records/zk_migration_state_record.h"

namespace penstock {

using MetadataRecord =
    std::variant<RegisterBrokerRecord, UnregisterBrokerRecord, TopicRecord, PartitionRecord,
                 ConfigRecord, PartitionChangeRecord, FenceBrokerRecord, UnfenceBrokerRecord,
                 RemoveTopicRecord, FeatureLevelRecord, NoOpRecord, ProducerIdsRecord,
                 BrokerRegistrationChangeRecord, ZkMigrationStateRecord, BeginTransactionRecord,
                 EndTransactionRecord, AbortTransactionRecord, RegisterControllerRecord>;

// The value of the record in the log: frame version, type, schema version, fields.
Slice EncodeMetadataRecord(const MetadataRecord& record);

// Unimplemented, with type and version, for a record that is not served or of a newer version;
// InvalidArgument for bytes that are no record.
StatusOr<MetadataRecord> DecodeMetadataRecord(const Slice& value);

// "TOPIC_RECORD", and its number where the type is not served.
std::string MetadataRecordTypeName(int32_t type);

// One line for logs and transcripts: type, version and fields as JSON.
std::string DescribeMetadataRecord(const MetadataRecord& record);

}  // namespace penstock
