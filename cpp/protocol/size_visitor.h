// Computes the encoded size of a message and finds whatever its version cannot carry.
#pragma once

#include <string_view>

#include "protocol/codec.h"
#include "protocol/field_traits.h"

namespace penstock::internal {

class SizeVisitor {
 public:
  static constexpr size_t kTextBytesMax = INT16_MAX;

  SizeVisitor(int16_t version, int16_t flexible_from)
      : version_(version), flexible_(version >= flexible_from) {}

  const EncodedSize& size() const { return size_; }
  bool ok() const { return failure_ == nullptr; }
  Status status(std::string_view message) const;

  template <class T>
  void operator()(const char* name, const T& value, const Field& field) {
    if (!field.CarriedBy(version_)) return Refuse(name, value, field);
    Nullable(name, value, field);
  }
  template <class T>
  void operator()(uint32_t tag, const char* name, const T& value, const Field& field) {
    if (!flexible_ || !field.CarriedBy(version_)) return Refuse(name, value, field);
    if (IsDefault(value, field)) return;
    const size_t before = size_.total;
    Nullable(name, value, field);
    ++tags_;
    size_.total += TagHead(tag, size_.total - before);
  }

  template <class T>
  void Struct(const T& value) {
    T::Visit(value, *this);
    if (!flexible_) {
      if constexpr (HasTags<T>) T::VisitTagged(value, *this);
      if (!value.unknown_tags.empty()) Fail("unknown_tags", kNotCarried);
      return;
    }
    const uint32_t outer = std::exchange(tags_, static_cast<uint32_t>(value.unknown_tags.size()));
    if constexpr (HasTags<T>) T::VisitTagged(value, *this);
    for (const UnknownTag& unknown : value.unknown_tags) {
      Bytes(unknown.data);
      size_.total += TagHead(unknown.tag, unknown.data.size());
    }
    size_.total += WireWriter::SizeOfUvarint(std::exchange(tags_, outer));
  }

  // A value as its field holds it, without the tag.
  template <class T>
  void Nullable(const char* name, const T& value, const Field& field) {
    if constexpr (kIsOptional<T>) {
      if (value.has_value()) {
        if constexpr (IsStruct<typename T::value_type>) {
          if (version_ >= field.nullable_from) size_.total += 1;
        }
        return Value(name, *value, field);
      }
      if (version_ < field.nullable_from) return Fail(name, "must not be null");
      using Inner = typename T::value_type;
      if constexpr (IsStruct<Inner>) {
        size_.total += 1;
      } else {
        size_.total += LengthSize(0, std::is_same_v<Inner, std::string> ? 2 : 4, field);
      }
    } else {
      Value(name, value, field);
    }
  }

 private:
  static constexpr const char* kNotCarried = "cannot be sent";

  static size_t TagHead(uint32_t tag, size_t size) {
    return WireWriter::SizeOfUvarint(tag) + WireWriter::SizeOfUvarint(static_cast<uint32_t>(size));
  }
  size_t LengthSize(size_t length, size_t plain, const Field& field) const {
    return flexible_ && !field.plain ? WireWriter::SizeOfUvarint(static_cast<uint32_t>(length + 1))
                                     : plain;
  }
  void Bytes(const Slice& slice) {
    size_.total += slice.size();
    if (slice.size() >= WireWriter::kSpliceBytesMin) size_.spliced += slice.size();
  }

  template <class T>
  void Value(const char* name, const T& value, const Field& field) {
    if constexpr (FixedSize<T>() != 0) {
      size_.total += FixedSize<T>();
    } else if constexpr (IsStruct<T>) {
      Struct(value);
    } else if constexpr (std::is_same_v<T, std::string>) {
      if (value.size() > kTextBytesMax) Fail(name, "is longer than 32767 bytes");
      size_.total += LengthSize(value.size(), 2, field) + value.size();
    } else if constexpr (std::is_same_v<T, Slice>) {
      size_.total += LengthSize(value.size(), 4, field);
      Bytes(value);
    } else if constexpr (std::is_same_v<T, SliceChain>) {
      size_.total += LengthSize(value.size(), 4, field);
      for (const Slice& slice : value.slices()) Bytes(slice);
    } else {
      static_assert(kIsVector<T>);
      using Element = typename T::value_type;
      size_.total += LengthSize(value.size(), 4, field);
      if constexpr (FixedSize<Element>() != 0) {
        size_.total += value.size() * FixedSize<Element>();
      } else {
        for (const Element& element : value) Value(name, element, field);
      }
    }
  }

  template <class T>
  void Refuse(const char* name, const T& value, const Field& field) {
    if (!field.ignorable && !IsDefault(value, field)) Fail(name, kNotCarried);
  }
  void Fail(const char* name, const char* what) {
    if (failure_ != nullptr) return;
    failed_field_ = name;
    failure_ = what;
  }

  const int16_t version_;
  const bool flexible_;
  EncodedSize size_;
  uint32_t tags_ = 0;  // that the struct being visited sends
  const char* failed_field_ = nullptr;
  const char* failure_ = nullptr;
};

}  // namespace penstock::internal
