// Looking at a parcel or a bulk, and waiting for it.
#include <type_traits>
#include <utility>

#include "door/core.h"

namespace penstock {
inline namespace v0 {

namespace {

Result<RecordMetadata> OutcomeOf(const Parcel& parcel, uint32_t index) {
  if (parcel.StateOf(index) == Parcel::State::kFailed) return ErrorOf(parcel.ErrorOf(index));
  const core::RecordMetadata metadata = parcel.MetadataOf(index);
  return RecordMetadata{.topic = parcel.TopicOf(index),
                        .partition = metadata.partition.value(),
                        .offset = metadata.offset.value(),
                        .timestamp = TimestampOf(metadata.timestamp)};
}

Result<BulkMetadata> OutcomeOf(const Bulk& bulk) {
  if (bulk.failed() > 0) {
    return ErrorOf(Annotate(
        bulk.first_error(),
        StrCat(bulk.failed(), " of ", bulk.failed() + bulk.delivered(), " records failed")));
  }
  BulkMetadata metadata{.topic = bulk.topic(), .records = bulk.delivered(), .partitions = {}};
  for (const auto& [partition, part] : bulk.partitions()) {
    metadata.partitions.push_back({.partition = partition.value(),
                                   .first_offset = part.first.value(),
                                   .records = part.count});
  }
  return metadata;
}

}  // namespace

template <class T>
Future<T>::Future(Future&& other) noexcept = default;

template <class T>
Future<T>& Future<T>::operator=(Future&& other) noexcept {
  if (this == &other) return *this;
  GiveUp();
  parcel_ = std::move(other.parcel_);
  bulk_ = std::move(other.bulk_);
  producer_ = std::move(other.producer_);
  index_ = other.index_;
  asked_ = other.asked_;
  return *this;
}

template <class T>
Future<T>::~Future() {
  GiveUp();
}

// Of a bulk nothing is noted: its failures have no place of their own.
template <class T>
void Future<T>::GiveUp() {
  if (parcel_ == nullptr || asked_) return;
  producer_->GiveUp({.parcel = parcel_, .index = index_});
}

template <class T>
bool Future<T>::done() const {
  if (bulk_ != nullptr) return bulk_->done();
  return parcel_->StateOf(index_) != Parcel::State::kWaiting;
}

template <class T>
bool Future<T>::Wait(Timeout timeout) {
  if (done()) return true;
  const TimeLimit deadline(LimitOf(timeout));
  const auto waiter = std::make_shared<Waiter>();
  if (bulk_ != nullptr) {
    bulk_->listeners().Add(0, waiter, 0);
  } else {
    parcel_->listeners().Add(index_, waiter, 0);
  }
  if (done()) return true;
  producer_->Hurry();
  return WaitFor(*waiter, deadline) || done();
}

template <class T>
Result<T> Future<T>::Get(Timeout timeout) {
  if (!Wait(timeout)) {
    return ErrorOf(Status(StatusCode::kDeadlineExceeded,
                          StrCat("no answer for what was sent within ", InMilliseconds(timeout),
                                 " ms; it is still on its way")));
  }
  asked_ = true;
  if constexpr (std::is_same_v<T, RecordMetadata>) {
    return OutcomeOf(*parcel_, index_);
  } else {
    return OutcomeOf(*bulk_);
  }
}

template class Future<RecordMetadata>;
template class Future<BulkMetadata>;

}  // namespace v0
}  // namespace penstock
