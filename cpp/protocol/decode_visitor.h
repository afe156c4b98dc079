// Fills a message that has its defaults from a reader. Lengths are held against the bytes left
// before anything is allocated; what a version does not carry keeps its default.
#pragma once

#include <algorithm>

#include "protocol/codec.h"
#include "protocol/field_traits.h"

namespace penstock::internal {

class DecodeVisitor {
 public:
  DecodeVisitor(WireReader& reader, int16_t version, int16_t flexible_from)
      : reader_(reader), version_(version), flexible_(version >= flexible_from) {}

  template <class T>
  void operator()(const char*, T& value, const Field& field) {
    if (field.CarriedBy(version_)) Nullable(value, field);
  }

  template <class T>
  void Struct(T& value) {
    T::Visit(value, *this);
    if (flexible_) Tags(value);
  }

 private:
  static constexpr int64_t kNull = -1;
  // An array grows as its elements arrive; only this much is taken on the word of its length.
  static constexpr size_t kReserveBytesMax = size_t{1} << 20;

  // Reads the field with this tag, if the version knows it.
  struct TagReader {
    DecodeVisitor& decode;
    uint32_t tag;
    bool found = false;

    template <class T>
    void operator()(uint32_t own_tag, const char*, T& value, const Field& field) {
      if (own_tag != tag || !field.CarriedBy(decode.version_)) return;
      found = true;
      decode.Nullable(value, field);
    }
  };

  template <class T>
  void Tags(T& value) {
    const uint32_t count = reader_.ReadUvarint();
    if (__builtin_expect(count != 0, 0)) ReadTags(value, count);
  }

  template <class T>
  void ReadTags(T& value, uint32_t count) {
    int64_t last = -1;
    for (uint32_t i = 0; i < count && reader_.ok(); ++i) {
      const uint32_t tag = reader_.ReadUvarint();
      if (!reader_.TakeElements(1)) return;
      const uint32_t size = reader_.ReadUvarint();
      if (tag <= last) return reader_.Fail("tags do not ascend");
      if (size > reader_.remaining()) {
        return reader_.Fail("a tagged field is longer than the bytes left");
      }
      last = tag;
      const size_t end = reader_.position() + size;
      TagReader known{*this, tag};
      if constexpr (HasTags<T>) T::VisitTagged(value, known);
      if (!known.found) {
        value.unknown_tags.push_back(UnknownTag{tag, reader_.ReadSlice(size)});
      } else if (reader_.ok() && reader_.position() != end) {
        return reader_.Fail("a tagged field does not fill its size");
      }
    }
  }

  template <class T>
  void Nullable(T& value, const Field& field) {
    if constexpr (kIsOptional<T>) {
      using Inner = typename T::value_type;
      int64_t length = 0;
      if constexpr (IsStruct<Inner>) {
        length = version_ < field.nullable_from ? 0 : std::min<int64_t>(reader_.Read<int8_t>(), 0);
      } else {
        length = Length<Inner>(field);
      }
      if (length < 0) {
        if (version_ < field.nullable_from) reader_.Fail("a field must not be null");
        value.reset();
      } else {
        if (!value.has_value()) value.emplace();
        Sized(*value, static_cast<size_t>(length), field);
      }
    } else {
      Value(value, field);
    }
  }

  // The length of a text, bytes or an array, -1 for null.
  template <class T>
  int64_t Length(const Field& field) {
    constexpr bool kIsText = std::is_same_v<T, std::string>;
    int64_t length;
    if (flexible_ && !field.plain) {
      length = int64_t{reader_.ReadUvarint()} - 1;
      if (kIsText && length > INT16_MAX) reader_.Fail("a text is longer than 32767 bytes");
    } else if constexpr (kIsText) {
      length = reader_.Read<int16_t>();
    } else {
      length = reader_.Read<int32_t>();
    }
    if (__builtin_expect(!reader_.ok(), 0)) return 0;
    if (__builtin_expect(length < kNull, 0)) {
      reader_.Fail("a length is negative");
      return 0;
    }
    return length;
  }

  template <class T>
  void Value(T& value, const Field& field) {
    if constexpr (std::is_same_v<T, bool>) {
      value = reader_.ReadBool();
    } else if constexpr (kIsNumber<T>) {
      value = static_cast<T>(reader_.Read<PlainType<T>>());
    } else if constexpr (std::is_same_v<T, double>) {
      value = reader_.ReadDouble();
    } else if constexpr (std::is_same_v<T, Uuid>) {
      value = reader_.ReadUuid();
    } else if constexpr (IsStruct<T>) {
      Struct(value);
    } else {
      const int64_t length = Length<T>(field);
      if (__builtin_expect(length < 0, 0)) return reader_.Fail("a field must not be null");
      Sized(value, static_cast<size_t>(length), field);
    }
  }

  template <class T>
  void Sized(T& value, size_t length, const Field& field) {
    if constexpr (FixedSize<T>() != 0) {
      Value(value, field);
    } else if constexpr (IsStruct<T>) {
      Struct(value);
    } else if constexpr (std::is_same_v<T, std::string>) {
      value = reader_.ReadText(length);
    } else if constexpr (std::is_same_v<T, Slice>) {
      value = reader_.ReadSlice(length);
    } else if constexpr (std::is_same_v<T, SliceChain>) {
      value = SliceChain(reader_.ReadSlice(length));
    } else {
      Array(value, length, field);
    }
  }

  template <class T>
  void Array(T& value, size_t count, const Field& field) {
    using Element = typename T::value_type;
    if (!reader_.TakeElements(count)) return;
    value.clear();
    value.reserve(std::min(count, kReserveBytesMax / sizeof(Element)));
    for (size_t i = 0; i < count && reader_.ok(); ++i) Value(value.emplace_back(), field);
  }

  WireReader& reader_;
  const int16_t version_;
  const bool flexible_;
};

}  // namespace penstock::internal
