// A broker's front in a simulated world, with handlers that do what the test tells them: for tests
// of connections and of the pipeline. The API is Heartbeat; its member id says what happens.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "broker/connection_table.h"
#include "broker/faults.h"
#include "broker/handler_table.h"
#include "broker/listener.h"
#include "broker/pipeline.h"
#include "protocol/frame.h"
#include "protocol/messages/api_versions.h"
#include "protocol/messages/heartbeat.h"
#include "runtime/event.h"
#include "runtime/sim/sim_world.h"

namespace penstock {

class CapturedLines final : public LogSink {
 public:
  void Write(std::string_view line) override { lines.emplace_back(line); }
  size_t CountOf(std::string_view part) const {
    size_t count = 0;
    for (const std::string& line : lines) count += line.find(part) != std::string::npos ? 1 : 0;
    return count;
  }
  std::vector<std::string> lines;
};

// What the fake handlers share with their test.
struct FakeHandlers {
  explicit FakeHandlers(Executor& executor) : go_on(executor) {}
  Event go_on;  // what "slow", "blocked" and "poll" wait for
  std::vector<std::string> started;
  static FakeHandlers*& Current() {
    static FakeHandlers* current = nullptr;
    return current;
  }
};

inline Task<ApiVersionsResponse> FakeApiVersions(RequestContext&, ApiVersionsRequest) {
  ApiVersionsResponse response;
  response.api_keys.emplace_back().api_key = 18;
  co_return response;
}

inline Task<HeartbeatResponse> FakeHeartbeat(RequestContext& context, HeartbeatRequest request) {
  FakeHandlers& fake = *FakeHandlers::Current();
  fake.started.push_back(request.group_id);
  HeartbeatResponse response;
  response.throttle_time_ms = request.generation_id;
  const std::string& what = request.member_id;
  if (what == "dispatched") context.Dispatched();
  if (what == "dispatched" || what == "blocked") co_await fake.go_on.Wait();
  if (what == "poll") {
    context.SetWaiting(true);
    co_await fake.go_on.Wait();
    context.SetWaiting(false);
  }
  if (what == "silent") context.AnswerNothing();
  if (what == "close") context.CloseConnection("the handler says so");
  if (what == "error") response.error_code = ErrorCode::kUnknownMemberId;
  co_return response;
}

class FakeFront {
 public:
  explicit FakeFront(uint64_t seed)
      : world(seed),
        fake(world.runtime().executor),
        output{.sink = lines, .clock = [this] { return world.runtime().clock.WallNow(); }},
        logger(output, "broker"),
        request_bytes(world.runtime().executor, 1 << 20),
        request_metrics(metrics),
        faults(Table(), world.runtime()),
        pipeline(Table(), world.runtime().clock, request_metrics, {.faults = &faults}),
        shared{world.runtime(),   pipeline, nullptr, request_bytes,
               request_bytes_max, logger,   limiter},
        connections(
            shared,
            {connections_max, connections_per_ip_max, connections_per_ip_overrides, idle_ms_max},
            metrics),
        accepting(world.runtime().executor,
                  [](const Status& status) { ADD_FAILURE() << MessageOf(status); }) {
    FakeHandlers::Current() = &fake;
  }

  static const HandlerTable& Table() {
    static constexpr std::array kRows{Handle<&FakeHeartbeat>(), Handle<&FakeApiVersions>()};
    static constexpr HandlerTable kTable{kRows};
    return kTable;
  }

  // Runs a story against an open listener, then stops in order.
  void Run(Task<> story) { world.Run(WithListener(std::move(story))); }
  Runtime& runtime() { return world.runtime(); }
  Task<> Sleep(Duration duration) {
    const Instant until = runtime().clock.Now() + duration;
    co_await runtime().timers.SleepUntil(until);
  }
  Task<> StopAccepting() { co_await accepting.Stop(); }

  int32_t request_bytes_max = 512 << 10;
  int32_t connections_max = 1000;
  int32_t connections_per_ip_max = 1000;
  std::map<std::string, int32_t> connections_per_ip_overrides;
  int64_t idle_ms_max = -1;
  SimWorld world;
  CapturedLines lines;
  FakeHandlers fake;
  LogOutput output;
  Logger logger;
  LogLimiter limiter;
  MetricsRegistry metrics;
  Semaphore request_bytes;
  RequestMetrics request_metrics;
  Faults faults;  // none, unless a test asks for some
  Pipeline pipeline;
  ConnectionShared shared;
  ConnectionTable connections;
  Address address;
  std::unique_ptr<BrokerListener> listener;
  TaskGroup accepting;

 private:
  Task<> WithListener(Task<> story) {
    const Address wanted{"localhost", 0};
    auto port = co_await runtime().network.Listen(wanted);
    EXPECT_TRUE(port.ok()) << MessageOf(port.status());
    address = (*port)->address();
    listener = std::make_unique<BrokerListener>(*std::move(port), ListenerInfo{}, connections,
                                                runtime().clock, runtime().timers, logger);
    connections.Start();
    accepting.Start(listener->Run());
    co_await story;
    co_await accepting.Stop();
    co_await connections.Drain(Milliseconds(1000));
    listener.reset();
  }
};

// A client that speaks in whole frames, or in bytes.
class FakeClient {
 public:
  static Task<FakeClient> Connect(FakeFront& front) {
    auto connected = co_await front.runtime().network.Connect(front.address);
    EXPECT_TRUE(connected.ok()) << MessageOf(connected.status());
    FakeClient client;
    client.stream_ = *std::move(connected);
    co_return client;
  }

  static SliceChain Request(int32_t id, std::string group, std::string what) {
    RequestHeader header;
    header.correlation_id = id;
    header.client_id = "fake";
    HeartbeatRequest body;
    body.group_id = std::move(group);
    body.generation_id = id * 10;
    body.member_id = std::move(what);
    return *EncodeRequest(header, body, 4);
  }

  Task<Status> Send(int32_t id, std::string what) {
    SliceChain frame = Request(id, "g", std::move(what));
    co_return co_await stream_->Write(std::move(frame));
  }
  Task<Status> SendBytes(Slice bytes) {
    SliceChain chain(std::move(bytes));
    co_return co_await stream_->Write(std::move(chain));
  }
  // The next response frame without its length; nothing when the broker has closed.
  Task<std::optional<Slice>> ReceiveFrame() {
    while (!window_.complete()) {
      Slice room = window_.Room();
      auto read = co_await stream_->Read(std::move(room));
      if (!read.ok() || *read == 0) co_return std::optional<Slice>();
      window_.Commit(*read);
    }
    co_return std::optional<Slice>(window_.TakeFrame());
  }
  // The correlation id of the next response, which must fit its body; -1 when the broker closed.
  Task<int32_t> Receive() {
    std::optional<Slice> frame = co_await ReceiveFrame();
    if (!frame.has_value()) co_return -1;
    WireReader reader(*std::move(frame));
    const auto header = DecodeResponseHeader(reader, *FindApi(HeartbeatRequest::kApiKey), 4);
    HeartbeatResponse body;
    EXPECT_TRUE(header.ok() && Decode(reader, body, 4).ok());
    EXPECT_EQ(body.throttle_time_ms, header->correlation_id * 10);
    co_return header->correlation_id;
  }
  Connection& stream() { return *stream_; }

 private:
  std::unique_ptr<Connection> stream_;
  ReceiveWindow window_;
};

}  // namespace penstock
