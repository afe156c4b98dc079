#include "log/checkpoint_format.h"

#include <cstdio>
#include <vector>

#include "base/strings.h"

namespace penstock {

namespace log_files {

namespace {
constexpr size_t kOffsetDigits = 20;
constexpr size_t kNameMax = 255;
}  // namespace

std::string NameOf(Offset base_offset, std::string_view suffix) {
  const std::string digits = std::to_string(base_offset.value());
  std::string name(digits.size() < kOffsetDigits ? kOffsetDigits - digits.size() : 0, '0');
  name += digits;
  name += suffix;
  return name;
}

std::optional<Offset> OffsetOf(std::string_view name, std::string_view suffix) {
  if (name.size() != kOffsetDigits + suffix.size() || !name.ends_with(suffix)) return std::nullopt;
  const std::string_view digits = name.substr(0, kOffsetDigits);
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
  }
  const std::optional<int64_t> value = ParseInt64(digits);
  if (!value.has_value()) return std::nullopt;
  return Offset(*value);
}

std::optional<TopicPartition> ParseDirectoryName(std::string_view name) {
  const size_t dash = name.rfind('-');
  if (dash == std::string_view::npos || dash == 0 || dash + 1 == name.size()) return std::nullopt;
  for (const char c : name.substr(dash + 1)) {
    if (c < '0' || c > '9') return std::nullopt;
  }
  const std::optional<int32_t> partition = ParseInt32(name.substr(dash + 1));
  if (!partition.has_value()) return std::nullopt;
  TopicPartition parsed{.topic = std::string(name.substr(0, dash)),
                        .partition = PartitionId(*partition)};
  if (parsed.ToString() != name) return std::nullopt;
  return parsed;
}

static std::string DirectoryName(const TopicPartition& topic_partition, const Uuid& random,
                                 std::string_view suffix) {
  char hex[33];
  std::snprintf(hex, sizeof hex, "%016llx%016llx", static_cast<unsigned long long>(random.high()),
                static_cast<unsigned long long>(random.low()));
  const std::string tail =
      StrCat('-', topic_partition.partition, '.', std::string_view(hex, 32), suffix);
  return StrCat(std::string_view(topic_partition.topic).substr(0, kNameMax - tail.size()), tail);
}

std::string DeletedDirectoryName(const TopicPartition& topic_partition, const Uuid& random) {
  return DirectoryName(topic_partition, random, kDirectoryDeleteSuffix);
}

std::string StrayDirectoryName(const TopicPartition& topic_partition, const Uuid& random) {
  return DirectoryName(topic_partition, random, kDirectoryStraySuffix);
}

}  // namespace log_files

std::string EncodeOffsetCheckpoint(const OffsetCheckpoint& offsets) {
  std::string text = StrCat("0\n", offsets.size(), '\n');
  for (const auto& [topic_partition, offset] : offsets) {
    StrAppend(text, topic_partition.topic, ' ', topic_partition.partition, ' ', offset, '\n');
  }
  return text;
}

StatusOr<OffsetCheckpoint> DecodeOffsetCheckpoint(std::string_view text) {
  std::vector<std::string_view> lines = Split(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  if (lines.size() < 2 || lines[0] != "0") return DataLoss("its first line is not version 0");
  if (ParseInt64(lines[1]) != static_cast<int64_t>(lines.size() - 2)) {
    return DataLoss("its second line does not count the lines below");
  }
  OffsetCheckpoint offsets;
  for (size_t i = 2; i < lines.size(); ++i) {
    const std::vector<std::string_view> words = Split(lines[i], ' ');
    const auto partition = words.size() == 3 ? ParseInt32(words[1]) : std::nullopt;
    const auto offset = words.size() == 3 ? ParseInt64(words[2]) : std::nullopt;
    if (!partition.has_value() || !offset.has_value()) {
      return DataLoss(StrCat("line ", i + 1, " is not 'topic partition offset'"));
    }
    TopicPartition topic_partition{.topic = std::string(words[0]),
                                   .partition = PartitionId(*partition)};
    offsets[std::move(topic_partition)] = Offset(*offset);
  }
  return offsets;
}

std::string EncodePartitionMetadata(const Uuid& topic_id) {
  return StrCat("version: 0\ntopic_id: ", topic_id.ToString(), '\n');
}

StatusOr<Uuid> DecodePartitionMetadata(std::string_view text) {
  bool has_version = false;
  std::optional<Uuid> topic_id;
  for (const std::string_view line : Split(text, '\n')) {
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view key = StripSpaces(line.substr(0, colon));
    const std::string_view value = StripSpaces(line.substr(colon + 1));
    if (key == "version") has_version = value == "0";
    if (key == "topic_id") topic_id = Uuid::Parse(value);
  }
  if (!has_version) return DataLoss("it does not say 'version: 0'");
  if (!topic_id.has_value()) return DataLoss("it has no valid topic_id");
  return *topic_id;
}

std::string EncodeCleanShutdown(BrokerEpoch broker_epoch) {
  return StrCat("{\"version\":0,\"brokerEpoch\":", broker_epoch, '}');
}

BrokerEpoch DecodeCleanShutdown(std::string_view text) {
  constexpr std::string_view kKey = "\"brokerEpoch\"";
  const size_t key = text.find(kKey);
  if (key == std::string_view::npos) return BrokerEpoch(-1);
  const size_t colon = text.find(':', key + kKey.size());
  if (colon == std::string_view::npos) return BrokerEpoch(-1);
  const size_t end = text.find_first_of(",}", colon);
  if (end == std::string_view::npos) return BrokerEpoch(-1);
  const std::optional<int64_t> epoch =
      ParseInt64(StripSpaces(text.substr(colon + 1, end - colon - 1)));
  return BrokerEpoch(epoch.value_or(-1));
}

}  // namespace penstock
