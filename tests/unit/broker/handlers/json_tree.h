// JSON as a tree, so that two answers can be compared part by part.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::testing {

struct JsonTree {
  enum class Kind { kWord, kText, kArray, kObject };
  Kind kind = Kind::kWord;
  std::string word;  // of a number, true, false or null; of a text without its quotes
  std::vector<JsonTree> elements;
  std::map<std::string, JsonTree> members;

  // For well-formed JSON without spaces outside of texts.
  static JsonTree Parse(std::string_view text);
  std::string ToString() const;
  // Calls `change` with the name and value of every member, the inner ones first.
  void ForEachMember(const std::function<void(const std::string& name, JsonTree& value)>& change);
  // Puts the elements of every array into the order of their texts.
  void SortArrays();
};

}  // namespace penstock::testing
