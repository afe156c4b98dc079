// The operator's door: GET /metrics (Prometheus), /healthz (the process answers), /readyz (it
// serves clients). Few connections, short requests, strict limits.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/log.h"
#include "broker/http_request.h"
#include "runtime/condition.h"
#include "runtime/network.h"
#include "runtime/runtime.h"
#include "runtime/task.h"
#include "runtime/task_group.h"

namespace penstock {

struct HttpContent {
  std::function<std::string()> metrics;
  std::function<bool()> ready;
};

// The answer to a request, whatever connection it came on.
HttpResponse AnswerHttp(const HttpRequest& request, const HttpContent& content);

class HttpEndpoint {
 public:
  // `runtime` and `logger` outlive it.
  HttpEndpoint(Runtime& runtime, Logger& logger, std::unique_ptr<Listener> port,
               HttpContent content);

  // Serves in the background. Once.
  void Start();
  Address address() const { return port_->address(); }
  // Ends all connections. Must be awaited before destruction.
  Task<> Stop();

 private:
  Task<> Accept();
  Task<> Serve(std::unique_ptr<Connection> connection);
  // Answers requests until the peer leaves or does something strange.
  Task<Status> Converse(Connection& connection);

  Runtime& runtime_;
  Logger& logger_;
  std::unique_ptr<Listener> port_;
  const HttpContent content_;
  size_t open_ = 0;
  Condition closed_one_;
  TaskGroup tasks_;
};

}  // namespace penstock
