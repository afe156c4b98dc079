#include "protocol/codec.h"

#include "base/strings.h"
#include "protocol/size_visitor.h"

namespace penstock::internal {

Status SizeVisitor::status(std::string_view message) const {
  if (ok()) return OkStatus();
  return InvalidArgument(
      StrCat(message, " version ", version_, ": ", failed_field_, " ", failure_));
}

Status UnsupportedVersion(std::string_view message, int16_t version) {
  return KafkaError(ErrorCode::kUnsupportedVersion, StrCat(message, " has no version ", version));
}

}  // namespace penstock::internal
