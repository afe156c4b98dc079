// JSON with the members of every object in the order of their names, so that two texts can be
// compared.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace penstock::testing {

// For well-formed JSON without spaces outside of texts.
class JsonSorter {
 public:
  explicit JsonSorter(std::string_view text) : text_(text) {}

  std::string Value() {
    switch (text_[next_]) {
      case '{':
        return Object();
      case '[':
        return Array();
      case '"':
        return Text();
      default:
        return Word();
    }
  }

 private:
  std::string Object() {
    std::map<std::string, std::string> members;
    for (++next_; text_[next_] != '}';) {
      std::string name = Text();
      ++next_;  // the colon
      members[name] = Value();
      if (text_[next_] == ',') ++next_;
    }
    ++next_;
    std::string out = "{";
    for (const auto& [name, value] : members)
      out += (out.size() > 1 ? "," : "") + name + ":" + value;
    return out + "}";
  }
  std::string Array() {
    std::string out = "[";
    for (++next_; text_[next_] != ']';) {
      out += (out.size() > 1 ? "," : "") + Value();
      if (text_[next_] == ',') ++next_;
    }
    ++next_;
    return out + "]";
  }
  std::string Text() {
    const size_t begin = next_++;
    while (text_[next_] != '"') next_ += text_[next_] == '\\' ? 2 : 1;
    return std::string(text_.substr(begin, ++next_ - begin));
  }
  std::string Word() {
    const size_t begin = next_;
    next_ = std::min(text_.find_first_of(",]}", next_), text_.size());
    return std::string(text_.substr(begin, next_ - begin));
  }

  std::string_view text_;
  size_t next_ = 0;
};

inline std::string SortedJson(std::string_view text) { return JsonSorter(text).Value(); }

}  // namespace penstock::testing
