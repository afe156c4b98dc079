// What kind of value a field has, and whether it has its default. For the visitors.
#pragma once

#include <cstdint>
#include <optional>
#include <type_traits>
#include <vector>

#include "protocol/message.h"

namespace penstock::internal {

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;

template <class T>
inline constexpr bool kIsStrongInt = false;
template <class Tag, class Rep>
inline constexpr bool kIsStrongInt<StrongInt<Tag, Rep>> = true;

template <class T>
concept HasTags = requires(T& value, int& visit) { value.VisitTagged(value, visit); };
template <class T>
concept IsStruct = requires(T& value) { value.unknown_tags; };

// Integers, strong integers and error codes; not bool.
template <class T>
inline constexpr bool kIsNumber =
    (std::is_integral_v<T> && !std::is_same_v<T, bool>) || std::is_enum_v<T> || kIsStrongInt<T>;

// The plain integer of a number.
template <class T>
constexpr auto PlainOf(const T& value) {
  if constexpr (kIsStrongInt<T>) {
    return value.value();
  } else if constexpr (std::is_enum_v<T>) {
    return static_cast<std::underlying_type_t<T>>(value);
  } else {
    return value;
  }
}
template <class T>
using PlainType = decltype(PlainOf(T{}));

// Bytes that every value of a fixed size takes; 0 where sizes differ.
template <class T>
constexpr size_t FixedSize() {
  if constexpr (std::is_same_v<T, bool>) {
    return 1;
  } else if constexpr (kIsNumber<T>) {
    return sizeof(PlainType<T>);
  } else if constexpr (std::is_same_v<T, double>) {
    return 8;
  } else if constexpr (std::is_same_v<T, Uuid>) {
    return 16;
  } else {
    return 0;
  }
}

template <class T>
bool IsEmpty(const T& value) {
  if constexpr (IsStruct<T> || std::is_same_v<T, Uuid>) {
    return value == T{};
  } else {
    return value.empty();
  }
}

template <class T>
bool IsDefault(const T& value, const Field& field) {
  if constexpr (kIsOptional<T>) {
    return value.has_value() ? !field.default_null && IsEmpty(*value) : field.default_null;
  } else if constexpr (std::is_same_v<T, bool> || kIsNumber<T>) {
    return PlainOf(value) == static_cast<PlainType<T>>(field.default_number);
  } else if constexpr (std::is_same_v<T, double>) {
    return value == 0;
  } else {
    return IsEmpty(value);
  }
}

}  // namespace penstock::internal
