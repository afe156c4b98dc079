// Fetches and looks at every record.
#include "tests/sim/harness/consumer_client.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "protocol/messages/metadata.h"
#include "record/batch_view.h"

namespace penstock::sim {
namespace {

constexpr int16_t kMetadataVersion = 12;
constexpr int16_t kFetchVersionWithTopicIds = 13;
constexpr int32_t kNoSession = -1;

}  // namespace

ConsumerClient::ConsumerClient(Runtime& runtime, ConsumerOptions options, Journal& journal,
                               uint64_t seed)
    : runtime_(runtime),
      options_(std::move(options)),
      journal_(journal),
      random_(seed, options_.last_reader ? 103 : 102),
      partitions_(journal.partitions()) {}

Task<> ConsumerClient::Run() {
  while (true) {
    const Status ended = co_await RunSession();
    link_.reset();
    last_error_ = MessageOf(ended);
    const Duration pause = Microseconds(static_cast<int64_t>(1000 + random_.Below(10'000)));
    co_await runtime_.timers.SleepUntil(runtime_.clock.Now() + pause);
  }
}

// Ends with an error, always.
Task<Status> ConsumerClient::RunSession() {
  ++sessions_;
  session_id_ = 0;
  session_epoch_ = options_.incremental_sessions ? 0 : kNoSession;
  for (Partition& partition : partitions_) partition.moved = true;
  CO_ASSIGN_OR_RETURN(link_, co_await BrokerLink::Open(runtime_, options_.broker));
  CO_RETURN_IF_ERROR(co_await FindTopic());
  while (true) {
    CO_RETURN_IF_ERROR(co_await FetchOnce());
  }
}

Task<Status> ConsumerClient::FindTopic() {
  MetadataRequest request;
  request.allow_auto_topic_creation = false;
  request.topics.emplace().emplace_back().name = options_.topic;
  CO_ASSIGN_OR_RETURN(const MetadataResponse response,
                      co_await link_->Call(std::move(request), kMetadataVersion));
  if (response.topics.size() != 1) co_return Internal("Metadata answers no topic");
  const auto& topic = response.topics.front();
  if (topic.error_code != ErrorCode::kNone) {
    co_return KafkaError(topic.error_code, StrCat("Metadata: ", NameOf(topic.error_code)));
  }
  topic_id_ = topic.topic_id;
  co_return OkStatus();
}

FetchRequest ConsumerClient::MakeRequest() {
  FetchRequest request;
  request.max_wait_ms = options_.max_wait_ms;
  request.min_bytes = 1;
  request.max_bytes = 1 << 20;
  request.session_id = session_id_;
  request.session_epoch = session_epoch_;
  FetchRequest::FetchTopic topic;
  if (options_.fetch_version >= kFetchVersionWithTopicIds) {
    topic.topic_id = topic_id_;
  } else {
    topic.topic = options_.topic;
  }
  for (size_t i = 0; i < partitions_.size(); ++i) {
    if (session_epoch_ > 0 && !partitions_[i].moved) continue;
    partitions_[i].moved = false;
    auto& partition = topic.partitions.emplace_back();
    partition.partition = PartitionId(static_cast<int32_t>(i));
    partition.fetch_offset = partitions_[i].position;
    partition.partition_max_bytes = options_.partition_max_bytes;
  }
  if (!topic.partitions.empty()) request.topics.push_back(std::move(topic));
  return request;
}

Task<Status> ConsumerClient::FetchOnce() {
  FetchRequest request = MakeRequest();
  CO_ASSIGN_OR_RETURN(const FetchResponse response,
                      co_await link_->Call(std::move(request), options_.fetch_version));
  if (response.error_code != ErrorCode::kNone) {
    co_return KafkaError(response.error_code, StrCat("Fetch: ", NameOf(response.error_code)));
  }
  if (session_epoch_ >= 0 && response.session_id != 0) {
    session_id_ = response.session_id;
    ++session_epoch_;
  }
  co_return Take(response);
}

Status ConsumerClient::Take(const FetchResponse& response) {
  for (const auto& topic : response.responses) {
    for (const auto& data : topic.partitions) {
      const auto i = static_cast<size_t>(data.partition_index.value());
      if (i >= partitions_.size()) return Internal("Fetch answers a partition not asked for");
      RETURN_IF_ERROR(TakePartition(i, data));
    }
  }
  return OkStatus();
}

Status ConsumerClient::TakePartition(size_t partition, const FetchResponse::PartitionData& data) {
  if (data.error_code != ErrorCode::kNone) {
    // Out of range: the consumer has seen records that the broker has no more.
    if (!IsRetriable(data.error_code) || data.error_code == ErrorCode::kCorruptMessage) {
      journal_.Anomaly(StrCat("partition ", partition, ": Fetch at ",
                              partitions_[partition].position, ": ", NameOf(data.error_code)));
    }
    return KafkaError(data.error_code, StrCat("Fetch: ", NameOf(data.error_code)));
  }
  if (!data.records.has_value()) return OkStatus();
  return TakeRecords(partition, data.records->Flatten(), data.high_watermark);
}

Status ConsumerClient::TakeRecords(size_t partition, Slice records, Offset high_watermark) {
  Partition& p = partitions_[partition];
  std::span<const uint8_t> bytes = records.span();
  while (!bytes.empty()) {
    const auto batch = BatchView::Parse(bytes);
    if (!batch.ok() && batch.status().code() == StatusCode::kOutOfRange) break;  // cut off: allowed
    if (!batch.ok() || !batch->CrcMatches()) {
      journal_.Anomaly(StrCat("partition ", partition, ": a broken batch behind ", p.position));
      return DataLoss("a broken batch");
    }
    bytes = bytes.subspan(batch->size_in_bytes());
    if (batch->last_offset() >= high_watermark) {
      journal_.Anomaly(StrCat("partition ", partition, ": a batch up to ", batch->last_offset(),
                              " beyond the high watermark ", high_watermark));
    }
    RecordIterator iterator(*batch, scratch_);
    RecordView record;
    while (iterator.Next(record)) {
      const Offset offset = iterator.OffsetOf(record);
      if (offset < p.position) continue;
      const std::string_view value = record.value.has_value() ? AsText(*record.value) : "";
      if (options_.last_reader) {
        journal_.ReadBack(partition, offset, value);
      } else {
        journal_.Consumed(partition, offset, value);
      }
      p.position = offset + 1;
      p.moved = true;
    }
    if (!iterator.status().ok()) {
      journal_.Anomaly(StrCat("partition ", partition, ": ", MessageOf(iterator.status())));
      return iterator.status();
    }
  }
  return OkStatus();
}

}  // namespace penstock::sim
