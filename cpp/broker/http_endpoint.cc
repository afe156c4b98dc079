#include "broker/http_endpoint.h"

#include <utility>

#include "broker/limits.h"
#include "runtime/race.h"

namespace penstock {

HttpResponse AnswerHttp(const HttpRequest& request, const HttpContent& content) {
  if (request.method != "GET" && request.method != "HEAD") {
    return {.status = 405, .body = "only GET and HEAD\n"};
  }
  if (request.path == "/metrics") {
    return {.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = content.metrics()};
  }
  if (request.path == "/healthz") return {.body = "ok\n"};
  if (request.path == "/readyz") {
    if (content.ready()) return {.body = "ready\n"};
    return {.status = 503, .body = "not ready\n"};
  }
  return {.status = 404, .body = "there are /metrics, /healthz and /readyz\n"};
}

HttpEndpoint::HttpEndpoint(Runtime& runtime, Logger& logger, std::unique_ptr<Listener> port,
                           HttpContent content)
    : runtime_(runtime),
      logger_(logger),
      port_(std::move(port)),
      content_(std::move(content)),
      closed_one_(runtime.executor),
      tasks_(runtime.executor, [this](const Status& status) {
        logger_.Error("serving HTTP failed", {{"cause", status}});
      }) {}

void HttpEndpoint::Start() { tasks_.Start(Accept()); }

Task<> HttpEndpoint::Stop() {
  co_await tasks_.Stop();
  port_.reset();
}

Task<> HttpEndpoint::Accept() {
  while (true) {
    while (open_ >= kHttpConnectionsMax) co_await closed_one_.Wait();
    StatusOr<std::unique_ptr<Connection>> connection = co_await port_->Accept();
    if (connection.ok()) {
      ++open_;
      tasks_.Start(Serve(*std::move(connection)));
      continue;
    }
    logger_.Warn("an HTTP connection could not be accepted", {{"cause", connection.status()}});
    const Instant later = runtime_.clock.Now() + Milliseconds(1000);
    co_await runtime_.timers.SleepUntil(later);
  }
}

Task<> HttpEndpoint::Serve(std::unique_ptr<Connection> connection) {
  const Status end = co_await Converse(*connection);
  if (!end.ok()) {
    const std::string peer = connection->peer().ToString();
    logger_.Debug("HTTP connection ended", {{"peer", peer}, {"cause", end}});
  }
  connection->Close();
  --open_;
  closed_one_.NotifyOne();
}

Task<Status> HttpEndpoint::Converse(Connection& connection) {
  std::string received;
  bool keep_alive = true;
  while (keep_alive) {
    size_t head_bytes = 0;
    StatusOr<std::optional<HttpRequest>> request = ParseHttpRequest(received, &head_bytes);
    HttpResponse response{.status = 400, .body = "only HTTP/1 requests without a body\n"};
    HttpRequest asked;
    if (request.ok() && !request->has_value()) {
      if (received.size() >= kHttpHeadBytesMax) co_return InvalidArgument("too long a head");
      const Instant deadline = runtime_.clock.Now() + kHttpExchangeMax;
      Slice buffer = Slice::Allocate(kHttpHeadBytesMax);
      Slice filled = buffer;
      Task<StatusOr<size_t>> reading = connection.Read(std::move(buffer));
      auto read = co_await Before(runtime_.timers, deadline, std::move(reading));
      if (!read.has_value()) co_return Cancelled("nothing was asked in time");
      if (!read->ok()) co_return read->status();
      if (**read == 0) co_return OkStatus();
      received += filled.Sub(0, **read).text();
      continue;
    }
    if (request.ok()) {
      asked = **std::move(request);
      response = AnswerHttp(asked, content_);
      received.erase(0, head_bytes);
    } else {
      asked.keep_alive = false;
    }
    keep_alive = asked.keep_alive;
    const Instant deadline = runtime_.clock.Now() + kHttpExchangeMax;
    SliceChain answer(Slice::CopyOf(FormatHttpResponse(response, asked)));
    Task<Status> writing = connection.Write(std::move(answer));
    const auto written = co_await Before(runtime_.timers, deadline, std::move(writing));
    if (!written.has_value()) co_return Cancelled("the answer was not read in time");
    CO_RETURN_IF_ERROR(*written);
  }
  co_return OkStatus();
}

}  // namespace penstock
