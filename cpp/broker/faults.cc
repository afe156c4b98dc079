#include "broker/faults.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "protocol/api.h"
#include "runtime/race.h"

namespace penstock {

namespace {

// "listoffsets", of "ListOffsets" as of "LIST_OFFSETS".
std::string Plain(std::string_view name) {
  std::string plain;
  for (const char letter : name) {
    if (letter == '_') continue;
    plain.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(letter))));
  }
  return plain;
}

StatusOr<ErrorCode> CodeOf(int32_t code) {
  const ErrorInfo* nearest = nullptr;
  for (const ErrorInfo& info : AllErrors()) {
    const int32_t number = static_cast<int32_t>(info.code);
    if (info.code == ErrorCode::kNone) continue;
    if (number == code) return info.code;
    const int64_t distance = std::abs(int64_t{code} - number);
    if (nearest == nullptr ||
        distance < std::abs(int64_t{code} - static_cast<int32_t>(nearest->code))) {
      nearest = &info;
    }
  }
  return InvalidArgument(StrCat("Kafka has no error with the code ", code, "; the nearest is ",
                                static_cast<int32_t>(nearest->code), ", ", nearest->name));
}

}  // namespace

Faults::Faults(const HandlerTable& handlers, Runtime& runtime)
    : handlers_(handlers), runtime_(runtime), delays_changed_(runtime.executor) {}

StatusOr<int16_t> Faults::KeyOf(std::string_view api) const {
  const std::string wanted = Plain(api);
  std::vector<std::string> plain;
  for (const ApiInfo& info : AllApis()) plain.push_back(Plain(info.name));
  for (size_t i = 0; i < plain.size(); ++i) {
    if (plain[i] != wanted) continue;
    const ApiInfo& info = AllApis()[i];
    if (handlers_.Find(static_cast<int16_t>(info.key)) == nullptr) {
      return InvalidArgument(StrCat("the API ", info.name, " is not served by this broker"));
    }
    return static_cast<int16_t>(info.key);
  }
  const std::vector<std::string_view> names(plain.begin(), plain.end());
  const std::string_view nearest = NearestOf(wanted, names);
  std::string message = StrCat("Kafka has no API called '", api, "'");
  const auto found = std::find(plain.begin(), plain.end(), nearest);
  if (found != plain.end()) {
    const ApiInfo& info = AllApis()[static_cast<size_t>(found - plain.begin())];
    StrAppend(message, " (did you mean ", info.name, "?)");
  }
  return InvalidArgument(message);
}

Status Faults::ErrorNext(std::string_view api, int32_t code, int32_t times) {
  ASSIGN_OR_RETURN(const int16_t key, KeyOf(api));
  ASSIGN_OR_RETURN(const ErrorCode error, CodeOf(code));
  if (times < 1) {
    return InvalidArgument(StrCat("an error is given once or more often, not ", times, " times"));
  }
  errors_[key].push_back({error, times});
  return OkStatus();
}

Status Faults::Delay(std::string_view api, int32_t milliseconds) {
  ASSIGN_OR_RETURN(const int16_t key, KeyOf(api));
  if (milliseconds < 0) {
    return InvalidArgument(StrCat("a delay is 0 ms or more, not ", milliseconds));
  }
  if (milliseconds == 0) {
    delays_.erase(key);
  } else {
    delays_[key] = Milliseconds(milliseconds);
  }
  delays_changed_.NotifyAll();
  return OkStatus();
}

void Faults::Clear() {
  errors_.clear();
  delays_.clear();
  delays_changed_.NotifyAll();
}

ErrorCode Faults::TakeError(int16_t api_key) {
  const auto found = errors_.find(api_key);
  if (found == errors_.end()) return ErrorCode::kNone;
  std::deque<Errors>& next = found->second;
  const ErrorCode code = next.front().code;
  if (--next.front().times == 0) next.pop_front();
  if (next.empty()) errors_.erase(found);
  return code;
}

Task<> Faults::HoldBack(RequestContext& context) {
  context.Dispatched();
  context.SetWaiting(true);
  const Instant ready = runtime_.clock.Now();
  for (auto delay = delays_.find(context.api_key); delay != delays_.end();
       delay = delays_.find(context.api_key)) {
    const Instant until = ready + delay->second;
    if (runtime_.clock.Now() >= until) break;
    Task<> changed = delays_changed_.Wait();
    co_await Before(runtime_.timers, until, std::move(changed));
  }
  context.SetWaiting(false);
}

}  // namespace penstock
