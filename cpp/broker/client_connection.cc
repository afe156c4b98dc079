#include "broker/client_connection.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "broker/greeting.h"
#include "broker/limits.h"
#include "runtime/race.h"
#include "runtime/yield.h"

namespace penstock {

namespace {
// Causes by which log lines about an end are limited.
constexpr std::string_view kPeer = "peer";
constexpr std::string_view kGreeting = "greeting";
constexpr std::string_view kLength = "length";
constexpr std::string_view kTruncated = "truncated";
constexpr std::string_view kRequest = "request";
constexpr std::string_view kClosed = "closed";
}  // namespace

ClientConnection::ClientConnection(ConnectionShared& shared, std::unique_ptr<Connection> stream,
                                   uint64_t id, const ListenerInfo& listener)
    : shared_(shared),
      stream_(std::move(stream)),
      slices_(dynamic_cast<SliceStream*>(stream_.get())),
      last_moved_(shared.runtime.clock.Now()),
      closed_(shared.runtime.executor),
      reader_wakes_(shared.runtime.executor),
      writer_wakes_(shared.runtime.executor) {
  info_.id = id;
  info_.listener = &listener;
  info_.local = stream_->local();
  info_.peer = stream_->peer();
}

Task<> ClientConnection::Serve() {
  Task<Status> reading = ReadLoop();
  Task<Status> writing = WriteLoop();
  Task<std::variant<Status, Status>> serving = Race(std::move(reading), std::move(writing));
  Task<> closing = closed_.Wait();
  auto first = co_await Race(std::move(serving), std::move(closing));
  Status end = Cancelled(close_cause_);
  if (first.index() == 0) {
    std::variant<Status, Status>& served = std::get<0>(first);
    end = served.index() == 0 ? std::get<0>(served) : std::get<1>(served);
  } else {
    end_cause_ = kClosed;
  }
  pending_.clear();
  stream_->Close();
  LogEnd(end);
}

void ClientConnection::Drain() {
  draining_ = true;
  if (Quiet()) Close("the broker stops");
}

void ClientConnection::Close(std::string_view cause) {
  if (closed_.is_set()) return;
  close_cause_ = cause;
  closed_.Set();
}

bool ClientConnection::IdleSince(Instant since) const {
  return last_moved_ <= since && (pending_.empty() || writing_);
}

bool ClientConnection::StalledSince(Instant since) const {
  return last_moved_ <= since && receiving_;
}

// --- reading ---

Task<Status> ClientConnection::ReadLoop() {
  while (true) {
    StatusOr<std::optional<Slice>> frame = co_await NextFrame();
    const bool more = frame.ok() && frame->has_value();
    if (!more) {
      // Answers to what was understood still leave; the peer may have closed its side only.
      const Instant deadline = shared_.runtime.clock.Now() + kDrainMax;
      Task<> quiet = WaitUntilQuiet();
      co_await Before(shared_.runtime.timers, deadline, std::move(quiet));
      co_return frame.status();
    }
    co_await WaitForTurn();
    StartRequest(**std::move(frame));
  }
}

Task<StatusOr<std::optional<Slice>>> ClientConnection::NextFrame() {
  while (true) {
    const std::optional<int32_t> length = window_.next_length();
    if (length.has_value()) {
      CO_RETURN_IF_ERROR(CheckLength(*length));
      if (next_memory_.units() == 0) co_await Reserve(static_cast<uint64_t>(*length));
      receiving_ = !window_.complete();
      if (!receiving_) {
        frames_seen_ = true;
        co_return std::optional<Slice>(window_.TakeFrame());
      }
    }
    size_t received = 0;
    if (slices_ != nullptr) {
      StatusOr<Slice> slice = co_await slices_->Receive();
      if (!slice.ok()) co_return slice.status();
      received = slice->size();
      if (received > 0) window_.Adopt(*std::move(slice));
    } else {
      Slice room = window_.Room();
      const StatusOr<size_t> read = co_await stream_->Read(std::move(room));
      if (!read.ok()) co_return read.status();
      received = *read;
      if (received > 0) window_.Commit(received);
    }
    if (received == 0) {
      if (window_.empty()) co_return std::optional<Slice>();
      end_cause_ = kTruncated;
      co_return InvalidArgument("the peer closed the connection in the middle of a frame");
    }
    last_moved_ = shared_.runtime.clock.Now();
  }
}

Status ClientConnection::CheckLength(int32_t length) {
  if (!frames_seen_) {
    const std::string_view greeting = RecogniseGreeting(window_.next_bytes());
    if (!greeting.empty()) {
      end_cause_ = kGreeting;
      return InvalidArgument(greeting);
    }
  }
  if (length >= kFrameBytesMin && length <= shared_.request_bytes_max) return OkStatus();
  end_cause_ = kLength;
  return InvalidArgument(StrCat("a frame announces ", length, " bytes; from ", kFrameBytesMin,
                                " to ", shared_.request_bytes_max,
                                " (socket.request.max.bytes) are possible"));
}

// One connection cannot hold all memory, but a single request may be as large as all of it.
Task<> ClientConnection::Reserve(uint64_t bytes) {
  const uint64_t capacity = shared_.request_bytes.capacity();
  const uint64_t units = std::min(bytes, capacity);
  const uint64_t share = capacity / kRequestBytesShareOfConnection;
  while (pending_bytes_ > 0 && pending_bytes_ + units > share) co_await reader_wakes_.Wait();
  std::optional<Semaphore::Permit> permit = shared_.request_bytes.TryAcquire(units);
  if (permit.has_value()) {
    next_memory_ = *std::move(permit);
  } else {
    next_memory_ = co_await shared_.request_bytes.Acquire(units);
  }
  last_moved_ = shared_.runtime.clock.Now();
}

Task<> ClientConnection::WaitForTurn() {
  if (++frames_in_turn_ >= kFramesPerTurnMax) {
    frames_in_turn_ = 0;
    co_await Yield(shared_.runtime.executor);
  }
  while (!NextMayStart()) co_await reader_wakes_.Wait();
}

bool ClientConnection::NextMayStart() const {
  if (draining_ || ending_) return false;
  if (pending_.empty()) return true;
  return pending_.back().context.dispatched() && pending_.size() < kRequestsInFlightMax &&
         unsent_bytes_ <= kUnsentBytesMax;
}

// --- requests ---

void ClientConnection::StartRequest(Slice frame) {
  RequestContext::Owner& owner = *this;
  Pending& pending = pending_.emplace_back(info_, shared_.services, owner);
  pending.memory = std::move(next_memory_);
  pending_bytes_ += pending.memory.units();
  pending.work.emplace(WorkOn(pending, std::move(frame)));
  pending.work->Start();
}

Task<> ClientConnection::WorkOn(Pending& pending, Slice frame) {
  StatusOr<SliceChain> answer = co_await shared_.pipeline.Answer(pending.context, std::move(frame));
  pending_bytes_ -= pending.memory.units();
  pending.memory.Release();
  if (!answer.ok()) {
    pending.end = answer.status();
  } else if (pending.context.close_cause().has_value()) {
    pending.end = InvalidArgument(*pending.context.close_cause());
  } else {
    pending.answer = *std::move(answer);
    unsent_bytes_ += pending.answer.size();
  }
  ending_ = ending_ || pending.end.has_value();
  pending.answered = true;
  pending.context.Dispatched();
  reader_wakes_.NotifyOne();
  writer_wakes_.NotifyOne();
}

void ClientConnection::OnDispatched(RequestContext&) { reader_wakes_.NotifyOne(); }

Task<> ClientConnection::WaitUntilQuiet() {
  while (!Quiet()) co_await reader_wakes_.Wait();
}

bool ClientConnection::Quiet() const {
  return !writing_ && std::all_of(pending_.begin(), pending_.end(), [](const Pending& pending) {
    return pending.context.waiting() && !pending.answered;
  });
}

// --- writing ---

Task<Status> ClientConnection::WriteLoop() {
  while (true) {
    while (pending_.empty() || !pending_.front().answered) co_await writer_wakes_.Wait();
    SliceChain answers;
    std::optional<Status> end;
    while (!end.has_value() && !pending_.empty() && pending_.front().answered) {
      answers.Append(std::move(pending_.front().answer));
      end = std::move(pending_.front().end);
      pending_.pop_front();
    }
    const size_t size = answers.size();
    if (size > 0) {
      writing_ = true;
      const Status written = co_await stream_->Write(std::move(answers));
      writing_ = false;
      if (!written.ok()) co_return written;
      unsent_bytes_ -= size;
      last_moved_ = shared_.runtime.clock.Now();
    }
    if (end.has_value()) {
      end_cause_ = kRequest;
      co_return *std::move(end);
    }
    if (draining_ && Quiet()) co_return Cancelled("the broker stops");
    reader_wakes_.NotifyOne();
  }
}

void ClientConnection::LogEnd(const Status& status) const {
  const std::string peer = info_.peer.ToString();
  if (end_cause_ == kPeer || end_cause_ == kClosed) {
    if (!shared_.logger.Enabled(LogLevel::kDebug)) return;
    shared_.logger.Debug("connection ended", {{"peer", peer}, {"cause", status}});
    return;
  }
  shared_.logger.LogLimited(
      shared_.limiter, end_cause_, LogLevel::kWarn, "connection closed",
      {{"peer", peer}, {"listener", info_.listener->name}, {"cause", status}});
}

}  // namespace penstock
