#include "client/broker_connection.h"

#include <algorithm>
#include <span>

#include "base/endian.h"
#include "base/strings.h"
#include "client/connect_step.h"
#include "protocol/messages/api_versions.h"
#include "runtime/completion.h"
#include "runtime/race.h"

namespace penstock {

namespace {

constexpr std::string_view kSoftwareName = "penstock";
constexpr int32_t kFrameBytesMin = sizeof(int32_t);  // a correlation id
// So that a deadline stays a time that a clock can show.
constexpr Duration kTimeoutMax = std::chrono::hours(24 * 365);

// What a server that is no Kafka listener, or none without TLS, says first.
std::string_view RecogniseAnswer(std::span<const uint8_t> bytes) {
  if (bytes.size() < 4) return {};
  if (std::string_view(reinterpret_cast<const char*>(bytes.data()), 4) == "HTTP") {
    return "it answers in HTTP: this is the port of something else";
  }
  // Record type alert or handshake, then the version of the record layer: 3.0 to 3.4.
  if ((bytes[0] == 0x15 || bytes[0] == 0x16) && bytes[1] == 0x03 && bytes[2] <= 0x04) {
    return "it answers in TLS: this listener does not take plain connections";
  }
  return {};
}

// What ends a connection is a network error to those who wait for answers, unless it is told
// better.
Status AsNetworkError(const Status& status) {
  const bool network =
      status.code() == StatusCode::kUnavailable || status.code() == StatusCode::kNotFound;
  return network ? KafkaError(ErrorCode::kNetworkException, MessageOf(status)) : status;
}

}  // namespace

bool IsRetriable(const Status& status) { return IsRetriable(ErrorCodeOf(status)); }

// In the frame of the call: a call that is cancelled takes its answer away.
struct BrokerConnection::Answer {
  Answer(BrokerConnection& owner, Executor& executor) : connection(owner), result(executor) {}
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;
  ~Answer() {
    if (result.finished()) return;
    for (InFlight& call : connection.in_flight_) {
      if (call.answer == this) call.answer = nullptr;
    }
  }

  BrokerConnection& connection;
  Completion<StatusOr<Slice>> result;
};

BrokerConnection::BrokerConnection(Runtime& runtime, ClientOptions options, Address address,
                                   std::unique_ptr<Connection> stream)
    : runtime_(runtime),
      options_(std::move(options)),
      address_(std::move(address)),
      stream_(std::move(stream)),
      last_used_(runtime.clock.Now()),
      writer_wakes_(runtime.executor),
      watch_wakes_(runtime.executor),
      written_(runtime.executor) {}

BrokerConnection::~BrokerConnection() = default;

// --- opening ---

Task<StatusOr<std::shared_ptr<BrokerConnection>>> BrokerConnection::Open(Runtime& runtime,
                                                                         TaskGroup& background,
                                                                         ClientOptions options,
                                                                         Address address) {
  const std::string limit =
      StrCat("no answer within ", InMilliseconds(options.connection_setup_timeout),
             " ms (socket.connection.setup.timeout.ms)");
  const Instant deadline = runtime.clock.Now() + options.connection_setup_timeout;
  auto connecting = runtime.network.Connect(address);
  auto connected = co_await Before(runtime.timers, deadline, std::move(connecting));
  if (!connected.has_value()) {
    const std::string what = StrCat("connect to ", address.ToString(), ": ", limit);
    co_return FailedAt(ConnectStep::kConnect, KafkaError(ErrorCode::kNetworkException, what));
  }
  if (!connected->ok()) {
    const Status& status = connected->status();
    const bool unknown = status.code() == StatusCode::kNotFound;
    co_return FailedAt(unknown ? ConnectStep::kResolve : ConnectStep::kConnect,
                       AsNetworkError(status));
  }
  struct Closer {
    ~Closer() {
      if (connection != nullptr) connection->Close();
    }
    std::shared_ptr<BrokerConnection> connection;
  };
  Closer closer;
  closer.connection.reset(new BrokerConnection(runtime, std::move(options), std::move(address),
                                               *std::move(*connected)));
  const std::shared_ptr<BrokerConnection>& self = closer.connection;
  background.Start(ReadLoop(self));
  background.Start(WriteLoop(self));
  background.Start(Watch(self));
  auto agreeing = self->AgreeOnVersions();
  auto agreed = co_await Before(runtime.timers, deadline, std::move(agreeing));
  if (!agreed.has_value()) agreed = KafkaError(ErrorCode::kNetworkException, limit);
  if (!agreed->ok()) {
    const std::string what = StrCat("shake hands with ", self->address_.ToString());
    co_return FailedAt(ConnectStep::kHandshake, Annotate(*agreed, what));
  }
  co_return std::move(closer.connection);
}

// The newest version first; a broker that does not know it says so in version 0, with what it knows
// (KIP-511).
Task<Status> BrokerConnection::AgreeOnVersions() {
  const ApiInfo& api = *FindApi(ApiKey::kApiVersions);
  int16_t version = ApiVersionsRequest::kVersions.max;
  while (true) {
    ApiVersionsRequest request;
    request.client_software_name = kSoftwareName;
    request.client_software_version = PENSTOCK_VERSION;
    CO_ASSIGN_OR_RETURN(SliceChain frame, EncodeRequest(NextHeader(), request, version));
    const Duration timeout = options_.connection_setup_timeout;
    CO_ASSIGN_OR_RETURN(Slice answer, co_await Exchange(std::move(frame), timeout));
    WireReader reader(std::move(answer));
    CO_RETURN_IF_ERROR(DecodeResponseHeader(reader, api, version).status());
    const WireReader::Mark body = reader.mark();
    const auto error = static_cast<ErrorCode>(reader.Read<int16_t>());
    if (!reader.ok()) co_return reader.status();
    reader.Rewind(body);
    const bool refused = error == ErrorCode::kUnsupportedVersion;
    ApiVersionsResponse response;
    const int16_t answered_in = refused ? int16_t{0} : version;
    CO_RETURN_IF_ERROR(Decode(reader, response, answered_in));
    if (error == ErrorCode::kNone) {
      versions_ = ApiVersions(response);
      co_return OkStatus();
    }
    if (!refused || version == 0) {
      co_return KafkaError(error, StrCat("ApiVersions was answered by ", NameOf(error)));
    }
    const auto theirs = ApiVersions(response).Find(ApiKey::kApiVersions);
    const int16_t highest = theirs.has_value() ? theirs->max : int16_t{0};
    version = std::clamp<int16_t>(highest, 0, static_cast<int16_t>(version - 1));
  }
}

// --- calling ---

RequestHeader BrokerConnection::NextHeader() {
  last_correlation_id_ = last_correlation_id_ == INT32_MAX ? 0 : last_correlation_id_ + 1;
  RequestHeader header;
  header.correlation_id = last_correlation_id_;
  header.client_id = options_.client_id;
  return header;
}

Task<StatusOr<Slice>> BrokerConnection::Exchange(SliceChain frame, Duration timeout) {
  if (closed()) co_return end_;
  Answer answer(*this, runtime_.executor);
  const Instant deadline = runtime_.clock.Now() + std::min(timeout, kTimeoutMax);
  in_flight_.push_back(InFlight{last_correlation_id_, deadline, &answer});
  if (deadline < watched_until_) watch_wakes_.NotifyOne();
  unsent_.Append(std::move(frame));
  ++frames_queued_;
  writer_wakes_.NotifyOne();
  co_return co_await answer.result.Wait();
}

Task<Status> BrokerConnection::Write(SliceChain frame) {
  if (closed()) co_return end_;
  unsent_.Append(std::move(frame));
  const uint64_t own = ++frames_queued_;
  writer_wakes_.NotifyOne();
  while (frames_written_ < own && !closed()) co_await written_.Wait();
  co_return frames_written_ >= own ? OkStatus() : end_;
}

Status BrokerConnection::LongerThanItSays(const ApiInfo& api) const {
  return InvalidArgument(StrCat("bytes are left behind the answer to ", api.name));
}

Status BrokerConnection::Unreadable(const Status& why) {
  const Status status =
      Internal(StrCat("an answer of ", address_.ToString(), " cannot be read: ", MessageOf(why)));
  End(status);
  return status;
}

// --- the tasks of the connection ---

Task<> BrokerConnection::WriteLoop(std::shared_ptr<BrokerConnection> self) {
  while (!self->closed()) {
    if (self->unsent_.empty()) {
      co_await self->writer_wakes_.Wait();
      continue;
    }
    SliceChain frames = std::exchange(self->unsent_, SliceChain());
    const uint64_t queued = self->frames_queued_;
    const Status written = co_await self->stream_->Write(std::move(frames));
    if (!written.ok()) self->End(AsNetworkError(written));
    if (self->closed()) co_return;
    self->frames_written_ = queued;
    self->last_used_ = self->runtime_.clock.Now();
    self->written_.NotifyAll();
  }
}

Task<> BrokerConnection::ReadLoop(std::shared_ptr<BrokerConnection> self) {
  while (!self->closed()) {
    StatusOr<Slice> frame = co_await self->NextFrame();
    if (!frame.ok()) {
      self->End(AsNetworkError(frame.status()));
    } else {
      self->HandOver(*std::move(frame));
    }
  }
}

Task<StatusOr<Slice>> BrokerConnection::NextFrame() {
  while (true) {
    const std::optional<int32_t> length = window_.next_length();
    if (length.has_value()) {
      CO_RETURN_IF_ERROR(CheckLength(*length));
      if (window_.complete()) {
        answers_seen_ = true;
        co_return window_.TakeFrame();
      }
    }
    Slice room = window_.Room();
    CO_ASSIGN_OR_RETURN(const size_t received, co_await stream_->Read(std::move(room)));
    if (received == 0) {
      const std::string_view where = window_.empty() ? "" : " in the middle of an answer";
      co_return Unavailable(StrCat(address_.ToString(), " closed the connection", where));
    }
    window_.Commit(received);
    last_used_ = runtime_.clock.Now();
  }
}

Status BrokerConnection::CheckLength(int32_t length) const {
  const std::string peer = address_.ToString();
  if (!answers_seen_) {
    const std::string_view known = RecogniseAnswer(window_.next_bytes());
    if (!known.empty()) return FailedPrecondition(StrCat(peer, " is no Kafka listener: ", known));
  }
  if (length >= kFrameBytesMin && length <= options_.response_bytes_max) return OkStatus();
  return Internal(StrCat(peer, " announces an answer of ", length, " bytes; from ", kFrameBytesMin,
                         " to ", options_.response_bytes_max, " are possible"));
}

void BrokerConnection::HandOver(Slice frame) {
  if (closed()) return;
  const auto correlation_id = LoadBig<int32_t>(frame.data());
  if (in_flight_.empty() || in_flight_.front().correlation_id != correlation_id) {
    return End(Internal(StrCat(address_.ToString(), " answers a request that is not the next one (",
                               correlation_id, ")")));
  }
  Answer* const answer = in_flight_.front().answer;
  in_flight_.pop_front();
  if (answer != nullptr) answer->result.Finish(std::move(frame));
}

// --- time and end ---

Instant BrokerConnection::NextDeadline() const {
  Instant next = Instant::Never();
  for (const InFlight& call : in_flight_) next = std::min(next, call.deadline);
  return next;
}

Task<> BrokerConnection::Watch(std::shared_ptr<BrokerConnection> self) {
  while (!self->closed()) {
    self->watched_until_ = self->NextDeadline();
    Task<> woken = self->watch_wakes_.Wait();
    if (self->watched_until_ == Instant::Never()) {
      co_await woken;
    } else if (self->watched_until_ > self->runtime_.clock.Now()) {
      co_await Before(self->runtime_.timers, self->watched_until_, std::move(woken));
    } else {
      self->EndIfLate();
    }
  }
}

void BrokerConnection::EndIfLate() {
  const Instant now = runtime_.clock.Now();
  const std::string peer = address_.ToString();
  for (InFlight& call : in_flight_) {
    if (call.deadline > now || call.answer == nullptr) continue;
    Answer* const answer = std::exchange(call.answer, nullptr);
    answer->result.Finish(KafkaError(ErrorCode::kRequestTimedOut,
                                     StrCat(peer, " did not answer within request.timeout.ms")));
  }
  End(KafkaError(ErrorCode::kNetworkException,
                 StrCat("the connection with ", peer, " was given up, an answer took too long")));
}

void BrokerConnection::Close() { End(Cancelled("the connection was closed")); }

void BrokerConnection::End(Status why) {
  if (closed()) return;
  end_ = std::move(why);
  last_used_ = runtime_.clock.Now();
  stream_->Close();
  unsent_ = SliceChain();
  const std::deque<InFlight> calls = std::exchange(in_flight_, std::deque<InFlight>());
  for (const InFlight& call : calls) {
    if (call.answer != nullptr) call.answer->result.Finish(end_);
  }
  writer_wakes_.NotifyAll();
  watch_wakes_.NotifyAll();
  written_.NotifyAll();
}

}  // namespace penstock
