// One client's connection: frames in, answers out in the order of the requests.
//
//   ReadLoop: receive -> check the length -> account its memory -> start the request -> wait until
//             it is dispatched -> next frame
//   WriteLoop: whatever answers are ready, in order, leave in one gathered write
//
// A peer that does not read its answers is not read from either.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "base/log.h"
#include "base/slice.h"
#include "base/status.h"
#include "base/time.h"
#include "broker/pipeline.h"
#include "broker/request_context.h"
#include "protocol/receive_window.h"
#include "runtime/condition.h"
#include "runtime/event.h"
#include "runtime/network.h"
#include "runtime/root_task.h"
#include "runtime/runtime.h"
#include "runtime/semaphore.h"
#include "runtime/slice_stream.h"
#include "runtime/task.h"

namespace penstock {

// What all connections of a broker share. All outlive them.
struct ConnectionShared {
  Runtime& runtime;
  Pipeline& pipeline;
  BrokerServices* services;          // may be null where no handler needs them
  Semaphore& request_bytes;          // of all requests under way
  const int32_t& request_bytes_max;  // socket.request.max.bytes
  Logger& logger;
  LogLimiter& limiter;
};

class ClientConnection final : private RequestContext::Owner {
 public:
  ClientConnection(ConnectionShared& shared, std::unique_ptr<Connection> stream, uint64_t id,
                   const ListenerInfo& listener);
  ClientConnection(const ClientConnection&) = delete;
  ClientConnection& operator=(const ClientConnection&) = delete;

  // Serves until the peer leaves, breaks the protocol, or the connection is closed. Once.
  Task<> Serve();

  // No further request is started; ends when those under way are answered. Long polls are dropped.
  void Drain();
  // Ends at once; `cause` is for the log.
  void Close(std::string_view cause);

  const ConnectionInfo& info() const { return info_; }
  // True if the peer is a client of the same program: there is no socket.
  bool is_inside_program() const { return slices_ != nullptr; }
  bool is_closing() const { return closed_.is_set(); }
  // True if nothing has come or gone since `since` and no request is being worked on.
  bool IdleSince(Instant since) const;
  // True if a frame has begun and no byte of it has come since `since`.
  bool StalledSince(Instant since) const;

 private:
  // A request that has started and whose answer has not left.
  struct Pending {
    Pending(ConnectionInfo& info, BrokerServices* services, RequestContext::Owner& owner)
        : context(info, services, owner) {}
    RequestContext context;
    Semaphore::Permit memory;
    bool answered = false;
    SliceChain answer;
    std::optional<Status> end;           // the connection ends here instead of an answer
    std::optional<RootTask<void>> work;  // last: refers to the rest
  };

  void OnDispatched(RequestContext& context) override;
  Task<Status> ReadLoop();
  // The next frame; nothing when the peer has closed its side between two frames.
  Task<StatusOr<std::optional<Slice>>> NextFrame();
  Status CheckLength(int32_t length);
  Task<> Reserve(uint64_t bytes);
  // Waits until the next request may start.
  Task<> WaitForTurn();
  bool NextMayStart() const;
  void StartRequest(Slice frame);
  Task<> WorkOn(Pending& pending, Slice frame);
  // Waits until what is under way is answered, but for long polls.
  Task<> WaitUntilQuiet();
  bool Quiet() const;
  Task<Status> WriteLoop();
  void LogEnd(const Status& status) const;

  ConnectionShared& shared_;
  std::unique_ptr<Connection> stream_;
  SliceStream* const slices_;  // stream_, if its peer lives in this memory
  ConnectionInfo info_;
  ReceiveWindow window_;
  Semaphore::Permit next_memory_;  // of the frame that is being received
  uint64_t pending_bytes_ = 0;     // memory of requests under way
  size_t unsent_bytes_ = 0;        // answers that are ready or being written
  size_t frames_in_turn_ = 0;      // since the reader last let others run
  bool frames_seen_ = false;
  bool receiving_ = false;  // a frame has begun, its memory is held, and it is not complete
  bool writing_ = false;
  bool draining_ = false;
  bool ending_ = false;                  // a request under way ends the connection
  std::string_view end_cause_ = "peer";  // what the log lines of an end are limited by
  std::string close_cause_;
  Instant last_moved_;
  Event closed_;
  Condition reader_wakes_;
  Condition writer_wakes_;
  std::list<Pending> pending_;  // in the order of the requests; refers to all above
};

}  // namespace penstock
