// Hash tables. FlatHashMap<std::string, ...> can be asked with a std::string_view. Their order is
// random from process to process: never iterate where the order reaches output.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <type_traits>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace penstock {

namespace internal {
struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const {
    return absl::Hash<absl::string_view>()(absl::string_view(text.data(), text.size()));
  }
};
struct TextEqual {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const { return a == b; }
};
template <class Key>
using HashOf = std::conditional_t<std::is_same_v<Key, std::string>, TextHash, absl::Hash<Key>>;
template <class Key>
using EqualOf = std::conditional_t<std::is_same_v<Key, std::string>, TextEqual, std::equal_to<Key>>;
}  // namespace internal

template <class Key, class Value>
using FlatHashMap = absl::flat_hash_map<Key, Value, internal::HashOf<Key>, internal::EqualOf<Key>>;
template <class Key>
using FlatHashSet = absl::flat_hash_set<Key, internal::HashOf<Key>, internal::EqualOf<Key>>;

}  // namespace penstock
