// A bounded queue from any number of threads to one, without locks. A producer claims a slot by
// compare-and-swap, fills it and publishes it by the slot's own sequence number; the consumer takes
// slots in the order of their claims.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/check.h"

namespace penstock {

template <class T>
class MpscRing {
 public:
  static constexpr size_t kLineBytes = 64;

  // `capacity` is a power of two, at least 2.
  explicit MpscRing(size_t capacity) : mask_(capacity - 1), slots_(new Slot[capacity]) {
    CHECK(capacity > 1 && (capacity & mask_) == 0);
    for (size_t i = 0; i < capacity; ++i) slots_[i].sequence.store(i, std::memory_order_relaxed);
  }
  MpscRing(const MpscRing&) = delete;
  MpscRing& operator=(const MpscRing&) = delete;

  // From any thread: moves from `value` and returns true, or leaves it and returns false if the
  // ring is full.
  bool TryPush(T& value) {
    uint64_t position = tail_.load(std::memory_order_relaxed);
    while (true) {
      Slot& slot = slots_[position & mask_];
      const uint64_t sequence = slot.sequence.load(std::memory_order_acquire);
      if (sequence == position) {
        if (!tail_.compare_exchange_weak(position, position + 1, std::memory_order_relaxed))
          continue;
        slot.value = std::move(value);
        slot.sequence.store(position + 1, std::memory_order_release);
        return true;
      }
      if (static_cast<int64_t>(sequence - position) < 0) return false;
      position = tail_.load(std::memory_order_relaxed);
    }
  }

  // The consumer: false if nothing is there (or the next producer has claimed its slot and not
  // filled it yet).
  bool TryPop(T& value) {
    Slot& slot = slots_[head_ & mask_];
    if (slot.sequence.load(std::memory_order_acquire) != head_ + 1) return false;
    value = std::move(slot.value);
    slot.value = T();
    slot.sequence.store(head_ + mask_ + 1, std::memory_order_release);
    ++head_;
    return true;
  }
  // The consumer: whether TryPop would fail.
  bool empty() const {
    return slots_[head_ & mask_].sequence.load(std::memory_order_acquire) != head_ + 1;
  }

 private:
  struct alignas(kLineBytes) Slot {
    std::atomic<uint64_t> sequence;
    T value{};
  };

  const uint64_t mask_;
  const std::unique_ptr<Slot[]> slots_;
  alignas(kLineBytes) std::atomic<uint64_t> tail_{0};
  alignas(kLineBytes) uint64_t head_ = 0;
};

}  // namespace penstock
