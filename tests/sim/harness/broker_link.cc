// Frames of a test client.
#include "tests/sim/harness/broker_link.h"

#include "base/endian.h"
#include "base/strings.h"

namespace penstock::sim {
namespace {

// No answer of these tests is larger.
constexpr int32_t kFrameBytesMax = 64 << 20;

Status TooLate() { return Unavailable("no answer in time"); }

}  // namespace

Task<StatusOr<std::unique_ptr<BrokerLink>>> BrokerLink::Open(Runtime& runtime, Address broker) {
  auto connecting = runtime.network.Connect(std::move(broker));
  const Instant deadline = runtime.clock.Now() + kAnswerTimeMax;
  auto connected = co_await Before(runtime.timers, deadline, std::move(connecting));
  if (!connected.has_value()) co_return TooLate();
  if (!connected->ok()) co_return std::move(*connected).status();
  co_return std::make_unique<BrokerLink>(runtime, std::move(**connected));
}

Task<Status> BrokerLink::WriteFrame(SliceChain frame) {
  auto writing = connection_->Write(std::move(frame));
  const Instant deadline = runtime_.clock.Now() + kAnswerTimeMax;
  auto written = co_await Before(runtime_.timers, deadline, std::move(writing));
  co_return written.has_value() ? *written : TooLate();
}

Task<StatusOr<Slice>> BrokerLink::ReadExactly(size_t size) {
  Slice bytes = Slice::Allocate(size);
  const Instant deadline = runtime_.clock.Now() + kAnswerTimeMax;
  for (size_t done = 0; done < size;) {
    auto reading = connection_->Read(bytes.Sub(done));
    auto read = co_await Before(runtime_.timers, deadline, std::move(reading));
    if (!read.has_value()) co_return TooLate();
    if (!read->ok()) co_return std::move(*read).status();
    if (**read == 0) co_return Unavailable("the broker has closed the connection");
    done += **read;
  }
  co_return bytes;
}

Task<StatusOr<Slice>> BrokerLink::ReadFrame() {
  auto prefix = co_await ReadExactly(kFrameLengthBytes);
  if (!prefix.ok()) co_return std::move(prefix).status();
  const auto length = LoadBig<int32_t>(prefix->data());
  if (length < 4 || length > kFrameBytesMax) {
    co_return Internal(StrCat("an answer of ", length, " bytes"));
  }
  co_return co_await ReadExactly(static_cast<size_t>(length));
}

Status BrokerLink::CheckHeader(WireReader& reader, int16_t api_key, int16_t version) {
  ASSIGN_OR_RETURN(const ResponseHeader header,
                   DecodeResponseHeader(reader, *FindApi(api_key), version));
  if (header.correlation_id == next_to_receive_++) return OkStatus();
  return Internal(
      StrCat("an answer out of order: ", header.correlation_id, " for ", next_to_receive_ - 1));
}

}  // namespace penstock::sim
