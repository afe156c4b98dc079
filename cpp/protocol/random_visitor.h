// Fills a message with random content. Included by the generated sources of
// penstock_protocol_random.
#pragma once

#include <cstdint>
#include <iterator>

#include "protocol/field_traits.h"
#include "protocol/random_message.h"

namespace penstock {
namespace internal {

class RandomVisitor {
 public:
  RandomVisitor(uint64_t seed, int16_t version, int16_t flexible_from)
      : state_(seed), version_(version), flexible_(version >= flexible_from) {}

  template <class T>
  void operator()(const char*, T& value, const Field& field) {
    if (field.CarriedBy(version_)) Value(value, field);
  }
  template <class T>
  void operator()(uint32_t, const char*, T& value, const Field& field) {
    if (flexible_ && field.CarriedBy(version_) && Below(2) != 0) Value(value, field);
  }

  template <class T>
  void Struct(T& value) {
    T::Visit(value, *this);
    if constexpr (HasTags<T>) T::VisitTagged(value, *this);
    if (!flexible_) return;
    uint32_t tag = 1000;  // above all known ones
    for (uint64_t i = Below(16) / 13; i > 0; --i) {
      tag += 1 + static_cast<uint32_t>(Below(1 << 20));
      value.unknown_tags.push_back(UnknownTag{tag, Bytes(Below(5))});
    }
  }

 private:
  static constexpr uint64_t kElementsMax = 3;

  // SplitMix64.
  uint64_t Next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  uint64_t Below(uint64_t bound) { return Next() % bound; }
  // Mostly short, sometimes around the sizes where a length takes another byte or bytes are
  // spliced.
  uint64_t Size() {
    constexpr uint64_t kEdges[] = {126, 127, 128, 1023, 1024, 1025};
    return Below(32) == 0 ? kEdges[Below(std::size(kEdges))] : Below(12);
  }
  Slice Bytes(uint64_t size) {
    Slice bytes = Slice::Allocate(size);
    for (uint64_t i = 0; i < size; ++i) bytes.mutable_data()[i] = static_cast<uint8_t>(Next());
    return bytes;
  }

  template <class T>
  void Value(T& value, const Field& field) {
    if constexpr (kIsOptional<T>) {
      if (version_ >= field.nullable_from && Below(3) == 0) {
        value.reset();
      } else {
        Value(value.emplace(), field);
      }
    } else if constexpr (std::is_same_v<T, bool>) {
      value = Below(2) != 0;
    } else if constexpr (kIsNumber<T>) {
      value = static_cast<T>(static_cast<PlainType<T>>(Next() >> Below(64)));
    } else if constexpr (std::is_same_v<T, double>) {
      value = static_cast<double>(static_cast<int64_t>(Next())) / 8;
    } else if constexpr (std::is_same_v<T, Uuid>) {
      const uint64_t high = Next();
      value = Uuid(high, Next());
    } else if constexpr (std::is_same_v<T, std::string>) {
      value.clear();
      for (uint64_t i = Size(); i > 0; --i) value += static_cast<char>('a' + Below(26));
    } else if constexpr (std::is_same_v<T, Slice>) {
      value = Bytes(Size());
    } else if constexpr (std::is_same_v<T, SliceChain>) {
      value = SliceChain();
      for (uint64_t i = Below(kElementsMax + 1); i > 0; --i) value.Append(Bytes(Size()));
    } else if constexpr (IsStruct<T>) {
      Struct(value);
    } else {
      value.clear();
      for (uint64_t i = Below(kElementsMax + 1); i > 0; --i) Value(value.emplace_back(), field);
    }
  }

  uint64_t state_;
  const int16_t version_;
  const bool flexible_;
};

}  // namespace internal

template <class M>
M RandomMessage(uint64_t seed, int16_t version) {
  M message;
  internal::RandomVisitor random(seed, version, M::kFlexible);
  random.Struct(message);
  return message;
}

}  // namespace penstock

#define PENSTOCK_INSTANTIATE_RANDOM(M) template M RandomMessage<M>(uint64_t, int16_t);
