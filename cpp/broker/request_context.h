// What a handler is told about the request that it answers, and what it may ask of the connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/error_code.h"
#include "base/time.h"
#include "runtime/network.h"

namespace penstock {

struct BrokerServices;

// A listener as its connections see it.
struct ListenerInfo {
  std::string name = "PLAINTEXT";
  // What clients are told to connect to; nothing: the address that the client itself used.
  std::optional<Address> advertised;
};

// The same for every request of a connection.
struct ConnectionInfo {
  uint64_t id = 0;  // unique in the life of the broker
  const ListenerInfo* listener = nullptr;
  Address local;  // the address that the client used
  Address peer;
  // As the client said in ApiVersions; empty before.
  std::string client_software_name;
  std::string client_software_version;
};

// Lives until the answer is made, whatever the handler awaits. One shard.
class RequestContext {
 public:
  // The connection's side of a request.
  class Owner {
   public:
    virtual ~Owner() = default;
    // The next request of the connection may start.
    virtual void OnDispatched(RequestContext& context) = 0;
  };

  // All outlive the context. `services` may be null where no handler needs them (tests).
  RequestContext(ConnectionInfo& connection, BrokerServices* services, Owner& owner)
      : connection_(connection), services_(services), owner_(owner) {}
  RequestContext(const RequestContext&) = delete;
  RequestContext& operator=(const RequestContext&) = delete;

  // From the request header, set by the pipeline.
  int16_t api_key = -1;
  int16_t api_version = -1;
  int32_t correlation_id = 0;
  std::optional<std::string> client_id;
  // When the frame was complete.
  Instant received_at;
  // Counted with the request: the response's own error, set by the pipeline; a handler whose
  // response holds errors only further inside may say one of them here.
  ErrorCode error = ErrorCode::kNone;

  BrokerServices& services() const {
    CHECK(services_ != nullptr);
    return *services_;
  }
  ConnectionInfo& connection() const { return connection_; }
  const ListenerInfo& listener() const { return *connection_.listener; }
  // Where this client reaches this broker: advertised.listeners, else the address that it used.
  const Address& AdvertisedAddress() const {
    return listener().advertised.has_value() ? *listener().advertised : connection_.local;
  }
  std::string_view principal() const { return "User:ANONYMOUS"; }

  // First stage done: what must happen in the order of the requests has happened. The next request
  // of the connection may start, answers leave in order all the same. A request that does not say
  // so is dispatched when it is answered.
  void Dispatched() {
    if (dispatched_) return;
    dispatched_ = true;
    owner_.OnDispatched(*this);
  }
  bool dispatched() const { return dispatched_; }

  // True while the request only waits for something new (a long poll): a broker that stops drops it
  // instead of waiting for it.
  void SetWaiting(bool waiting) { waiting_ = waiting; }
  bool waiting() const { return waiting_; }

  // acks=0: the response of the handler is not sent.
  void AnswerNothing() { answers_ = false; }
  bool answers() const { return answers_; }

  // Closes the connection when the handler is done, after the answers to earlier requests and
  // without one to this request. `cause` is for the log line.
  void CloseConnection(std::string_view cause) { close_cause_ = cause; }
  const std::optional<std::string>& close_cause() const { return close_cause_; }

 private:
  ConnectionInfo& connection_;
  BrokerServices* const services_;
  Owner& owner_;
  bool dispatched_ = false;
  bool waiting_ = false;
  bool answers_ = true;
  std::optional<std::string> close_cause_;
};

}  // namespace penstock
