// Texts of the small files beside the segments: offset checkpoints, partition.metadata, the
// clean-shutdown file, and the names of the files themselves (docs/formats/checkpoints.md).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/status.h"
#include "base/uuid.h"
#include "log/topic_partition.h"

namespace penstock {

namespace log_files {
inline constexpr std::string_view kRecoveryPoints = "recovery-point-offset-checkpoint";
inline constexpr std::string_view kLogStartOffsets = "log-start-offset-checkpoint";
inline constexpr std::string_view kHighWatermarks = "replication-offset-checkpoint";
inline constexpr std::string_view kCleanShutdown = ".kafka_cleanshutdown";
inline constexpr std::string_view kLeaderEpochs = "leader-epoch-checkpoint";
inline constexpr std::string_view kPartitionMetadata = "partition.metadata";
inline constexpr std::string_view kLogSuffix = ".log";
inline constexpr std::string_view kIndexSuffix = ".index";
inline constexpr std::string_view kTimeIndexSuffix = ".timeindex";
inline constexpr std::string_view kTxnIndexSuffix = ".txnindex";
inline constexpr std::string_view kSnapshotSuffix = ".snapshot";
inline constexpr std::string_view kDeletedSuffix = ".deleted";
inline constexpr std::string_view kCleanedSuffix = ".cleaned";
inline constexpr std::string_view kSwapSuffix = ".swap";
inline constexpr std::string_view kTemporarySuffix = ".tmp";
inline constexpr std::string_view kDirectoryDeleteSuffix = "-delete";
inline constexpr std::string_view kDirectoryStraySuffix = "-stray";

// "00000000000000000042.log"
std::string NameOf(Offset base_offset, std::string_view suffix);
// The offset in such a name; nothing if it is not 20 digits and exactly `suffix`.
std::optional<Offset> OffsetOf(std::string_view name, std::string_view suffix);
// "topic-3" taken apart; nothing if it is not exactly such a name: -03, or a suffix like
// -delete.
std::optional<TopicPartition> ParseDirectoryName(std::string_view name);
// "topic-3.0123456789abcdef0123456789abcdef-delete", the topic cut so that 255 characters are not
// exceeded.
std::string DeletedDirectoryName(const TopicPartition& topic_partition, const Uuid& random);
// The same with "-stray": a directory that no topic owns.
std::string StrayDirectoryName(const TopicPartition& topic_partition, const Uuid& random);
}  // namespace log_files

using OffsetCheckpoint = std::map<TopicPartition, Offset>;
std::string EncodeOffsetCheckpoint(const OffsetCheckpoint& offsets);
// DataLoss names the line that is wrong.
StatusOr<OffsetCheckpoint> DecodeOffsetCheckpoint(std::string_view text);

std::string EncodePartitionMetadata(const Uuid& topic_id);
StatusOr<Uuid> DecodePartitionMetadata(std::string_view text);

std::string EncodeCleanShutdown(BrokerEpoch broker_epoch);
// -1 when the file has no broker epoch; Kafka before 3.7 left it empty.
BrokerEpoch DecodeCleanShutdown(std::string_view text);

}  // namespace penstock
