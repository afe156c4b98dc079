// A number with a meaning. Values of different tags do not convert into each other; n + 1 and a - b
// (a plain count) exist.
#pragma once

#include <compare>
#include <cstdint>
#include <ostream>
#include <utility>

namespace penstock {

template <class Tag, class Rep>
class StrongInt {
 public:
  using Representation = Rep;

  constexpr StrongInt() = default;
  constexpr explicit StrongInt(Rep value) : value_(value) {}

  constexpr Rep value() const { return value_; }
  constexpr auto operator<=>(const StrongInt&) const = default;

  friend constexpr StrongInt operator+(StrongInt a, Rep n) {
    return StrongInt(static_cast<Rep>(a.value_ + n));
  }
  friend constexpr StrongInt operator-(StrongInt a, Rep n) {
    return StrongInt(static_cast<Rep>(a.value_ - n));
  }
  friend constexpr Rep operator-(StrongInt a, StrongInt b) {
    return static_cast<Rep>(a.value_ - b.value_);
  }
  constexpr StrongInt& operator+=(Rep n) { return *this = *this + n; }
  constexpr StrongInt& operator++() { return *this += 1; }

  friend std::ostream& operator<<(std::ostream& out, StrongInt a) { return out << +a.value_; }

 private:
  Rep value_{};
};

}  // namespace penstock
