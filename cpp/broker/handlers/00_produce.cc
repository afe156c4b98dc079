// Produce (0), versions 3 to 13 (advertised from 0, so that old clients do not turn compression
// off).
//
// Appends the batches of a producer to the partitions that this node leads, one batch per
// partition. acks=0: no answer; an error closes the connection. acks=1: answered when the file has
// the batch. acks=-1: answered when the batch is as durable as the topic asks for.
//
// 5  log_start_offset      7  zstd                   8  record_errors, error_message
// 9  flexible             10  hints at the new leader  12  may add the partition to a transaction
// 13 topics by id
#include <string_view>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "broker/handlers/find_partition.h"
#include "broker/handlers/handlers.h"
#include "broker/services.h"
#include "protocol/messages/produce.h"
#include "runtime/race.h"

namespace penstock {
namespace {

constexpr int16_t kFirstVersionWithZstd = 7;
constexpr int16_t kFirstVersionWithTopicIds = 13;
constexpr std::string_view kAdminClientId = "__admin_client";

using PartitionResponse = ProduceResponse::PartitionProduceResponse;

// A batch that is in the log and waits for what acks asks for.
struct Appended {
  PartitionLease partition;
  size_t topic = 0;  // where its answer stands
  size_t index = 0;
  Offset end_offset = kNoOffset;
  bool acknowledged = false;
  Status status;
};

void SetError(PartitionResponse& response, ErrorCode code) {
  response.error_code = code;
  response.base_offset = kNoOffset;
}

// Errors that say nothing about the log itself: Kafka leaves log_start_offset out of them.
bool LeavesLogStartOut(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotEnoughReplicas:
    case ErrorCode::kUnknownTopicOrPartition:
    case ErrorCode::kNotLeaderOrFollower:
    case ErrorCode::kMessageTooLarge:
    case ErrorCode::kRecordListTooLarge:
    case ErrorCode::kCorruptMessage:
    case ErrorCode::kKafkaStorageError:
      return true;
    default:
      return false;
  }
}

void SetAppendError(PartitionResponse& response, const Partition& partition, const Status& error,
                    const ValidationScratch& scratch) {
  const ErrorCode code = ErrorCodeOf(error);
  SetError(response, code);
  if (!LeavesLogStartOut(code)) response.log_start_offset = partition.log_start_offset();
  if (scratch.record_errors.empty()) return;
  response.error_message = MessageOf(error);
  for (const RecordError& record : scratch.record_errors) {
    response.record_errors.push_back(
        {.batch_index = record.batch_index, .batch_index_error_message = record.message});
  }
}

class ProduceCall {
 public:
  ProduceCall(RequestContext& context, ProduceRequest request)
      : context_(context),
        request_(std::move(request)),
        acks_(static_cast<RequiredAcks>(request_.acks)) {}

  Task<ProduceResponse> Run() {
    PrepareResponse();
    if (request_.acks == 0) context_.AnswerNothing();
    co_await AppendAll();
    context_.Dispatched();
    co_await AwaitAcks();
    if (request_.acks == 0) CloseOnError();
    co_return std::move(response_);
  }

 private:
  void PrepareResponse() {
    response_.responses.reserve(request_.topic_data.size());
    for (const auto& topic : request_.topic_data) {
      auto& answer = response_.responses.emplace_back();
      answer.name = topic.name;
      answer.topic_id = topic.topic_id;
      answer.partition_responses.resize(topic.partition_data.size());
      for (size_t i = 0; i < topic.partition_data.size(); ++i) {
        answer.partition_responses[i].index = topic.partition_data[i].index;
      }
    }
  }

  Task<> AppendAll() {
    for (size_t t = 0; t < request_.topic_data.size(); ++t) {
      for (size_t p = 0; p < request_.topic_data[t].partition_data.size(); ++p) {
        co_await AppendOne(t, p);
      }
    }
  }

  StatusOr<PartitionLease> Find(const ProduceRequest::TopicProduceData& topic,
                                PartitionId index) const {
    return context_.api_version >= kFirstVersionWithTopicIds
               ? FindPartition(context_.services(), topic.topic_id, index)
               : FindPartition(context_.services(), topic.name, index);
  }

  // What can be said about the records without the log.
  Status CheckRecords(const std::optional<SliceChain>& records, Slice& flat) const {
    if (!records.has_value()) return KafkaError(ErrorCode::kInvalidRecord, "no records");
    flat = records->Flatten();
    ASSIGN_OR_RETURN(const Codec codec, CodecOfProducedRecords(flat.span()));
    if (codec == Codec::kZstd && context_.api_version < kFirstVersionWithZstd) {
      return KafkaError(ErrorCode::kUnsupportedCompressionType,
                        StrCat("zstd needs Produce 7 or later, not ", context_.api_version));
    }
    return OkStatus();
  }

  Status CheckPermission(const Partition& partition) const {
    if (request_.acks < -1 || request_.acks > 1) {
      return KafkaError(ErrorCode::kInvalidRequiredAcks, StrCat("acks=", request_.acks));
    }
    const std::string& topic = partition.topic_partition().topic;
    if (IsInternalTopic(topic) && context_.client_id != kAdminClientId) {
      return KafkaError(ErrorCode::kInvalidTopicException,
                        StrCat(topic, " is internal: clients do not write to it"));
    }
    return partition.CheckAcks(acks_);
  }

  Task<> AppendOne(size_t topic_index, size_t partition_index) {
    auto& topic = request_.topic_data[topic_index];
    auto& data = topic.partition_data[partition_index];
    PartitionResponse& response =
        response_.responses[topic_index].partition_responses[partition_index];
    StatusOr<PartitionLease> found = Find(topic, data.index);
    if (!found.ok()) {
      SetError(response, ErrorCodeOf(found.status()));
      co_return;
    }
    PartitionLease partition = *std::move(found);
    Slice records;
    Status ready = CheckRecords(data.records, records);
    data.records.reset();  // `records` may be the only owner now, and be changed in place
    if (ready.ok()) ready = CheckPermission(*partition);
    if (ready.ok()) {
      ready = co_await partition->Open(/*create=*/true);
    }
    if (ready.ok()) {
      ready = co_await partition->WaitForRoom();
    }
    if (!ready.ok()) {
      SetError(response, ErrorCodeOf(ready));
      co_return;
    }
    const StatusOr<AppendResult> appended = partition->AppendAsLeader(std::move(records), scratch_);
    if (!appended.ok()) {
      SetAppendError(response, *partition, appended.status(), scratch_);
      co_return;
    }
    response.base_offset = appended->base_offset;
    response.log_append_time_ms = appended->log_append_time;
    response.log_start_offset = appended->log_start_offset;
    Appended& waiting = appended_.emplace_back();
    waiting.partition = std::move(partition);
    waiting.topic = topic_index;
    waiting.index = partition_index;
    waiting.end_offset = appended->end_offset();
  }

  // All partitions become durable side by side; asking one after the other waits for the slowest.
  Task<> AwaitEach() {
    for (Appended& batch : appended_) {
      batch.status = co_await batch.partition->WaitForAcks(batch.end_offset, acks_);
      batch.acknowledged = true;
    }
  }

  Task<> AwaitAcks() {
    if (appended_.empty() || acks_ == RequiredAcks::kNone) co_return;
    if (acks_ == RequiredAcks::kLeader) {
      co_await AwaitEach();
    } else {
      Runtime& runtime = context_.services().runtime;
      const Instant deadline = runtime.clock.Now() + Milliseconds(request_.timeout_ms);
      Task<> all = AwaitEach();
      co_await Before(runtime.timers, deadline, std::move(all));
    }
    for (const Appended& batch : appended_) {
      PartitionResponse& response =
          response_.responses[batch.topic].partition_responses[batch.index];
      if (!batch.acknowledged) {
        SetError(response, ErrorCode::kRequestTimedOut);  // the records stay in the log
      } else if (!batch.status.ok()) {
        SetError(response, ErrorCodeOf(batch.status));
      }
    }
  }

  void CloseOnError() {
    for (const auto& topic : response_.responses) {
      for (const PartitionResponse& partition : topic.partition_responses) {
        if (partition.error_code == ErrorCode::kNone) continue;
        context_.CloseConnection(
            StrCat("produce with acks=0 failed: ", NameOf(partition.error_code)));
        return;
      }
    }
  }

  RequestContext& context_;
  ProduceRequest request_;
  RequiredAcks acks_;
  ProduceResponse response_;
  ValidationScratch scratch_;
  std::vector<Appended> appended_;
};

}  // namespace

Task<ProduceResponse> HandleProduce(RequestContext& context, ProduceRequest request) {
  ProduceCall call(context, std::move(request));
  co_return co_await call.Run();
}

}  // namespace penstock
