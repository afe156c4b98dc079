// A map for look-ups: keys of a node lie side by side, a std::string key can be asked for with a
// std::string_view, and the order is that of the keys. A change invalidates iterators and pointers.
#pragma once

#include <functional>

#include "absl/container/btree_map.h"

namespace penstock {

template <class Key, class Value>
using BTreeMap = absl::btree_map<Key, Value, std::less<>>;

}  // namespace penstock
