// What is to go wrong in a broker, for tests of its clients: errors instead of answers, and answers
// that come late. Only who holds the object can ask for that; no request does.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string_view>

#include "base/error_code.h"
#include "base/status.h"
#include "broker/handler_table.h"
#include "broker/request_context.h"
#include "runtime/condition.h"
#include "runtime/runtime.h"
#include "runtime/task.h"

namespace penstock {

// One shard, that of the broker. Requests of all connections count, those of clients inside the
// program too.
class Faults {
 public:
  // Both outlive it.
  Faults(const HandlerTable& handlers, Runtime& runtime);
  Faults(const Faults&) = delete;
  Faults& operator=(const Faults&) = delete;

  // The next `times` requests of this API that begin are answered with the error `code`, and
  // nothing is done of what they ask. What was asked for before comes first. The name is Kafka's
  // ("ListOffsets"); case and underscores do not matter.
  //   InvalidArgument: no such API or code, or it is not served; says which were meant.
  Status ErrorNext(std::string_view api, int32_t code, int32_t times);
  // From now on every answer of this API, errors too, leaves so much later than it could; 0 ends
  // that and lets go what is held back.
  Status Delay(std::string_view api, int32_t milliseconds);
  // Nothing goes wrong any more, and what is held back leaves.
  void Clear();

  // For the pipeline.

  // The error of a request that begins; kNone: it is served.
  ErrorCode TakeError(int16_t api_key);
  bool HoldsBack(int16_t api_key) const { return delays_.contains(api_key); }
  // Until the answer may leave. The next request of the connection may start meanwhile, and a
  // broker that stops does not wait for it. `context` outlives the Task.
  Task<> HoldBack(RequestContext& context);

 private:
  struct Errors {
    ErrorCode code;
    int32_t times;
  };

  StatusOr<int16_t> KeyOf(std::string_view api) const;

  const HandlerTable& handlers_;
  Runtime& runtime_;
  std::map<int16_t, std::deque<Errors>> errors_;  // by API key; no empty ones
  std::map<int16_t, Duration> delays_;            // by API key; above zero
  Condition delays_changed_;
};

}  // namespace penstock
