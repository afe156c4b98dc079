#include "raft/control_batch.h"

#include <utility>

#include "base/check.h"
#include "protocol/codec.h"
#include "protocol/records/k_raft_version_record.h"
#include "protocol/records/leader_change_message.h"
#include "protocol/records/snapshot_footer_record.h"
#include "protocol/records/snapshot_header_record.h"
#include "record/batch_builder.h"
#include "record/record_iterator.h"

namespace penstock {
namespace {

// Kafka writes and reads all of them in version 0.
constexpr int16_t kControlVersion = 0;

template <class Message>
KRaftControlRecord MakeControlRecord(ControlRecordType type, const Message& message) {
  const StatusOr<SliceChain> bytes = Encode(message, kControlVersion);
  CHECK(bytes.ok());
  return {type, bytes->Flatten()};
}

template <class Message>
StatusOr<Message> DecodeControlRecord(const RecordView& record) {
  if (!record.value.has_value()) return InvalidArgument("a control record without a value");
  StatusOr<Message> message = DecodeAll<Message>(Slice::CopyOf(*record.value), kControlVersion);
  if (!message.ok()) return Annotate(message.status(), Message::kName);
  return message;
}

Status ReadControlRecord(const RecordView& record, QuorumControlState& into) {
  if (!record.key.has_value()) return InvalidArgument("a control record without a key");
  ASSIGN_OR_RETURN(const ControlRecordType type, ParseControlRecordKey(*record.key));
  switch (type) {
    case ControlRecordType::kKRaftVersion: {
      ASSIGN_OR_RETURN(const auto message, DecodeControlRecord<KRaftVersionRecord>(record));
      into.kraft_version = message.k_raft_version;
      break;
    }
    case ControlRecordType::kKRaftVoters: {
      ASSIGN_OR_RETURN(const auto message, DecodeControlRecord<VotersRecord>(record));
      into.voters = FromRecord(message);
      break;
    }
    case ControlRecordType::kSnapshotHeader: {
      ASSIGN_OR_RETURN(const auto message, DecodeControlRecord<SnapshotHeaderRecord>(record));
      into.snapshot_timestamp = message.last_contained_log_timestamp;
      break;
    }
    case ControlRecordType::kSnapshotFooter:
      into.has_snapshot_footer = true;
      break;
    default:
      break;
  }
  return OkStatus();
}

}  // namespace

KRaftControlRecord LeaderChangeRecord(NodeId leader, const VoterSet& voters) {
  LeaderChangeMessage message;
  message.leader_id = leader;
  for (const Voter& voter : voters) {
    LeaderChangeMessage::Voter entry;
    entry.voter_id = voter.id;
    message.voters.push_back(entry);
  }
  LeaderChangeMessage::Voter granting;
  granting.voter_id = leader;
  message.granting_voters.push_back(granting);
  return MakeControlRecord(ControlRecordType::kLeaderChange, message);
}

KRaftControlRecord KRaftVersionControlRecord(int16_t level) {
  KRaftVersionRecord message;
  message.k_raft_version = level;
  return MakeControlRecord(ControlRecordType::kKRaftVersion, message);
}

KRaftControlRecord VotersControlRecord(const VoterSet& voters) {
  return MakeControlRecord(ControlRecordType::kKRaftVoters, ToRecord(voters));
}

KRaftControlRecord SnapshotHeaderControlRecord(TimestampMs last_contained_log_timestamp) {
  SnapshotHeaderRecord message;
  message.last_contained_log_timestamp = last_contained_log_timestamp;
  return MakeControlRecord(ControlRecordType::kSnapshotHeader, message);
}

KRaftControlRecord SnapshotFooterControlRecord() {
  return MakeControlRecord(ControlRecordType::kSnapshotFooter, SnapshotFooterRecord());
}

StatusOr<Slice> BuildControlBatch(Offset base_offset, LeaderEpoch epoch, TimestampMs timestamp,
                                  const std::vector<KRaftControlRecord>& records) {
  BatchOptions options;
  options.base_offset = base_offset;
  options.leader_epoch = epoch;
  options.is_control = true;
  BatchBuilder batch(options);
  for (const KRaftControlRecord& record : records) {
    const ControlRecordKey key = EncodeControlRecordKey(record.type);
    batch.Append({timestamp, std::span<const uint8_t>(key), record.value.span(), {}});
  }
  return batch.Build();
}

Status ReadControlBatch(const BatchView& batch, QuorumControlState& into) {
  RecordScratch scratch;
  RecordIterator records(batch, scratch);
  RecordView record;
  while (records.Next(record)) RETURN_IF_ERROR(ReadControlRecord(record, into));
  return records.status();
}

}  // namespace penstock
