#include "client/connect_step.h"

#include <utility>

#include "base/status.h"

namespace penstock {

namespace {
constexpr std::string_view kDetail = "connect_step";
}  // namespace

std::string_view NameOf(ConnectStep step) {
  switch (step) {
    case ConnectStep::kResolve:
      return "resolve";
    case ConnectStep::kConnect:
      return "connect";
    case ConnectStep::kHandshake:
      return "handshake";
  }
  return "";
}

Status FailedAt(ConnectStep step, Status status) {
  return WithDetail(std::move(status), kDetail, NameOf(step));
}

std::optional<ConnectStep> FailedStepOf(const Status& status) {
  const std::optional<std::string> name = DetailOf(status, kDetail);
  if (!name.has_value()) return std::nullopt;
  for (const ConnectStep step :
       {ConnectStep::kResolve, ConnectStep::kConnect, ConnectStep::kHandshake}) {
    if (*name == NameOf(step)) return step;
  }
  return std::nullopt;
}

}  // namespace penstock
