#include "metadata/controller/topic_name.h"

#include <algorithm>

#include "base/strings.h"

namespace penstock {
namespace {

bool IsAllowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

std::string ReasonInvalid(std::string_view name) {
  if (name.empty()) return "the empty string is not allowed";
  if (name == "." || name == "..") return StrCat("'", name, "' is not allowed");
  if (name.size() > kTopicNameBytesMax) {
    return StrCat("the length of '", name, "' is longer than the max allowed length ",
                  kTopicNameBytesMax);
  }
  if (!std::all_of(name.begin(), name.end(), IsAllowed)) {
    return StrCat("'", name,
                  "' contains one or more characters other than ASCII alphanumerics, '.', '_' and "
                  "'-'");
  }
  return "";
}

}  // namespace

Status CheckTopicName(std::string_view name) {
  const std::string reason = ReasonInvalid(name);
  if (reason.empty()) return OkStatus();
  return KafkaError(ErrorCode::kInvalidTopicException, StrCat("Topic name is invalid: ", reason));
}

bool HasCollisionCharacters(std::string_view name) { return name.find_first_of("._") != name.npos; }

std::string UnifyCollisionCharacters(std::string_view name) {
  std::string unified(name);
  std::replace(unified.begin(), unified.end(), '.', '_');
  return unified;
}

}  // namespace penstock
