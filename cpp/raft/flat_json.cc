#include "raft/flat_json.h"

#include <utility>

#include "base/strings.h"

namespace penstock {
namespace {

constexpr int kDepthMax = 8;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  StatusOr<JsonValue> ParseAll() {
    JsonValue value;
    RETURN_IF_ERROR(ParseValue(value, 0));
    SkipSpaces();
    if (at_ != text_.size()) return Problem("the end");
    return value;
  }

 private:
  Status Problem(std::string_view expected) const {
    return InvalidArgument(
        StrCat("not the JSON of a state file: expected ", expected, " at byte ", at_));
  }
  void SkipSpaces() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) ++at_;
  }
  bool Take(char c) {
    SkipSpaces();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  Status ParseValue(JsonValue& value, int depth) {
    if (depth > kDepthMax) return Problem("less nesting");
    SkipSpaces();
    if (at_ >= text_.size()) return Problem("a value");
    switch (text_[at_]) {
      case '{':
        return ParseObject(value, depth);
      case '[':
        return ParseList(value, depth);
      case '"':
        value.kind = JsonValue::Kind::kText;
        return ParseText(value.text);
      case 'n':
        if (text_.substr(at_, 4) != "null") return Problem("null");
        at_ += 4;
        return OkStatus();
      default:
        return ParseNumber(value);
    }
  }

  Status ParseObject(JsonValue& value, int depth) {
    value.kind = JsonValue::Kind::kObject;
    ++at_;
    if (Take('}')) return OkStatus();
    while (true) {
      SkipSpaces();
      std::string name;
      RETURN_IF_ERROR(ParseText(name));
      if (!Take(':')) return Problem("':'");
      RETURN_IF_ERROR(ParseValue(value.object[std::move(name)], depth + 1));
      if (Take('}')) return OkStatus();
      if (!Take(',')) return Problem("',' or '}'");
    }
  }

  Status ParseList(JsonValue& value, int depth) {
    value.kind = JsonValue::Kind::kList;
    ++at_;
    if (Take(']')) return OkStatus();
    while (true) {
      RETURN_IF_ERROR(ParseValue(value.list.emplace_back(), depth + 1));
      if (Take(']')) return OkStatus();
      if (!Take(',')) return Problem("',' or ']'");
    }
  }

  // Texts here are ids and names: an escape other than of a quote or a backslash is not expected.
  Status ParseText(std::string& text) {
    if (at_ >= text_.size() || text_[at_] != '"') return Problem("'\"'");
    for (++at_; at_ < text_.size(); ++at_) {
      char c = text_[at_];
      if (c == '"') {
        ++at_;
        return OkStatus();
      }
      if (c == '\\') {
        if (++at_ >= text_.size()) break;
        c = text_[at_];
        if (c != '"' && c != '\\' && c != '/') return Problem("a simple escape");
      }
      text += c;
    }
    return Problem("'\"'");
  }

  Status ParseNumber(JsonValue& value) {
    size_t end = at_;
    while (end < text_.size() && (text_[end] == '-' || (text_[end] >= '0' && text_[end] <= '9'))) {
      ++end;
    }
    const auto number = ParseInt64(text_.substr(at_, end - at_));
    if (!number.has_value()) return Problem("a value");
    value.kind = JsonValue::Kind::kNumber;
    value.number = *number;
    at_ = end;
    return OkStatus();
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

const JsonValue* JsonValue::Find(std::string_view name) const {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &found->second;
}

StatusOr<JsonValue> ParseFlatJson(std::string_view text) { return Parser(text).ParseAll(); }

}  // namespace penstock
