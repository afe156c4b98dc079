// A broker in a simulated world that answers what the test tells it, and remembers what it was
// asked.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/endian.h"
#include "protocol/frame.h"
#include "protocol/messages/api_versions.h"
#include "protocol/receive_window.h"
#include "runtime/sim/sim_world.h"
#include "runtime/task_group.h"

namespace penstock {

class ScriptedBroker {
 public:
  struct Seen {
    ApiKey api;
    int16_t version;
  };

  // A machine called `host` that serves every API of a broker, and answers ApiVersions; it runs.
  ScriptedBroker(SimWorld& world, std::string host) : node_(world.AddNode(std::move(host))) {
    for (const ApiInfo& api : AllApis()) {
      if (api.on_broker) serves[api.key] = api.versions;
    }
    On<ApiVersionsRequest>([this](const ApiVersionsRequest&) { return Versions(); });
    Start();
    world.RunUntilQuiet();  // it listens
  }

  // `answer` is what requests of this kind get from now on; nothing: they get no answer.
  template <class Request>
  void On(std::function<std::optional<typename Request::Response>(const Request&)> answer) {
    scripts_[ApiKey{Request::kApiKey}] = [answer](const RequestHeader& header, WireReader& reader) {
      Request request;
      const int16_t version = header.request_api_version;
      CHECK(Decode(reader, request, version).ok());
      const auto response = answer(request);
      if (!response.has_value()) return SliceChain();
      return *EncodeResponse(header.correlation_id, *response, version);
    };
  }

  void Start() {
    node_.Start([this](Runtime& runtime) { return Serve(runtime); });
  }
  // The process dies: its connections break and nobody listens.
  void Kill() { node_.Kill(); }
  SimNode& node() { return node_; }
  Address address() const { return Address{.host = node_.name(), .port = 9092}; }

  size_t CountOf(ApiKey api) const {
    return static_cast<size_t>(
        std::count_if(seen.begin(), seen.end(), [api](const Seen& one) { return one.api == api; }));
  }

  // The answer to ApiVersions that `serves` gives.
  ApiVersionsResponse Versions() const {
    ApiVersionsResponse response;
    for (const auto& [key, versions] : serves) {
      auto& api = response.api_keys.emplace_back();
      api.api_key = static_cast<int16_t>(key);
      api.min_version = versions.min;
      api.max_version = versions.max;
    }
    return response;
  }

  std::map<ApiKey, VersionRange> serves;
  std::vector<Seen> seen;
  size_t accepted = 0;                 // connections so far
  Duration answer_time{0};             // between the request and its answer
  std::optional<Slice> says;           // to whatever is sent first, instead of an answer
  size_t answer_bytes_max = SIZE_MAX;  // it closes the connection in the middle of a longer answer
  int32_t correlation_error = 0;       // added to the correlation id of its answers

 private:
  using Script = std::function<SliceChain(const RequestHeader&, WireReader&)>;

  Task<> Serve(Runtime& runtime) {
    const Address address{.host = "", .port = 9092};
    auto listener = co_await runtime.network.Listen(address);
    CHECK(listener.ok());
    TaskGroup connections(runtime.executor, [](const Status&) {});
    while (true) {
      auto connection = co_await (*listener)->Accept();
      if (!connection.ok()) continue;
      ++accepted;
      connections.Start(Talk(runtime, *std::move(connection)));
    }
  }

  Task<> Talk(Runtime& runtime, std::unique_ptr<Connection> connection) {
    ReceiveWindow window;
    while (true) {
      while (!window.complete()) {
        Slice room = window.Room();
        const auto received = co_await connection->Read(std::move(room));
        if (!received.ok() || *received == 0) co_return;
        window.Commit(*received);
      }
      SliceChain answer = AnswerTo(window.TakeFrame());
      if (says.has_value()) answer = SliceChain(*says);
      if (answer.empty()) continue;
      if (answer_time > Duration(0)) {
        const Instant until = runtime.clock.Now() + answer_time;
        co_await runtime.timers.SleepUntil(until);
      }
      const bool cut = answer.size() > answer_bytes_max;
      if (cut) answer = SliceChain(answer.Flatten().Sub(0, answer_bytes_max));
      const Status written = co_await connection->Write(std::move(answer));
      if (!written.ok() || cut) co_return;
    }
  }

  SliceChain AnswerTo(Slice frame) {
    WireReader reader(std::move(frame));
    auto header = DecodeRequestHeader(reader);
    CHECK(header.ok());
    const auto api = static_cast<ApiKey>(header->request_api_key);
    const int16_t version = header->request_api_version;
    seen.push_back(Seen{api, version});
    header->correlation_id += correlation_error;
    if (api == ApiKey::kApiVersions && !serves[api].Contains(version)) {
      ApiVersionsResponse refusal;
      refusal.error_code = ErrorCode::kUnsupportedVersion;
      auto& known = refusal.api_keys.emplace_back();
      known.api_key = static_cast<int16_t>(api);
      known.min_version = serves[api].min;
      known.max_version = serves[api].max;
      return *EncodeResponse(header->correlation_id, refusal, 0);
    }
    CHECK(serves[api].Contains(version));
    const auto script = scripts_.find(api);
    return script == scripts_.end() ? SliceChain() : script->second(*header, reader);
  }

  SimNode& node_;
  std::map<ApiKey, Script> scripts_;
};

}  // namespace penstock
