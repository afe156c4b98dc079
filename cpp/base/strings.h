// Text helpers in std::string_view, over Abseil's where it has them.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/strong_int.h"

namespace penstock {

namespace internal {
inline void AppendPiece(std::string& out, std::string_view piece) { out += piece; }
template <std::integral T>  // a template, so that no pointer turns into a bool
void AppendPiece(std::string& out, T piece) {
  if constexpr (std::same_as<T, char>) {
    out += piece;
  } else if constexpr (std::same_as<T, bool>) {
    out += piece ? "true" : "false";
  } else {
    out += std::to_string(piece);
  }
}
template <class Tag, class Rep>
void AppendPiece(std::string& out, StrongInt<Tag, Rep> piece) {
  out += std::to_string(piece.value());
}
}  // namespace internal

// One string of texts, characters, integers and strong integers.
template <class... Pieces>
std::string StrCat(const Pieces&... pieces) {
  std::string out;
  (internal::AppendPiece(out, pieces), ...);
  return out;
}

template <class... Pieces>
void StrAppend(std::string& out, const Pieces&... pieces) {
  (internal::AppendPiece(out, pieces), ...);
}

// The pieces between separators; an empty text has one empty piece.
std::vector<std::string_view> Split(std::string_view text, char separator);
std::string_view StripSpaces(std::string_view text);
// The whole text as a decimal number that fits; nothing otherwise.
std::optional<int64_t> ParseInt64(std::string_view text);
std::optional<int32_t> ParseInt32(std::string_view text);
std::optional<double> ParseDouble(std::string_view text);
// The candidate nearest to `text` by edit distance, if it is near enough to be meant; else "".
std::string_view NearestOf(std::string_view text, const std::vector<std::string_view>& candidates);

}  // namespace penstock
