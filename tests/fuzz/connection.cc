// Bytes on a connection to a broker, in pieces, with good requests among them: the broker answers
// or closes, goes on to serve others, and stops in order. Input: size of the pieces (1 byte), then
// what the client sends.
#include <algorithm>
#include <memory>
#include <utility>

#include "base/check.h"
#include "base/endian.h"
#include "base/log.h"
#include "broker/broker.h"
#include "broker/handlers/handlers.h"
#include "protocol/frame.h"
#include "protocol/messages/api_versions.h"
#include "runtime/race.h"
#include "runtime/sim/sim_world.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/golden_frames.h"
#include "tests/fuzz/input.h"

namespace penstock::fuzz {
namespace {

constexpr uint16_t kPort = 9092;
constexpr size_t kPiecesMax = 400;
// A long poll may hold an answer back; nobody waits for it here.
constexpr Duration kQuietTime = Milliseconds(20);

class NoLog final : public LogSink {
 public:
  void Write(std::string_view) override {}
};

Task<StatusOr<std::unique_ptr<Connection>>> Connect(Runtime& runtime) {
  Address address{.host = "broker", .port = kPort};
  return runtime.network.Connect(std::move(address));
}

// Sends `bytes` in pieces and reads whatever comes until nothing does.
Task<> Send(Runtime& runtime, Slice bytes, size_t piece_size) {
  auto connection = co_await Connect(runtime);
  CHECK(connection.ok());
  Connection& stream = **connection;
  for (size_t at = 0; at < bytes.size(); at += piece_size) {
    SliceChain piece(bytes.Sub(at, std::min(piece_size, bytes.size() - at)));
    Task<Status> writing = stream.Write(std::move(piece));
    const Instant deadline = runtime.clock.Now() + kQuietTime;
    const auto written = co_await Before(runtime.timers, deadline, std::move(writing));
    if (!written.has_value() || !written->ok()) break;
  }
  Slice room = Slice::Allocate(4096);
  while (true) {
    Task<StatusOr<size_t>> reading = stream.Read(room);
    const Instant deadline = runtime.clock.Now() + kQuietTime;
    const auto read = co_await Before(runtime.timers, deadline, std::move(reading));
    if (!read.has_value() || !read->ok() || **read == 0) co_return;
  }
}

Task<Slice> ReadExactly(Connection& stream, size_t size) {
  Slice bytes = Slice::Allocate(size);
  for (size_t done = 0; done < size;) {
    Slice rest = bytes.Sub(done);
    const auto count = co_await stream.Read(std::move(rest));
    CHECK(count.ok());
    CHECK(*count > 0);
    done += *count;
  }
  co_return bytes;
}

// Another client is served as if nothing had happened.
Task<> AskVersions(Runtime& runtime) {
  auto connection = co_await Connect(runtime);
  CHECK(connection.ok());
  Connection& stream = **connection;
  RequestHeader header;
  header.correlation_id = 77;
  ApiVersionsRequest request;
  auto frame = EncodeRequest(header, request, 0);
  CHECK(frame.ok());
  const Status sent = co_await stream.Write(*std::move(frame));
  CHECK(sent.ok());
  const Slice prefix = co_await ReadExactly(stream, kFrameLengthBytes);
  const auto length = static_cast<size_t>(LoadBig<int32_t>(prefix.data()));
  const Slice body = co_await ReadExactly(stream, length);
  WireReader reader(body);
  const auto answered = DecodeResponseHeader(reader, *FindApi(ApiKey::kApiVersions), 0);
  CHECK(answered.ok());
  CHECK(answered->correlation_id == 77);
  ApiVersionsResponse response;
  CHECK(Decode(reader, response, 0).ok());
  CHECK(response.error_code == ErrorCode::kNone);
  CHECK(response.api_keys.size() == BrokerHandlers().rows().size());
}

Task<StatusOr<std::unique_ptr<Broker>>> StartBroker(Runtime& runtime, const LogOutput& output) {
  BrokerOptions options;
  options.directory = "/data";
  Address address{.host = "broker", .port = kPort};
  options.kafka.push_back(std::move(address));
  options.insecure = true;
  co_return co_await Broker::Start(runtime, output, BrokerHandlers(), std::move(options));
}

}  // namespace

void RunConnection(std::span<const uint8_t> bytes) {
  Input input(bytes);
  SimWorld world(1);
  NoLog sink;
  const LogOutput output{sink, [&world] { return world.driver().WallNow(); }, LogLevel::kError};
  SimNode& machine = world.AddNode("broker");
  auto broker = world.Run(StartBroker(machine.runtime(), output));
  CHECK(broker.ok());
  const size_t wanted = 1 + input.TakeByte();
  const Slice stream = Slice::CopyOf(input.rest());
  const size_t piece_size = std::max(wanted, stream.size() / kPiecesMax);
  world.Run(Send(world.runtime(), stream, piece_size));
  world.Run(AskVersions(world.runtime()));
  const Status stopped = world.Run((*broker)->Stop());
  CHECK(stopped.ok());
}

Corpus ConnectionCorpus() {
  // Each golden request alone, and all of each API in a row.
  Corpus corpus;
  Bytes row{255};
  int16_t key_of_row = -1;
  for (const GoldenFrame& golden : GoldenFrames()) {
    if (!golden.is_request) continue;
    Bytes frame(kFrameLengthBytes);
    StoreBig(frame.data(), static_cast<int32_t>(golden.bytes.size()));
    frame.insert(frame.end(), golden.bytes.begin(), golden.bytes.end());
    if (golden.api_key != key_of_row && row.size() > 1) {
      corpus.push_back(std::exchange(row, Bytes{63}));
    }
    key_of_row = golden.api_key;
    row.insert(row.end(), frame.begin(), frame.end());
    frame.insert(frame.begin(), uint8_t{6});
    corpus.push_back(std::move(frame));
  }
  corpus.push_back(std::move(row));
  for (const std::string_view greeting :
       {"GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x01", "\x7f\xff\xff\xff", "\xff\xff\xff\xff"}) {
    Bytes frame{0};
    frame.insert(frame.end(), greeting.begin(), greeting.end());
    corpus.push_back(std::move(frame));
  }
  return corpus;
}

}  // namespace penstock::fuzz
