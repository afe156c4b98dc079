#include "config/properties.h"

#include <utility>

#include "base/strings.h"

namespace penstock {
namespace {

constexpr std::string_view kBlanks = " \t\f";

bool IsBlank(char c) { return kBlanks.find(c) != std::string_view::npos; }

// Whether the line ends with an odd number of backslashes, so that the last one continues it.
bool Continues(std::string_view line) {
  size_t backslashes = 0;
  while (backslashes < line.size() && line[line.size() - 1 - backslashes] == '\\') ++backslashes;
  return backslashes % 2 == 1;
}

// Natural lines; \n, \r and \r\n end one.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  bool Next(std::string_view& line) {
    if (rest_.empty()) return false;
    const size_t end = rest_.find_first_of("\r\n");
    line = rest_.substr(0, end);
    if (end == std::string_view::npos) {
      rest_ = {};
    } else {
      const bool pair = rest_[end] == '\r' && end + 1 < rest_.size() && rest_[end + 1] == '\n';
      rest_.remove_prefix(end + (pair ? 2 : 1));
    }
    ++number_;
    return true;
  }
  int number() const { return number_; }

 private:
  std::string_view rest_;
  int number_ = 0;
};

std::string_view WithoutLeadingBlanks(std::string_view line) {
  const size_t first = line.find_first_not_of(kBlanks);
  return first == std::string_view::npos ? std::string_view() : line.substr(first);
}

void AppendUtf8(std::string& out, uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// The four hexadecimal digits at `at`; -1 if there are not four.
int32_t HexUnit(std::string_view text, size_t at) {
  if (at > text.size() || text.size() - at < 4) return -1;
  int32_t unit = 0;
  for (const char c : text.substr(at, 4)) {
    const int32_t digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

// Reads the \u escape whose digits begin at `at` (and the second half of a surrogate pair); moves
// `at` behind it. A half without its partner becomes U+FFFD, as Java's encoder has no bytes for it.
bool AppendUnicode(std::string_view text, size_t& at, std::string& out) {
  const int32_t unit = HexUnit(text, at);
  if (unit < 0) return false;
  at += 4;
  if (unit < 0xD800 || unit > 0xDFFF) {
    AppendUtf8(out, static_cast<uint32_t>(unit));
    return true;
  }
  if (unit < 0xDC00 && text.substr(at).starts_with("\\u")) {
    const int32_t low = HexUnit(text, at + 2);
    if (low >= 0xDC00 && low <= 0xDFFF) {
      AppendUtf8(out, 0x10000 + (static_cast<uint32_t>(unit - 0xD800) << 10) +
                          static_cast<uint32_t>(low - 0xDC00));
      at += 6;
      return true;
    }
  }
  AppendUtf8(out, 0xFFFD);
  return true;
}

bool Unescape(std::string_view text, std::string& out) {
  for (size_t at = 0; at < text.size();) {
    const char c = text[at++];
    if (c != '\\' || at == text.size()) {
      // A backslash that ends the text continues nothing: Java drops it.
      if (c != '\\') out += c;
      continue;
    }
    const char escaped = text[at++];
    switch (escaped) {
      case 't':
        out += '\t';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 'f':
        out += '\f';
        break;
      case 'u':
        if (!AppendUnicode(text, at, out)) return false;
        break;
      default:
        out += escaped;
    }
  }
  return true;
}

// The key ends at the first `=`, `:` or blank that is not escaped; one `=` or `:` may follow
// blanks.
std::pair<std::string_view, std::string_view> SplitKey(std::string_view line) {
  size_t end = 0;
  while (end < line.size() && line[end] != '=' && line[end] != ':' && !IsBlank(line[end])) {
    end += line[end] == '\\' && end + 1 < line.size() ? 2 : 1;
  }
  std::string_view value = WithoutLeadingBlanks(line.substr(end));
  if (!value.empty() && (value[0] == '=' || value[0] == ':')) {
    value = WithoutLeadingBlanks(value.substr(1));
  }
  return {line.substr(0, end), value};
}

void AppendEscaped(std::string& out, std::string_view text, bool key) {
  bool leading = true;
  for (const char c : text) {
    if (c == ' ') {
      out += key || leading ? "\\ " : " ";
      continue;
    }
    leading = false;
    switch (c) {
      case '\t':
        out += "\\t";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\f':
        out += "\\f";
        break;
      case '=':
      case ':':
      case '#':
      case '!':
      case '\\':
        out += '\\';
        [[fallthrough]];
      default:
        out += c;
    }
  }
}

}  // namespace

StatusOr<std::vector<Property>> ParseProperties(std::string_view text) {
  std::vector<Property> properties;
  Lines lines(text);
  std::string_view line;
  while (lines.Next(line)) {
    line = WithoutLeadingBlanks(line);
    if (line.empty() || line[0] == '#' || line[0] == '!') continue;
    const int number = lines.number();
    std::string logical(line);
    while (Continues(logical)) {
      logical.pop_back();
      if (!lines.Next(line)) break;
      logical += WithoutLeadingBlanks(line);
    }
    const auto [key, value] = SplitKey(logical);
    Property property{.line = number};
    if (!Unescape(key, property.key) || !Unescape(value, property.value)) {
      return InvalidArgument(StrCat("line ", number, ": malformed \\uxxxx escape"));
    }
    properties.push_back(std::move(property));
  }
  return properties;
}

ConfigMap ToMap(const std::vector<Property>& properties) {
  ConfigMap map;
  for (const Property& property : properties) map[property.key] = property.value;
  return map;
}

std::string WriteProperties(std::string_view comment, const std::vector<Property>& properties) {
  std::string out;
  if (!comment.empty()) {
    for (const std::string_view line : Split(comment, '\n')) StrAppend(out, '#', line, '\n');
  }
  for (const Property& property : properties) {
    AppendEscaped(out, property.key, true);
    out += '=';
    AppendEscaped(out, property.value, false);
    out += '\n';
  }
  return out;
}

}  // namespace penstock
