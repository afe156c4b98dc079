// One connection of a test client to a broker: frames out, answers in, in their order. Requests may
// be in flight while others are sent.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "base/slice.h"
#include "base/status.h"
#include "protocol/frame.h"
#include "runtime/network.h"
#include "runtime/race.h"
#include "runtime/runtime.h"
#include "runtime/task.h"

namespace penstock::sim {

class BrokerLink {
 public:
  // An answer that takes longer ends the link: the other side may be gone without a word.
  static constexpr Duration kAnswerTimeMax = std::chrono::seconds(5);

  // `runtime` outlives the link and the Task.
  static Task<StatusOr<std::unique_ptr<BrokerLink>>> Open(Runtime& runtime, Address broker);

  BrokerLink(Runtime& runtime, std::unique_ptr<Connection> connection)
      : runtime_(runtime), connection_(std::move(connection)) {}

  // Writes the request; its answer is the next but those that are still awaited. After an error the
  // link is of no use.
  template <class Request>
  Task<Status> Send(Request request, int16_t version) {
    RequestHeader header;
    header.client_id = "simulated";
    header.correlation_id = next_to_send_++;
    auto frame = EncodeRequest(header, request, version);
    if (!frame.ok()) co_return std::move(frame).status();
    co_return co_await WriteFrame(*std::move(frame));
  }

  // The answer to the oldest request in flight, which was `Request` in `version`.
  template <class Request>
  Task<StatusOr<typename Request::Response>> Receive(int16_t version) {
    auto frame = co_await ReadFrame();
    if (!frame.ok()) co_return std::move(frame).status();
    WireReader reader(*std::move(frame));
    const Status expected = CheckHeader(reader, Request::kApiKey, version);
    if (!expected.ok()) co_return expected;
    typename Request::Response response;
    const Status decoded = Decode(reader, response, version);
    if (!decoded.ok()) co_return decoded;
    if (reader.remaining() != 0) co_return Internal("an answer is longer than what it says");
    co_return response;
  }

  // Sends one request and waits for its answer; nothing else may be in flight.
  template <class Request>
  Task<StatusOr<typename Request::Response>> Call(Request request, int16_t version) {
    const Status sent = co_await Send(std::move(request), version);
    if (!sent.ok()) co_return sent;
    co_return co_await Receive<Request>(version);
  }

 private:
  Task<Status> WriteFrame(SliceChain frame);
  Task<StatusOr<Slice>> ReadFrame();
  // All of the next `size` bytes.
  Task<StatusOr<Slice>> ReadExactly(size_t size);
  Status CheckHeader(WireReader& reader, int16_t api_key, int16_t version);

  Runtime& runtime_;
  std::unique_ptr<Connection> connection_;
  int32_t next_to_send_ = 1;
  int32_t next_to_receive_ = 1;
};

}  // namespace penstock::sim
