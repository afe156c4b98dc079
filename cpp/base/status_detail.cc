#include "base/status_detail.h"

#include "absl/strings/cord.h"

namespace penstock {

namespace {
std::string UrlOf(std::string_view name) { return "penstock/detail/" + std::string(name); }
}  // namespace

Status WithDetail(Status status, std::string_view name, std::string_view text) {
  if (status.ok()) return status;
  status.SetPayload(UrlOf(name), absl::Cord(absl::string_view(text.data(), text.size())));
  return status;
}

std::optional<std::string> DetailOf(const Status& status, std::string_view name) {
  const auto payload = status.GetPayload(UrlOf(name));
  if (!payload.has_value()) return std::nullopt;
  return std::string(*payload);
}

}  // namespace penstock
