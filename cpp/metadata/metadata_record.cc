#include "metadata/metadata_record.h"

#include <array>
#include <utility>

#include "base/check.h"
#include "base/strings.h"
#include "protocol/json.h"
#include "protocol/record_frame.h"

namespace penstock {
namespace {

// The names of Kafka's record types by number; empty where there is none.
constexpr std::array<std::string_view, 29> kTypeNames = {
    "REGISTER_BROKER_RECORD",
    "UNREGISTER_BROKER_RECORD",
    "TOPIC_RECORD",
    "PARTITION_RECORD",
    "CONFIG_RECORD",
    "PARTITION_CHANGE_RECORD",
    "",
    "FENCE_BROKER_RECORD",
    "UNFENCE_BROKER_RECORD",
    "REMOVE_TOPIC_RECORD",
    "DELEGATION_TOKEN_RECORD",
    "USER_SCRAM_CREDENTIAL_RECORD",
    "FEATURE_LEVEL_RECORD",
    "",
    "CLIENT_QUOTA_RECORD",
    "PRODUCER_IDS_RECORD",
    "",
    "BROKER_REGISTRATION_CHANGE_RECORD",
    "ACCESS_CONTROL_ENTRY_RECORD",
    "REMOVE_ACCESS_CONTROL_ENTRY_RECORD",
    "NO_OP_RECORD",
    "ZK_MIGRATION_STATE_RECORD",
    "REMOVE_USER_SCRAM_CREDENTIAL_RECORD",
    "BEGIN_TRANSACTION_RECORD",
    "END_TRANSACTION_RECORD",
    "ABORT_TRANSACTION_RECORD",
    "REMOVE_DELEGATION_TOKEN_RECORD",
    "REGISTER_CONTROLLER_RECORD",
    "CLEAR_ELR_RECORD",
};

// The schema version that a controller at metadata.version 30 writes.
template <class Record>
int16_t VersionToWrite(const Record&) {
  return Record::kVersions.max;
}
// The oldest version that carries what is set.
int16_t VersionToWrite(const BrokerRegistrationChangeRecord& record) {
  if (record.cordoned_log_dirs.has_value()) return 3;
  if (!record.log_dirs.empty()) return 2;
  return record.in_controlled_shutdown != 0 ? 1 : 0;
}

template <class Record>
StatusOr<MetadataRecord> DecodeAs(WireReader& reader, int16_t version) {
  if (!Record::kVersions.Contains(version)) {
    return Unimplemented(StrCat(MetadataRecordTypeName(Record::kApiKey), " of version ", version,
                                " is newer than what is served (", Record::kVersions.max, ")"));
  }
  Record record;
  RETURN_IF_ERROR(Decode(reader, record, version));
  if (reader.remaining() != 0) return InvalidArgument("bytes follow the record");
  return MetadataRecord(std::move(record));
}

template <class... Records>
StatusOr<MetadataRecord> DecodeOneOf(WireReader& reader, MetadataRecordPrefix prefix,
                                     std::variant<Records...>*) {
  StatusOr<MetadataRecord> result =
      Unimplemented(StrCat(MetadataRecordTypeName(prefix.type), " of version ", prefix.version,
                           " cannot be replayed: what it describes is not served yet"));
  const auto try_as = [&]<class Record>() {
    if (Record::kApiKey == prefix.type) result = DecodeAs<Record>(reader, prefix.version);
  };
  (try_as.template operator()<Records>(), ...);
  return result;
}

}  // namespace

Slice EncodeMetadataRecord(const MetadataRecord& record) {
  const StatusOr<SliceChain> bytes = std::visit(
      [](const auto& typed) { return EncodeMetadataRecord(typed, VersionToWrite(typed)); }, record);
  CHECK(bytes.ok());
  return bytes->Flatten();
}

StatusOr<MetadataRecord> DecodeMetadataRecord(const Slice& value) {
  WireReader reader(value);
  ASSIGN_OR_RETURN(const MetadataRecordPrefix prefix, DecodeMetadataRecordPrefix(reader));
  return DecodeOneOf(reader, prefix, static_cast<MetadataRecord*>(nullptr));
}

std::string MetadataRecordTypeName(int32_t type) {
  const auto index = static_cast<size_t>(type);
  if (type < 0 || index >= kTypeNames.size() || kTypeNames[index].empty()) {
    return StrCat("record type ", type);
  }
  return std::string(kTypeNames[index]);
}

std::string DescribeMetadataRecord(const MetadataRecord& record) {
  return std::visit(
      [](const auto& typed) {
        const int16_t version = VersionToWrite(typed);
        return StrCat(MetadataRecordTypeName(typed.kApiKey), " v", version, " ",
                      ToJson(typed, version));
      },
      record);
}

}  // namespace penstock
