// Prints a message as JSON; see json.h for the shape.
#pragma once

#include "base/strings.h"
#include "protocol/field_traits.h"
#include "protocol/json.h"

namespace penstock::internal {

class JsonVisitor {
 public:
  JsonVisitor(std::string& out, int16_t version, int16_t flexible_from)
      : out_(out), version_(version), flexible_(version >= flexible_from) {}

  template <class T>
  void operator()(const char* name, const T& value, const Field& field) {
    if (field.CarriedBy(version_)) Member(name, value);
  }
  template <class T>
  void operator()(uint32_t, const char* name, const T& value, const Field& field) {
    if (flexible_ && field.CarriedBy(version_) && !IsDefault(value, field)) Member(name, value);
  }

  template <class T>
  void Struct(const T& value) {
    out_ += '{';
    first_ = true;
    T::Visit(value, *this);
    if constexpr (HasTags<T>) T::VisitTagged(value, *this);
    out_ += '}';
    first_ = false;
  }

 private:
  template <class T>
  void Member(std::string_view name, const T& value) {
    if (!first_) out_ += ',';
    first_ = false;
    AppendJsonName(out_,
                   IsPresentRecords(value) ? StrCat(name, "_size_in_bytes") : std::string(name));
    Value(value);
  }

  // Records that are null keep their own name.
  template <class T>
  static bool IsPresentRecords(const T& value) {
    if constexpr (std::is_same_v<T, std::optional<SliceChain>>) return value.has_value();
    return std::is_same_v<T, SliceChain>;
  }

  template <class T>
  void Value(const T& value) {
    if constexpr (kIsOptional<T>) {
      if (value.has_value()) {
        Value(*value);
      } else {
        out_ += "null";
      }
    } else if constexpr (std::is_same_v<T, bool>) {
      out_ += value ? "true" : "false";
    } else if constexpr (kIsNumber<T>) {
      out_ += std::to_string(PlainOf(value));
    } else if constexpr (std::is_same_v<T, double>) {
      AppendJsonDouble(out_, value);
    } else if constexpr (std::is_same_v<T, Uuid>) {
      AppendJsonText(out_, value.ToString());
    } else if constexpr (std::is_same_v<T, std::string>) {
      AppendJsonText(out_, value);
    } else if constexpr (std::is_same_v<T, Slice>) {
      AppendJsonBase64(out_, value);
    } else if constexpr (std::is_same_v<T, SliceChain>) {
      out_ += std::to_string(value.size());
    } else if constexpr (IsStruct<T>) {
      Struct(value);
    } else {
      out_ += '[';
      for (size_t i = 0; i < value.size(); ++i) {
        if (i != 0) out_ += ',';
        Value(value[i]);
      }
      out_ += ']';
    }
  }

  std::string& out_;
  const int16_t version_;
  const bool flexible_;
  bool first_ = true;  // no member of the current struct is printed yet
};

}  // namespace penstock::internal
