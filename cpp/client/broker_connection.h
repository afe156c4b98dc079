// One connection to one broker: many requests in flight, each answer handed to the one who asked.
//
//   Call: encode -> queue -> wait.   The writer takes everything queued in one gathered write.
//   The reader takes frames; answers come in the order of the requests, so the first in flight is
//   the one that is answered.   The watch ends the connection when an answer takes too long.
//
// An end is final: whoever wants to go on opens another one (client/connection_pool.h).
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "base/slice.h"
#include "base/status.h"
#include "base/time.h"
#include "client/api_versions.h"
#include "client/client_options.h"
#include "protocol/frame.h"
#include "protocol/receive_window.h"
#include "runtime/condition.h"
#include "runtime/network.h"
#include "runtime/runtime.h"
#include "runtime/task.h"
#include "runtime/task_group.h"

namespace penstock {

struct CallOptions {
  std::optional<Duration> timeout;  // instead of request.timeout.ms
  int16_t version_max = INT16_MAX;  // a higher version could not say what is asked
};

class BrokerConnection {
 public:
  // Connects and agrees on versions, within connection_setup_timeout. An error says the step that
  // failed (client/connect_step.h). The connection's own tasks run in `background` until it is
  // closed, and share it with whoever calls: that is why the pointer is shared. `runtime` and
  // `background` outlive the connection.
  static Task<StatusOr<std::shared_ptr<BrokerConnection>>> Open(Runtime& runtime,
                                                                TaskGroup& background,
                                                                ClientOptions options,
                                                                Address address);
  BrokerConnection(const BrokerConnection&) = delete;
  BrokerConnection& operator=(const BrokerConnection&) = delete;
  ~BrokerConnection();

  const Address& address() const { return address_; }
  const ApiVersions& versions() const { return versions_; }
  // The version in which Call sends this request.
  template <class Request>
  StatusOr<int16_t> VersionOf(int16_t version_max = INT16_MAX) const {
    return versions_.Choose(ApiKey{Request::kApiKey}, Request::kVersions, version_max);
  }

  // Sends a request and waits for its answer. Requests are sent in the order of the calls. The
  // connection outlives the Task; a cancelled call was sent or not, its answer is dropped.
  //   UNSUPPORTED_VERSION: no version in common; nothing was sent.
  //   InvalidArgument: the request cannot be said in the version; nothing was sent.
  //   REQUEST_TIMED_OUT: no answer in time; the connection is closed with it.
  //   NETWORK_EXCEPTION: the connection ended; the broker may have done what was asked, or not.
  //   Cancelled: Close() was called.
  //   Internal: the answer cannot be read; the connection is closed with it.
  template <class Request>
  Task<StatusOr<typename Request::Response>> Call(Request request, CallOptions options) {
    CO_ASSIGN_OR_RETURN(const int16_t version, VersionOf<Request>(options.version_max));
    CO_ASSIGN_OR_RETURN(SliceChain frame, EncodeRequest(NextHeader(), request, version));
    const Duration timeout = options.timeout.value_or(options_.request_timeout);
    CO_ASSIGN_OR_RETURN(Slice answer, co_await Exchange(std::move(frame), timeout));
    WireReader reader(std::move(answer));
    const ApiInfo& api = *FindApi(Request::kApiKey);
    typename Request::Response response;
    Status decoded = DecodeResponseHeader(reader, api, version).status();
    if (decoded.ok()) decoded = Decode(reader, response, version);
    if (decoded.ok() && reader.remaining() != 0) decoded = LongerThanItSays(api);
    if (!decoded.ok()) co_return Unreadable(decoded);
    co_return response;
  }
  template <class Request>
  Task<StatusOr<typename Request::Response>> Call(Request request) {
    CallOptions options;
    co_return co_await Call(std::move(request), options);
  }

  // Sends a request that gets no answer (Produce with acks=0); done when its bytes are with the
  // network. Errors as of Call.
  template <class Request>
  Task<Status> Send(Request request) {
    CO_ASSIGN_OR_RETURN(const int16_t version, VersionOf<Request>());
    CO_ASSIGN_OR_RETURN(SliceChain frame, EncodeRequest(NextHeader(), request, version));
    co_return co_await Write(std::move(frame));
  }

  // Ends the connection; calls in flight end with Cancelled. Once it is closed nothing is touched.
  void Close();
  bool closed() const { return !end_.ok(); }
  // Why it ended; OK while it has not.
  const Status& end() const { return end_; }
  // When it ended; only if closed().
  Instant ended_at() const { return last_used_; }
  // Calls that wait for an answer.
  size_t in_flight() const { return in_flight_.size(); }
  // When something was last sent or received.
  Instant last_used() const { return last_used_; }

 private:
  struct Answer;  // where a call waits
  struct InFlight {
    int32_t correlation_id;
    Instant deadline;
    Answer* answer;  // null once the call was cancelled
  };

  BrokerConnection(Runtime& runtime, ClientOptions options, Address address,
                   std::unique_ptr<Connection> stream);

  static Task<> ReadLoop(std::shared_ptr<BrokerConnection> self);
  static Task<> WriteLoop(std::shared_ptr<BrokerConnection> self);
  static Task<> Watch(std::shared_ptr<BrokerConnection> self);

  Task<Status> AgreeOnVersions();
  // The next frame of an answer, without its length.
  Task<StatusOr<Slice>> NextFrame();
  Status CheckLength(int32_t length) const;
  void HandOver(Slice frame);
  void EndIfLate();
  Instant NextDeadline() const;

  // The header of the next request, with a correlation id of its own.
  RequestHeader NextHeader();
  // Queues the frame that has the last header, and waits for its answer, header included.
  Task<StatusOr<Slice>> Exchange(SliceChain frame, Duration timeout);
  Task<Status> Write(SliceChain frame);
  Status LongerThanItSays(const ApiInfo& api) const;
  // Ends the connection because of an answer that cannot be read.
  Status Unreadable(const Status& why);
  void End(Status why);

  Runtime& runtime_;
  const ClientOptions options_;
  const Address address_;
  const std::unique_ptr<Connection> stream_;
  ApiVersions versions_;
  ReceiveWindow window_;
  bool answers_seen_ = false;
  int32_t last_correlation_id_ = 0;
  std::deque<InFlight> in_flight_;  // in the order of their requests
  SliceChain unsent_;
  uint64_t frames_queued_ = 0;
  uint64_t frames_written_ = 0;
  Instant watched_until_ = Instant::Never();  // when the watch looks next
  Instant last_used_;
  Status end_;
  Condition writer_wakes_;
  Condition watch_wakes_;
  Condition written_;
};

// True if another try may help: the Kafka code says so, or there was no connection.
bool IsRetriable(const Status& status);

}  // namespace penstock
