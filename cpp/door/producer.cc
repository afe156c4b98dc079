// The public face of SharedProducer: from ProducerRecord to OutgoingRecord, and waiting for room.
#include <utility>

#include "door/core.h"

namespace penstock {
inline namespace v0 {

namespace {

constexpr size_t kFieldBytesMax = INT32_MAX;
constexpr Timeout kTimeOfDestructor = std::chrono::seconds(10);

Status CheckSize(const std::optional<std::string_view>& bytes, std::string_view what) {
  if (!bytes.has_value() || bytes->size() <= kFieldBytesMax) return OkStatus();
  return InvalidArgument(StrCat("the ", what, " has ", bytes->size(), " bytes; at most ",
                                kFieldBytesMax, " can be sent"));
}

Status Check(const ProducerRecord& record) {
  RETURN_IF_ERROR(CheckSize(record.value, "value"));
  RETURN_IF_ERROR(CheckSize(record.key, "key"));
  for (const Header& header : record.headers) {
    RETURN_IF_ERROR(CheckSize(header.key, "key of a header"));
    RETURN_IF_ERROR(CheckSize(header.value, "value of a header"));
  }
  if (record.partition.has_value() && *record.partition < 0) {
    return InvalidArgument(StrCat("partition ", *record.partition, " is negative"));
  }
  if (record.timestamp.has_value() && record.timestamp->time_since_epoch().count() < 0) {
    return InvalidArgument("the timestamp lies before 1970");
  }
  return OkStatus();
}

// A ProducerRecord as the core takes it; points to what the record points to.
class Outgoing {
 public:
  Status Take(const ProducerRecord& record) {
    RETURN_IF_ERROR(Check(record));
    headers_.clear();
    for (const Header& header : record.headers) {
      headers_.push_back({.key = header.key, .value = BytesOf(header.value)});
    }
    record_ = {.partition = std::nullopt,
               .timestamp = kNoTimestamp,
               .key = BytesOf(record.key),
               .value = BytesOf(record.value),
               .headers = headers_};
    if (record.partition.has_value()) record_.partition = PartitionId(*record.partition);
    if (record.timestamp.has_value()) record_.timestamp = MillisecondsOf(*record.timestamp);
    return OkStatus();
  }
  const OutgoingRecord& record() const { return record_; }

 private:
  std::vector<RecordHeaderView> headers_;
  OutgoingRecord record_;
};

Status WaitForRoom(SharedProducer& producer, const TimeLimit& deadline) {
  const auto waiter = std::make_shared<Waiter>();
  producer.ListenForRoom(waiter, 0);
  if (producer.HasRoom() || WaitFor(*waiter, deadline)) return OkStatus();
  return Status(
      StatusCode::kDeadlineExceeded,
      StrCat("no room for a record within max.block.ms (", InMilliseconds(producer.block_max()),
             " ms): buffer.memory is full of records that are not delivered"));
}

// Calls `attempt`, which says whether there was room, until there was.
template <class Attempt>
Status WhenThereIsRoom(SharedProducer& producer, Attempt attempt) {
  ASSIGN_OR_RETURN(bool taken, attempt());
  if (taken) return OkStatus();
  const TimeLimit deadline(producer.block_max());
  while (!taken) {
    RETURN_IF_ERROR(WaitForRoom(producer, deadline));
    ASSIGN_OR_RETURN(taken, attempt());
  }
  return OkStatus();
}

}  // namespace

Producer::Producer(std::shared_ptr<Engine> engine, std::shared_ptr<SharedProducer> shared)
    : engine_(std::move(engine)), shared_(std::move(shared)) {}
Producer::Producer(Producer&& other) noexcept = default;
Producer::~Producer() { End(); }

Producer& Producer::operator=(Producer&& other) noexcept {
  if (this == &other) return *this;
  End();
  shared_ = std::move(other.shared_);
  engine_ = std::move(other.engine_);
  return *this;
}

void Producer::End() {
  if (shared_ != nullptr && engine_->CheckProcess().ok()) {
    static_cast<void>(shared_->Close(kTimeOfDestructor));
  }
  shared_.reset();
}

Result<Future<RecordMetadata>> Producer::Send(std::string_view topic,
                                              const ProducerRecord& record) {
  Outgoing outgoing;
  if (const Status fine = outgoing.Take(record); !fine.ok()) return ErrorOf(fine);
  const std::string& name = shared_->Topic(topic);
  std::optional<SharedProducer::Ticket> ticket;
  const Status sent = WhenThereIsRoom(*shared_, [&]() -> StatusOr<bool> {
    ASSIGN_OR_RETURN(ticket, shared_->TrySend(name, outgoing.record()));
    return ticket.has_value();
  });
  if (!sent.ok()) return ErrorOf(sent);
  Future<RecordMetadata> future;
  future.producer_ = shared_;
  future.parcel_ = std::move(ticket->parcel);
  future.index_ = ticket->index;
  return future;
}

Result<Future<BulkMetadata>> Producer::SendMany(std::string_view topic,
                                                std::span<const ProducerRecord> records) {
  const std::string& name = shared_->Topic(topic);
  const auto bulk = std::make_shared<Bulk>(name);
  Outgoing outgoing;
  size_t count = 0;
  Status sent;
  for (const ProducerRecord& record : records) {
    sent = outgoing.Take(record);
    if (sent.ok()) {
      sent = WhenThereIsRoom(*shared_,
                             [&] { return shared_->TrySendIn(bulk, name, outgoing.record()); });
    }
    if (!sent.ok()) break;
    ++count;
  }
  shared_->Seal(bulk);
  if (!sent.ok()) {
    return ErrorOf(Annotate(sent, StrCat(count, " of ", records.size(), " records were sent")));
  }
  Future<BulkMetadata> future;
  future.producer_ = shared_;
  future.bulk_ = bulk;
  return future;
}

Result<void> Producer::Flush(Timeout timeout) {
  if (const Status here = engine_->CheckProcess(); !here.ok()) return ErrorOf(here);
  const TimeLimit deadline(LimitOf(timeout));
  const auto waiter = std::make_shared<Waiter>();
  shared_->Flush(waiter, 0);
  if (WaitFor(*waiter, deadline)) return {};
  return ErrorOf(Status(StatusCode::kDeadlineExceeded,
                        StrCat("flush: ", unanswered(), " records are still on their way")));
}

Result<void> Producer::Close(Timeout timeout) {
  if (const Status here = engine_->CheckProcess(); !here.ok()) return ErrorOf(here);
  const int64_t failed = shared_->Close(DurationOf(timeout));
  if (failed == 0) return {};
  return ErrorOf(
      Unavailable(StrCat("close: ", failed, " records were not delivered; their Futures say why")));
}

int64_t Producer::unanswered() const { return shared_->unanswered(); }

std::vector<DeliveryFailure> Producer::TakeFailures() {
  std::vector<DeliveryFailure> failures;
  for (const SharedProducer::Failure& failure : shared_->TakeFailures()) {
    failures.push_back(
        {.topic = failure.topic, .records = failure.records, .why = ErrorOf(failure.why)});
  }
  return failures;
}

}  // namespace v0
}  // namespace penstock
