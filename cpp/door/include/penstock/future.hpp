// What becomes of something that was sent.
#pragma once

#include <cstdint>
#include <memory>
#include <penstock/export.hpp>
#include <penstock/record.hpp>
#include <penstock/result.hpp>
#include <penstock/time.hpp>

namespace penstock {

class Bulk;
class Parcel;
class SharedProducer;

inline namespace v0 {

// T is RecordMetadata (of Producer::Send) or BulkMetadata (of SendMany). Each record has its
// outcome at most delivery.timeout.ms after it was sent, also when the producer is closed or
// destroyed.
//
// Movable. One thread at a time uses a Future. Dropping one cancels nothing: a record that fails
// after that, or before without anybody asking, is told by Producer::TakeFailures.
template <class T>
class [[nodiscard]] Future {
 public:
  PENSTOCK_API Future(Future&& other) noexcept;
  PENSTOCK_API Future& operator=(Future&& other) noexcept;
  PENSTOCK_API ~Future();

  // True once it is delivered or has failed.
  PENSTOCK_API bool done() const;
  // Waits until it is done; false at the limit. What lingers for others to join it leaves at once.
  PENSTOCK_API bool Wait(Timeout timeout = kNoLimit);
  // Waits, and gives where it is or why it failed; as often as it is asked. kTimeout: it is not
  // done, and still on its way.
  PENSTOCK_API Result<T> Get(Timeout timeout = kNoLimit);

 private:
  friend class Producer;
  Future() = default;
  void GiveUp();

  std::shared_ptr<SharedProducer> producer_;
  // Of one record: its place in a parcel. Of many: the bulk.
  std::shared_ptr<Parcel> parcel_;
  std::shared_ptr<Bulk> bulk_;
  uint32_t index_ = 0;
  bool asked_ = false;
};

extern template class PENSTOCK_API Future<RecordMetadata>;
extern template class PENSTOCK_API Future<BulkMetadata>;

}  // namespace v0
}  // namespace penstock
