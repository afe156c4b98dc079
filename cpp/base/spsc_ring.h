// A bounded queue from one thread to one other, without locks. Slots are 64 bytes; each side keeps
// a copy of the other's position and looks at the real one only when the copy says full (or empty).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

#include "base/check.h"

namespace penstock {

template <class T>
class SpscRing {
 public:
  static constexpr size_t kLineBytes = 64;
  static_assert(sizeof(T) <= kLineBytes && std::is_trivially_copyable_v<T>);

  // `capacity` is a power of two.
  explicit SpscRing(size_t capacity) : mask_(capacity - 1), slots_(new Slot[capacity]) {
    CHECK(capacity > 0 && (capacity & mask_) == 0);
  }
  SpscRing(const SpscRing&) = delete;
  SpscRing& operator=(const SpscRing&) = delete;

  size_t capacity() const { return mask_ + 1; }

  // Producer: false if the ring is full. The value is seen by the consumer after Publish.
  bool Stage(const T& value) {
    if (staged_ - cached_head_ > mask_) {
      cached_head_ = head_.load(std::memory_order_acquire);
      if (staged_ - cached_head_ > mask_) return false;
    }
    slots_[staged_ & mask_].value = value;
    ++staged_;
    return true;
  }
  // Producer: makes everything staged visible, with one store.
  void Publish() { tail_.store(staged_, std::memory_order_release); }
  bool TryPush(const T& value) {
    if (!Stage(value)) return false;
    Publish();
    return true;
  }

  // Consumer: false if the ring is empty.
  bool TryPop(T& value) {
    if (taken_ == cached_tail_) {
      cached_tail_ = tail_.load(std::memory_order_acquire);
      if (taken_ == cached_tail_) return false;
    }
    value = slots_[taken_ & mask_].value;
    ++taken_;
    head_.store(taken_, std::memory_order_release);
    return true;
  }
  // Consumer: whether TryPop would fail.
  bool empty() const { return taken_ == tail_.load(std::memory_order_acquire); }

 private:
  struct alignas(kLineBytes) Slot {
    T value;
  };

  const uint64_t mask_;
  const std::unique_ptr<Slot[]> slots_;
  // The producer's line, the consumer's line, and one line for each position that the other side
  // reads.
  alignas(kLineBytes) uint64_t staged_ = 0;
  uint64_t cached_head_ = 0;
  alignas(kLineBytes) std::atomic<uint64_t> tail_{0};
  alignas(kLineBytes) uint64_t taken_ = 0;
  uint64_t cached_tail_ = 0;
  alignas(kLineBytes) std::atomic<uint64_t> head_{0};
};

}  // namespace penstock
