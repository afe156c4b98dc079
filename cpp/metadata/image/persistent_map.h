// An ordered map whose copies share what they have in common: deriving a map with one key changed
// costs O(log n). A treap: the priority of a node is a hash of its key, so equal maps have equal
// trees and no randomness is needed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/strong_int.h"
#include "base/uuid.h"

namespace penstock {

namespace internal {
constexpr uint64_t MixBits(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}
}  // namespace internal

// The hash that places a key in the tree. A key type of one's own needs an overload that is found
// beside it.
inline uint64_t TreapPriority(const std::string& key) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : key) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3u;
  return internal::MixBits(hash);
}
inline uint64_t TreapPriority(const Uuid& key) {
  return internal::MixBits(key.high() ^ internal::MixBits(key.low()));
}
template <class Tag, class Rep>
uint64_t TreapPriority(StrongInt<Tag, Rep> key) {
  return internal::MixBits(static_cast<uint64_t>(key.value()) + 0x9e3779b97f4a7c15u);
}

template <class Key, class Value>
class PersistentMap {
  struct Node;
  using Link = std::shared_ptr<const Node>;

 public:
  struct Entry {
    Key first;
    Value second;
  };

  // Ascending; holds while the map (or a copy of it) lives.
  class Iterator {
   public:
    const Entry& operator*() const { return path_.back()->entry; }
    const Entry* operator->() const { return &path_.back()->entry; }
    Iterator& operator++() {
      const Node* node = path_.back();
      path_.pop_back();
      Descend(node->right.get());
      return *this;
    }
    bool operator==(const Iterator& other) const {
      if (path_.empty() || other.path_.empty()) return path_.empty() == other.path_.empty();
      return path_.back() == other.path_.back();
    }

   private:
    friend class PersistentMap;
    void Descend(const Node* node) {
      for (; node != nullptr; node = node->left.get()) path_.push_back(node);
    }
    std::vector<const Node*> path_;  // the nodes still to be visited, the next one last
  };

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // Null if there is none.
  template <class K>
  const Value* Find(const K& key) const {
    const Node* node = root_.get();
    while (node != nullptr) {
      if (key < node->entry.first) {
        node = node->left.get();
      } else if (node->entry.first < key) {
        node = node->right.get();
      } else {
        return &node->entry.second;
      }
    }
    return nullptr;
  }

  // This map with `key` set to `value`.
  PersistentMap With(Key key, Value value) const {
    const bool is_new = Find(key) == nullptr;
    const uint64_t priority = TreapPriority(key);
    Entry entry{std::move(key), std::move(value)};
    return PersistentMap(Insert(root_, std::move(entry), priority), size_ + (is_new ? 1 : 0));
  }
  // This map without `key`.
  template <class K>
  PersistentMap Without(const K& key) const {
    if (Find(key) == nullptr) return *this;
    return PersistentMap(Erase(root_, key), size_ - 1);
  }

  Iterator begin() const {
    Iterator first;
    first.Descend(root_.get());
    return first;
  }
  Iterator end() const { return Iterator(); }
  // The first entry whose key is not less than `key`.
  template <class K>
  Iterator LowerBound(const K& key) const {
    Iterator found;
    const Node* node = root_.get();
    while (node != nullptr) {
      if (node->entry.first < key) {
        node = node->right.get();
      } else {
        found.path_.push_back(node);
        node = node->left.get();
      }
    }
    return found;
  }

  PersistentMap() = default;

 private:
  struct Node {
    Entry entry;
    uint64_t priority;
    Link left;
    Link right;
  };

  PersistentMap(Link root, size_t size) : root_(std::move(root)), size_(size) {}

  static Link Make(const Entry& entry, uint64_t priority, Link left, Link right) {
    return std::make_shared<const Node>(Node{entry, priority, std::move(left), std::move(right)});
  }

  static Link Insert(const Link& node, Entry entry, uint64_t priority) {
    if (node == nullptr) return Make(entry, priority, nullptr, nullptr);
    const bool same = !(entry.first < node->entry.first) && !(node->entry.first < entry.first);
    if (same) return Make(entry, priority, node->left, node->right);
    // Equal priorities of different keys stay where they are: the order of the tree does not depend
    // on it.
    if (priority > node->priority) {
      auto [less, greater] = Split(node, entry.first);
      return Make(entry, priority, std::move(less), std::move(greater));
    }
    if (entry.first < node->entry.first) {
      return Make(node->entry, node->priority, Insert(node->left, std::move(entry), priority),
                  node->right);
    }
    return Make(node->entry, node->priority, node->left,
                Insert(node->right, std::move(entry), priority));
  }

  // `key` is not in the tree that is split.
  static std::pair<Link, Link> Split(const Link& node, const Key& key) {
    if (node == nullptr) return {nullptr, nullptr};
    if (key < node->entry.first) {
      auto [less, greater] = Split(node->left, key);
      return {std::move(less), Make(node->entry, node->priority, std::move(greater), node->right)};
    }
    auto [less, greater] = Split(node->right, key);
    return {Make(node->entry, node->priority, node->left, std::move(less)), std::move(greater)};
  }

  template <class K>
  static Link Erase(const Link& node, const K& key) {
    if (key < node->entry.first) {
      return Make(node->entry, node->priority, Erase(node->left, key), node->right);
    }
    if (node->entry.first < key) {
      return Make(node->entry, node->priority, node->left, Erase(node->right, key));
    }
    return Merge(node->left, node->right);
  }

  static Link Merge(const Link& less, const Link& greater) {
    if (less == nullptr) return greater;
    if (greater == nullptr) return less;
    if (less->priority >= greater->priority) {
      return Make(less->entry, less->priority, less->left, Merge(less->right, greater));
    }
    return Make(greater->entry, greater->priority, Merge(less, greater->left), greater->right);
  }

  Link root_;
  size_t size_ = 0;
};

}  // namespace penstock
