// One session per connection: whatever goes wrong ends it, and the next one begins with the first
// batch that is not acknowledged.
#include "tests/sim/harness/producer_client.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/init_producer_id.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/produce.h"
#include "record/batch_builder.h"

namespace penstock::sim {
namespace {

constexpr int16_t kCreateTopicsVersion = 7;
constexpr int16_t kMetadataVersion = 12;
constexpr int16_t kInitProducerIdVersion = 5;
constexpr int16_t kProduceVersionWithZstd = 7;
constexpr int16_t kProduceVersionWithTopicIds = 13;

}  // namespace

ProducerClient::ProducerClient(Runtime& runtime, ProducerOptions options, Journal& journal,
                               uint64_t seed)
    : runtime_(runtime),
      options_(std::move(options)),
      journal_(journal),
      random_(seed, 101),
      partitions_(journal.partitions()) {}

Task<> ProducerClient::Run() {
  while (!done_) {
    const Status ended = co_await RunSession();
    link_.reset();
    if (ended.ok()) break;
    last_error_ = MessageOf(ended);
    const Duration pause = Microseconds(static_cast<int64_t>(1000 + random_.Below(10'000)));
    co_await runtime_.timers.SleepUntil(runtime_.clock.Now() + pause);
  }
  done_ = true;
}

Task<Status> ProducerClient::RunSession() {
  ++sessions_;
  in_flight_.clear();
  for (Partition& partition : partitions_) partition.sent = 0;
  CO_ASSIGN_OR_RETURN(link_, co_await BrokerLink::Open(runtime_, options_.broker));
  if (!topic_found_) {
    CO_RETURN_IF_ERROR(co_await CreateTopic());
    CO_RETURN_IF_ERROR(co_await FindTopic());
  }
  if (producer_id_ == kNoProducerId) {
    CO_RETURN_IF_ERROR(co_await TakeProducerId());
  }
  co_return co_await ProduceAll();
}

Task<Status> ProducerClient::CreateTopic() {
  CreateTopicsRequest request;
  request.timeout_ms = 3000;
  auto& topic = request.topics.emplace_back();
  topic.name = options_.topic;
  topic.num_partitions = static_cast<int32_t>(partitions_.size());
  topic.replication_factor = 1;
  for (const auto& [name, value] : options_.topic_configs) {
    auto& config = topic.configs.emplace_back();
    config.name = name;
    config.value = value;
  }
  CO_ASSIGN_OR_RETURN(const CreateTopicsResponse response,
                      co_await link_->Call(std::move(request), kCreateTopicsVersion));
  if (response.topics.size() != 1) co_return Internal("CreateTopics answers no topic");
  const auto& created = response.topics.front();
  if (created.error_code == ErrorCode::kNone ||
      created.error_code == ErrorCode::kTopicAlreadyExists) {
    co_return OkStatus();
  }
  co_return KafkaError(created.error_code, StrCat("CreateTopics: ", NameOf(created.error_code),
                                                  ": ", created.error_message.value_or("")));
}

Task<Status> ProducerClient::FindTopic() {
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
  if (topic.partitions.size() != partitions_.size()) {
    journal_.Anomaly(StrCat("Metadata shows ", topic.partitions.size(), " partitions"));
  }
  topic_id_ = topic.topic_id;
  topic_found_ = true;
  co_return OkStatus();
}

Task<Status> ProducerClient::TakeProducerId() {
  InitProducerIdRequest request;
  request.transactional_id = std::nullopt;
  request.transaction_timeout_ms = 60'000;
  CO_ASSIGN_OR_RETURN(const InitProducerIdResponse response,
                      co_await link_->Call(std::move(request), kInitProducerIdVersion));
  if (response.error_code != ErrorCode::kNone) {
    co_return KafkaError(response.error_code,
                         StrCat("InitProducerId: ", NameOf(response.error_code)));
  }
  producer_id_ = response.producer_id;
  producer_epoch_ = response.producer_epoch;
  co_return OkStatus();
}

bool ProducerClient::AllSettled() const {
  return std::ranges::all_of(partitions_, [](const Partition& p) { return p.unsettled.empty(); });
}

Task<Status> ProducerClient::ProduceAll() {
  while (!finishing_ || !AllSettled()) {
    if (in_flight_.size() < options_.in_flight_max) {
      CO_RETURN_IF_ERROR(co_await SendSome());
    }
    // Answers are awaited at once now and then, so that the window is not always full.
    const bool waits = in_flight_.size() == options_.in_flight_max || random_.OneOf(1, 3);
    if (waits && !in_flight_.empty()) {
      CO_RETURN_IF_ERROR(co_await ReceiveOne());
    }
    const bool nothing_left = finishing_ && in_flight_.empty();
    if (nothing_left || options_.pause_max == Duration(0) || random_.OneOf(1, 2)) continue;
    const auto bound = static_cast<uint64_t>(options_.pause_max.count());
    const Duration pause(static_cast<int64_t>(random_.Below(bound)));
    co_await runtime_.timers.SleepUntil(runtime_.clock.Now() + pause);
  }
  co_return OkStatus();
}

// One batch of each of some partitions: the next that was not sent over this connection, or a new
// one.
Task<Status> ProducerClient::SendSome() {
  ProduceRequest request;
  request.acks = -1;
  request.timeout_ms = 3000;
  auto& topic = request.topic_data.emplace_back();
  if (options_.produce_version >= kProduceVersionWithTopicIds) {
    topic.topic_id = topic_id_;
  } else {
    topic.name = options_.topic;
  }
  InFlight sent;
  for (size_t i = 0; i < partitions_.size(); ++i) {
    Partition& partition = partitions_[i];
    const bool has_unsent = partition.sent < partition.unsettled.size();
    if (!has_unsent && (finishing_ || random_.OneOf(1, 3))) continue;
    if (!has_unsent) partition.unsettled.push_back(MakeBatch(i));
    auto& data = topic.partition_data.emplace_back();
    data.index = PartitionId(static_cast<int32_t>(i));
    data.records.emplace(partition.unsettled[partition.sent++].bytes);
    sent.push_back(i);
  }
  if (sent.empty()) co_return OkStatus();
  in_flight_.push_back(std::move(sent));
  co_return co_await link_->Send(std::move(request), options_.produce_version);
}

Task<Status> ProducerClient::ReceiveOne() {
  const InFlight asked = std::move(in_flight_.front());
  in_flight_.pop_front();
  CO_ASSIGN_OR_RETURN(const ProduceResponse response,
                      co_await link_->Receive<ProduceRequest>(options_.produce_version));
  size_t answers = 0;
  for (const auto& topic : response.responses) {
    for (const auto& answer : topic.partition_responses) {
      ++answers;
      const auto i = static_cast<size_t>(answer.index.value());
      if (std::ranges::find(asked, i) == asked.end()) co_return Internal("an answer not asked for");
      CO_RETURN_IF_ERROR(Settle(i, answer.error_code, answer.base_offset));
    }
  }
  if (answers != asked.size()) {
    journal_.Anomaly(StrCat(answers, " partitions answered of ", asked.size(), " produced to"));
  }
  co_return OkStatus();
}

Status ProducerClient::Settle(size_t partition, ErrorCode error, Offset base_offset) {
  if (error != ErrorCode::kNone) {
    if (error == ErrorCode::kKafkaStorageError) ++storage_errors_;
    // Each record is sent with its place in a sequence that only moves on when the broker said that
    // it has the one before. Whatever a client cannot cure by trying again is the broker's mistake.
    if (!IsRetriable(error) || error == ErrorCode::kCorruptMessage) {
      journal_.Anomaly(StrCat("partition ", partition, ": Produce: ", NameOf(error)));
    }
    return KafkaError(error, StrCat("Produce: ", NameOf(error)));
  }
  Partition& p = partitions_[partition];
  const Batch& batch = p.unsettled.front();
  journal_.Acknowledged(partition, batch.first, batch.count, base_offset);
  p.unsettled.pop_front();
  --p.sent;
  return OkStatus();
}

Codec ProducerClient::DrawCodec() {
  const bool zstd = options_.produce_version >= kProduceVersionWithZstd;
  return static_cast<Codec>(random_.Below(zstd ? 5 : 4));
}

ProducerClient::Batch ProducerClient::MakeBatch(size_t partition) {
  Partition& p = partitions_[partition];
  BatchOptions options;
  options.compression = Compression::Of(DrawCodec());
  options.producer_id = producer_id_;
  options.producer_epoch = producer_epoch_;
  options.base_sequence = Sequence(static_cast<int32_t>(p.produced));
  BatchBuilder builder(options);
  Batch batch;
  batch.first = p.produced;
  batch.count = 1 + random_.Below(options_.records_per_batch_max);
  for (size_t i = 0; i < batch.count; ++i) {
    std::string value = StrCat("partition ", partition, " record ", p.produced++, " ");
    const size_t padding = random_.Below(options_.value_bytes_max);
    while (value.size() < padding) value += static_cast<char>('a' + random_.Below(26));
    NewRecord record;
    record.timestamp = runtime_.clock.WallNow();
    record.value = AsBytes(value);
    builder.Append(record);
    journal_.Produced(partition, value);
  }
  auto bytes = builder.Build();
  CHECK(bytes.ok());
  batch.bytes = *std::move(bytes);
  return batch;
}

}  // namespace penstock::sim
