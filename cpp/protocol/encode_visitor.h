// Writes a message of which SizeVisitor found that its version can carry it.
#pragma once

#include "protocol/size_visitor.h"

namespace penstock::internal {

class EncodeVisitor {
 public:
  EncodeVisitor(WireWriter& writer, int16_t version, int16_t flexible_from)
      : writer_(writer),
        version_(version),
        flexible_from_(flexible_from),
        flexible_(version >= flexible_from) {}

  template <class T>
  void operator()(const char*, const T& value, const Field& field) {
    if (field.CarriedBy(version_)) Nullable(value, field);
  }

  template <class T>
  void Struct(const T& value) {
    T::Visit(value, *this);
    if (flexible_) Tags(value);
  }

 private:
  // How many fields differ from their default.
  struct TagCounter {
    int16_t version;
    uint32_t count = 0;

    template <class T>
    void operator()(uint32_t, const char*, const T& value, const Field& field) {
      if (field.CarriedBy(version) && !IsDefault(value, field)) ++count;
    }
  };

  // Writes these fields and, between them, the unknown ones, so that all tags ascend.
  struct TagWriter {
    EncodeVisitor& encode;
    const UnknownTags& unknown;
    size_t next = 0;

    template <class T>
    void operator()(uint32_t tag, const char* name, const T& value, const Field& field) {
      if (!field.CarriedBy(encode.version_) || IsDefault(value, field)) return;
      WriteUnknownBelow(tag);
      SizeVisitor size(encode.version_, encode.flexible_from_);
      size.Nullable(name, value, field);
      encode.writer_.WriteUvarint(tag);
      encode.writer_.WriteUvarint(static_cast<uint32_t>(size.size().total));
      encode.Nullable(value, field);
    }
    void WriteUnknownBelow(uint64_t tag) {
      for (; next < unknown.size() && unknown[next].tag < tag; ++next) {
        encode.writer_.WriteUvarint(unknown[next].tag);
        encode.writer_.WriteUvarint(static_cast<uint32_t>(unknown[next].data.size()));
        encode.writer_.WriteSlice(unknown[next].data);
      }
    }
  };

  template <class T>
  void Tags(const T& value) {
    TagCounter counter{version_};
    if constexpr (HasTags<T>) T::VisitTagged(value, counter);
    writer_.WriteUvarint(counter.count + static_cast<uint32_t>(value.unknown_tags.size()));
    TagWriter tags{*this, value.unknown_tags};
    if constexpr (HasTags<T>) T::VisitTagged(value, tags);
    tags.WriteUnknownBelow(uint64_t{1} << 32);
  }

  template <class T>
  void Nullable(const T& value, const Field& field) {
    if constexpr (kIsOptional<T>) {
      using Inner = typename T::value_type;
      if constexpr (IsStruct<Inner>) {
        if (version_ >= field.nullable_from) writer_.Write<int8_t>(value.has_value() ? 1 : -1);
      }
      if (value.has_value()) {
        Value(*value, field);
      } else if constexpr (!IsStruct<Inner>) {
        if (flexible_ && !field.plain) {
          writer_.WriteUvarint(0);
        } else if constexpr (std::is_same_v<Inner, std::string>) {
          writer_.Write<int16_t>(-1);
        } else {
          writer_.Write<int32_t>(-1);
        }
      }
    } else {
      Value(value, field);
    }
  }

  template <class Plain>
  void Length(size_t length, const Field& field) {
    if (flexible_ && !field.plain) {
      writer_.WriteUvarint(static_cast<uint32_t>(length + 1));
    } else {
      writer_.Write(static_cast<Plain>(length));
    }
  }

  template <class T>
  void Value(const T& value, const Field& field) {
    if constexpr (std::is_same_v<T, bool>) {
      writer_.WriteBool(value);
    } else if constexpr (kIsNumber<T>) {
      writer_.Write(PlainOf(value));
    } else if constexpr (std::is_same_v<T, double>) {
      writer_.WriteDouble(value);
    } else if constexpr (std::is_same_v<T, Uuid>) {
      writer_.WriteUuid(value);
    } else if constexpr (IsStruct<T>) {
      Struct(value);
    } else if constexpr (std::is_same_v<T, std::string>) {
      Length<int16_t>(value.size(), field);
      writer_.WriteText(value);
    } else if constexpr (std::is_same_v<T, Slice>) {
      Length<int32_t>(value.size(), field);
      writer_.WriteSlice(value);
    } else if constexpr (std::is_same_v<T, SliceChain>) {
      Length<int32_t>(value.size(), field);
      writer_.WriteChain(value);
    } else {
      Length<int32_t>(value.size(), field);
      for (const auto& element : value) Value(element, field);
    }
  }

  WireWriter& writer_;
  const int16_t version_;
  const int16_t flexible_from_;
  const bool flexible_;
};

}  // namespace penstock::internal
