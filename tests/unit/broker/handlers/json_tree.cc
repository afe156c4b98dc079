// A small reader and writer of JSON, for tests.
#include "tests/unit/broker/handlers/json_tree.h"

#include <algorithm>

namespace penstock::testing {
namespace {

class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}

  JsonTree Value() {
    JsonTree tree;
    switch (text_[next_]) {
      case '{':
        tree.kind = JsonTree::Kind::kObject;
        for (++next_; text_[next_] != '}';) {
          std::string name = Text();
          ++next_;  // the colon
          tree.members[name] = Value();
          if (text_[next_] == ',') ++next_;
        }
        ++next_;
        break;
      case '[':
        tree.kind = JsonTree::Kind::kArray;
        for (++next_; text_[next_] != ']';) {
          tree.elements.push_back(Value());
          if (text_[next_] == ',') ++next_;
        }
        ++next_;
        break;
      case '"':
        tree.kind = JsonTree::Kind::kText;
        tree.word = Text();
        break;
      default: {
        const size_t begin = next_;
        next_ = std::min(text_.find_first_of(",]}", next_), text_.size());
        tree.word = text_.substr(begin, next_ - begin);
      }
    }
    return tree;
  }

 private:
  std::string Text() {
    const size_t begin = ++next_;
    while (text_[next_] != '"') next_ += text_[next_] == '\\' ? 2 : 1;
    return std::string(text_.substr(begin, next_++ - begin));
  }

  std::string_view text_;
  size_t next_ = 0;
};

}  // namespace

JsonTree JsonTree::Parse(std::string_view text) { return JsonReader(text).Value(); }

std::string JsonTree::ToString() const {
  std::string out;
  switch (kind) {
    case Kind::kWord:
      return word;
    case Kind::kText:
      return '"' + word + '"';
    case Kind::kArray:
      for (const JsonTree& element : elements) out += (out.empty() ? "" : ",") + element.ToString();
      return '[' + out + ']';
    case Kind::kObject:
      for (const auto& [name, value] : members) {
        out += (out.empty() ? "\"" : ",\"") + name + "\":" + value.ToString();
      }
      return '{' + out + '}';
  }
  return out;
}

void JsonTree::ForEachMember(
    const std::function<void(const std::string& name, JsonTree& value)>& change) {
  for (JsonTree& element : elements) element.ForEachMember(change);
  for (auto& [name, value] : members) {
    value.ForEachMember(change);
    change(name, value);
  }
}

void JsonTree::SortArrays() {
  for (JsonTree& element : elements) element.SortArrays();
  for (auto& [name, value] : members) value.SortArrays();
  std::ranges::sort(elements, {}, [](const JsonTree& tree) { return tree.ToString(); });
}

}  // namespace penstock::testing
