// Records live in memory; a crash takes what was not made safe by a pause that stands for a sync.
#include "tests/sim/fake/fake_broker.h"

#include <algorithm>
#include <utility>

#include "base/endian.h"
#include "base/strings.h"
#include "protocol/frame.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/init_producer_id.h"
#include "record/batch_builder.h"
#include "record/batch_view.h"
#include "record/record_iterator.h"
#include "runtime/race.h"

namespace penstock::sim {
namespace {

constexpr Duration kSyncTime = Microseconds(3000);
constexpr Duration kFetchTime = Microseconds(400);
constexpr Duration kStartTime = Microseconds(500);
constexpr size_t kBatchesRemembered = 5;

const Uuid& TopicId() {
  static const Uuid id = *Uuid::FromRandomBits(1, 2);
  return id;
}

}  // namespace

SimNode::Program FakeBroker::NextStart() {
  serving_ = false;
  stop_.emplace(machine_);
  for (Partition& partition : partitions_) {
    if (stopped_ && mistake_ == Mistake::kForgetsItsStart && !partition.batches.empty()) {
      partition.batches.pop_back();
    }
    partition.safe = std::min(partition.safe, partition.batches.size());
    partition.batches.resize(partition.safe);
  }
  stopped_ = false;
  forgot_sequences_ = mistake_ == Mistake::kForgetsSequences;
  return [this](Runtime& runtime) { return Serve(runtime); };
}

Task<> FakeBroker::Serve(Runtime& runtime) {
  co_await runtime.timers.SleepUntil(runtime.clock.Now() + kStartTime);
  TaskGroup connections(runtime.executor, [](const Status&) {});
  Task<> accepting = Accept(runtime, connections);
  Task<> stopping = stop_->Wait();
  co_await Race(std::move(accepting), std::move(stopping));
  co_await connections.Stop();
  for (Partition& partition : partitions_) partition.safe = partition.batches.size();
  stopped_ = true;
}

Task<> FakeBroker::Accept(Runtime& runtime, TaskGroup& connections) {
  Address address{.host = "", .port = kBrokerPort};
  auto listener = co_await runtime.network.Listen(std::move(address));
  CHECK(listener.ok());
  serving_ = true;
  while (true) {
    auto connection = co_await (*listener)->Accept();
    if (!connection.ok()) continue;
    connections.Start(Talk(*std::move(connection)));
  }
}

Task<StatusOr<Slice>> FakeBroker::ReadExactly(Connection& connection, size_t size) {
  Slice bytes = Slice::Allocate(size);
  for (size_t done = 0; done < size;) {
    Slice rest = bytes.Sub(done);
    CO_ASSIGN_OR_RETURN(const size_t count, co_await connection.Read(std::move(rest)));
    if (count == 0) co_return Unavailable("closed");
    done += count;
  }
  co_return bytes;
}

Task<> FakeBroker::Talk(std::unique_ptr<Connection> connection) {
  while (true) {
    auto prefix = co_await ReadExactly(*connection, 4);
    if (!prefix.ok()) co_return;
    const auto length = static_cast<size_t>(LoadBig<int32_t>(prefix->data()));
    auto frame = co_await ReadExactly(*connection, length);
    if (!frame.ok()) co_return;
    auto answer = co_await Answer(*std::move(frame));
    if (!answer.ok()) co_return;
    const Status written = co_await connection->Write(*std::move(answer));
    if (!written.ok()) co_return;
  }
}

template <class Request, class Function>
Task<StatusOr<SliceChain>> FakeBroker::AnswerWith(WireReader& reader, RequestHeader header,
                                                  Function function) {
  Request request;
  const int16_t version = header.request_api_version;
  CO_RETURN_IF_ERROR(Decode(reader, request, version));
  const typename Request::Response response = function(request);
  co_return EncodeResponse(header.correlation_id, response, version);
}

Task<StatusOr<SliceChain>> FakeBroker::Answer(Slice frame) {
  WireReader reader(std::move(frame));
  CO_ASSIGN_OR_RETURN(RequestHeader header, DecodeRequestHeader(reader));
  switch (static_cast<ApiKey>(header.request_api_key)) {
    case ApiKey::kCreateTopics: {
      auto create = [this](const CreateTopicsRequest& request) {
        topic_ = request.topics.front().name;
        if (partitions_.empty()) {
          partitions_.resize(static_cast<size_t>(request.topics.front().num_partitions));
        }
        CreateTopicsResponse response;
        response.topics.emplace_back().name = topic_;
        return response;
      };
      co_return co_await AnswerWith<CreateTopicsRequest>(reader, header, create);
    }
    case ApiKey::kMetadata: {
      auto describe = [this](const MetadataRequest& request) { return Describe(request); };
      co_return co_await AnswerWith<MetadataRequest>(reader, header, describe);
    }
    case ApiKey::kInitProducerId: {
      auto give = [this](const InitProducerIdRequest&) {
        InitProducerIdResponse response;
        response.producer_id = ProducerId(next_producer_id_++);
        response.producer_epoch = ProducerEpoch(0);
        return response;
      };
      co_return co_await AnswerWith<InitProducerIdRequest>(reader, header, give);
    }
    case ApiKey::kFetch: {
      co_await machine_.Pass(kFetchTime);
      auto fetch = [this](const FetchRequest& request) { return Fetch(request); };
      co_return co_await AnswerWith<FetchRequest>(reader, header, fetch);
    }
    case ApiKey::kProduce:
      co_return co_await AnswerProduce(reader, std::move(header));
    default:
      co_return InvalidArgument("not known here");
  }
}

MetadataResponse FakeBroker::Describe(const MetadataRequest& request) {
  MetadataResponse response;
  auto& topic = response.topics.emplace_back();
  topic.name = request.topics->front().name;
  topic.topic_id = TopicId();
  if (partitions_.empty()) topic.error_code = ErrorCode::kUnknownTopicOrPartition;
  for (size_t i = 0; i < partitions_.size(); ++i) {
    topic.partitions.emplace_back().partition_index = PartitionId(static_cast<int32_t>(i));
  }
  return response;
}

void FakeBroker::BreakBatch(Partition& partition) {
  const size_t count = partition.batches.size();
  if (broke_a_batch_ || count < 2) return;
  Batch& last = partition.batches[count - 1];
  if (mistake_ == Mistake::kSwapsBatches) {
    broke_a_batch_ = true;
    Batch& before = partition.batches[count - 2];
    const Offset base = before.base_offset;
    std::swap(before.bytes, last.bytes);
    before.base_offset = base;
    PatchBaseOffset({before.bytes.mutable_data(), before.bytes.size()}, base);
    before.end_offset = BatchView::Parse(before.bytes.span())->next_offset();
    last.base_offset = before.end_offset;
    PatchBaseOffset({last.bytes.mutable_data(), last.bytes.size()}, last.base_offset);
  } else if (mistake_ == Mistake::kChangesARecord) {
    broke_a_batch_ = true;
    const auto batch = BatchView::Parse(last.bytes.span());
    BatchOptions options;
    options.base_offset = last.base_offset;
    BatchBuilder builder(options);
    for (int32_t i = 0; i < batch->records_count(); ++i) {
      NewRecord record;
      record.value = AsBytes("another record");
      builder.Append(record);
    }
    last.bytes = *builder.Build();
  }
}

// The offset of the batch, which may have been there already.
Offset FakeBroker::Append(Partition& partition, const Slice& records) {
  const Sequence base_sequence = BatchView::Parse(records.span())->base_sequence();
  const size_t count = partition.batches.size();
  const size_t known = forgot_sequences_ ? 0 : std::min(count, kBatchesRemembered);
  for (size_t i = count - known; i < count; ++i) {
    if (partition.batches[i].base_sequence == base_sequence) {
      return partition.batches[i].base_offset;
    }
  }
  Batch batch;
  batch.bytes = Slice::CopyOf(records.span());
  batch.base_sequence = base_sequence;
  batch.base_offset = partition.log_end_offset();
  PatchBaseOffset({batch.bytes.mutable_data(), batch.bytes.size()}, batch.base_offset);
  batch.end_offset = BatchView::Parse(batch.bytes.span())->next_offset();
  partition.batches.push_back(batch);
  const Offset base_offset = batch.base_offset;
  BreakBatch(partition);
  return base_offset;
}

Task<StatusOr<SliceChain>> FakeBroker::AnswerProduce(WireReader& reader, RequestHeader header) {
  ProduceRequest request;
  const int16_t version = header.request_api_version;
  CO_RETURN_IF_ERROR(Decode(reader, request, version));
  ProduceResponse response;
  auto& topic = response.responses.emplace_back();
  topic.name = request.topic_data.front().name;
  topic.topic_id = request.topic_data.front().topic_id;
  for (const auto& data : request.topic_data.front().partition_data) {
    auto& answer = topic.partition_responses.emplace_back();
    answer.index = data.index;
    Partition& partition = partitions_[static_cast<size_t>(data.index.value())];
    answer.base_offset = Append(partition, data.records->Flatten());
  }
  forgot_sequences_ = false;
  std::vector<size_t> counts;
  for (const Partition& partition : partitions_) counts.push_back(partition.batches.size());
  if (mistake_ != Mistake::kAcknowledgesTooEarly) co_await machine_.Pass(kSyncTime);
  for (size_t i = 0; i < counts.size(); ++i) {
    // Too early: the last batch of each is still on its way to the disk.
    const bool early = mistake_ == Mistake::kAcknowledgesTooEarly && counts[i] > 0;
    partitions_[i].safe = std::max(partitions_[i].safe, counts[i] - (early ? 1 : 0));
  }
  co_return EncodeResponse(header.correlation_id, response, version);
}

FetchResponse FakeBroker::Fetch(const FetchRequest& request) {
  FetchResponse response;
  for (const auto& asked_topic : request.topics) {
    auto& topic = response.responses.emplace_back();
    topic.topic = asked_topic.topic;
    topic.topic_id = asked_topic.topic_id;
    for (const auto& asked : asked_topic.partitions) {
      const Partition& partition = partitions_[static_cast<size_t>(asked.partition.value())];
      auto& data = topic.partitions.emplace_back();
      data.partition_index = asked.partition;
      const bool all = mistake_ == Mistake::kServesUnsafeRecords;
      const size_t visible = all ? partition.batches.size() : partition.safe;
      data.high_watermark = visible == 0 ? Offset(0) : partition.batches[visible - 1].end_offset;
      if (asked.fetch_offset > partition.log_end_offset()) {
        data.error_code = ErrorCode::kOffsetOutOfRange;
        continue;
      }
      data.records.emplace();
      for (size_t i = 0; i < visible; ++i) {
        if (partition.batches[i].end_offset <= asked.fetch_offset) continue;
        data.records->Append(partition.batches[i].bytes);
        break;
      }
    }
  }
  return response;
}

}  // namespace penstock::sim
