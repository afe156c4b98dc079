// Load without a client library: one thread, N connections, each with up to D prebuilt Produce
// requests on the way (acks=all). Prints one line of JSON. It asks so little of the processor that
// what is measured is the broker.
//
//   penstock_produce_load HOST:PORT TOPIC --records N [--partitions P] [--connections C]
//                         [--records-per-request R] [--depth D] [--size BYTES]
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/endian.h"
#include "protocol/frame.h"
#include "protocol/messages/produce.h"
#include "record/batch_builder.h"

namespace penstock {
namespace {

constexpr int16_t kProduceVersion = 12;  // the last one that names topics
constexpr size_t kAnswerBytesMax = 64 << 10;

struct LoadOptions {
  std::string address;
  std::string topic;
  int64_t records = 0;
  int partitions = 1;
  int connections = 1;
  int records_per_request = 1;
  int depth = 1;
  int size = 1000;
};

// There is nothing to be saved: whatever goes wrong ends the measurement.
[[noreturn]] void Die(std::string_view what) {
  std::fprintf(stderr, "produce_load: %.*s (%s)\n", static_cast<int>(what.size()), what.data(),
               std::strerror(errno));
  std::_Exit(1);
}

double Now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

// A request to one partition, of incompressible records.
std::string MakeRequest(const LoadOptions& options, int partition, std::mt19937_64& random) {
  BatchBuilder builder(BatchOptions{});
  std::string value(static_cast<size_t>(options.size), '\0');
  for (int i = 0; i < options.records_per_request; ++i) {
    for (char& byte : value) byte = static_cast<char>(random());
    const auto* bytes = reinterpret_cast<const uint8_t*>(value.data());
    NewRecord record;
    record.timestamp = TimestampMs(1'700'000'000'000 + i);
    record.value = std::span<const uint8_t>(bytes, value.size());
    builder.Append(record);
  }
  StatusOr<Slice> batch = builder.Build();
  if (!batch.ok()) Die("the batch cannot be built");
  ProduceRequest request;
  request.acks = -1;
  request.timeout_ms = 60'000;
  auto& topic = request.topic_data.emplace_back();
  topic.name = options.topic;
  auto& data = topic.partition_data.emplace_back();
  data.index = PartitionId(partition);
  data.records.emplace(*batch);
  RequestHeader header;
  header.client_id = "load";
  const StatusOr<SliceChain> frame = EncodeRequest(header, request, kProduceVersion);
  if (!frame.ok()) Die("the request cannot be encoded");
  return std::string(frame->Flatten().text());
}

// One connection in a closed loop: an answer lets the next request go.
class Connection {
 public:
  Connection(const sockaddr_in& address, std::string request) : request_(std::move(request)) {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd_ < 0 || connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
      Die("cannot connect");
    const int yes = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { close(fd_); }

  int fd() const { return fd_; }
  bool wants_to_write() const { return sent_ < wanted_bytes_; }

  void Start() {
    wanted_bytes_ += request_.size();
    sent_at_.push_back(Now());
  }

  void Write() {
    while (sent_ < wanted_bytes_) {
      const size_t begin = sent_ % request_.size();
      const ssize_t n =
          send(fd_, request_.data() + begin, request_.size() - begin, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (n < 0 && errno == EAGAIN) return;
      if (n < 0) Die("cannot send");
      sent_ += static_cast<size_t>(n);
    }
  }

  // Calls `answered(seconds)` for each answer that is complete.
  template <class Answered>
  void Read(Answered answered) {
    const ssize_t n =
        recv(fd_, input_.data() + input_used_, input_.size() - input_used_, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) Die("the broker has closed the connection");
    input_used_ += static_cast<size_t>(n);
    size_t begin = 0;
    while (input_used_ - begin >= kFrameLengthBytes) {
      const size_t length = LoadBig<uint32_t>(input_.data() + begin);
      if (length > kAnswerBytesMax) Die("an answer is too long");
      if (input_used_ - begin - kFrameLengthBytes < length) break;
      Check({input_.data() + begin + kFrameLengthBytes, length});
      begin += kFrameLengthBytes + length;
      answered(Now() - sent_at_.front());
      sent_at_.pop_front();
    }
    std::memmove(input_.data(), input_.data() + begin, input_used_ - begin);
    input_used_ -= begin;
  }

 private:
  static void Check(std::span<const uint8_t> answer) {
    WireReader reader{Slice::CopyOf(answer)};
    if (!DecodeResponseHeader(reader, *FindApi(ProduceRequest::kApiKey), kProduceVersion).ok())
      Die("an answer has no header");
    ProduceResponse response;
    if (!Decode(reader, response, kProduceVersion).ok()) Die("an answer cannot be decoded");
    const ErrorCode error = response.responses.at(0).partition_responses.at(0).error_code;
    if (error != ErrorCode::kNone) Die(NameOf(error));
  }

  int fd_ = -1;
  std::string request_;
  size_t wanted_bytes_ = 0;
  size_t sent_ = 0;
  std::deque<double> sent_at_;
  std::vector<uint8_t> input_ = std::vector<uint8_t>(kAnswerBytesMax + kFrameLengthBytes);
  size_t input_used_ = 0;
};

class Load {
 public:
  explicit Load(const LoadOptions& options) : options_(options), epoll_(epoll_create1(0)) {
    const size_t colon = options.address.rfind(':');
    sockaddr_in address{};
    address.sin_family = AF_INET;
    if (colon == std::string::npos ||
        inet_pton(AF_INET, options.address.substr(0, colon).c_str(), &address.sin_addr) != 1)
      Die("the address must be IPv4:PORT");
    address.sin_port = htons(static_cast<uint16_t>(std::stoi(options.address.substr(colon + 1))));
    std::mt19937_64 random(7);
    for (int i = 0; i < options.connections; ++i) {
      auto connection = std::make_unique<Connection>(
          address, MakeRequest(options, i % options.partitions, random));
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u32 = static_cast<uint32_t>(i);
      epoll_ctl(epoll_, EPOLL_CTL_ADD, connection->fd(), &event);
      writes_watched_.push_back(false);
      connections_.push_back(std::move(connection));
    }
    requests_left_ = requests_ = options.records / options.records_per_request;
    seconds_.reserve(static_cast<size_t>(requests_));
  }

  void Run() {
    const double begin = Now();
    for (size_t i = 0; i < connections_.size(); ++i) {
      for (int d = 0; d < options_.depth; ++d) StartOne(*connections_[i]);
      Send(i);
    }
    std::array<epoll_event, 256> events;
    while (static_cast<int64_t>(seconds_.size()) < requests_) {
      const int count = epoll_wait(epoll_, events.data(), events.size(), 60'000);
      if (count <= 0) Die("nothing has come for a minute");
      for (int e = 0; e < count; ++e) {
        const size_t i = events[static_cast<size_t>(e)].data.u32;
        connections_[i]->Read([&](double seconds) {
          seconds_.push_back(seconds);
          StartOne(*connections_[i]);
        });
        Send(i);
      }
    }
    Report(begin, Now());
  }

 private:
  void StartOne(Connection& connection) {
    if (requests_left_ == 0) return;
    --requests_left_;
    connection.Start();
  }

  void Send(size_t i) {
    Connection& connection = *connections_[i];
    connection.Write();
    if (connection.wants_to_write() == writes_watched_[i]) return;
    writes_watched_[i] = connection.wants_to_write();
    epoll_event event{};
    event.events = EPOLLIN | (writes_watched_[i] ? EPOLLOUT : 0U);
    event.data.u32 = static_cast<uint32_t>(i);
    epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.fd(), &event);
  }

  void Report(double begin, double end) {
    std::ranges::sort(seconds_);
    const auto at = [&](double part) {
      return seconds_[static_cast<size_t>(part * static_cast<double>(seconds_.size() - 1))] * 1e3;
    };
    std::printf(
        "{\"begin\": %.6f, \"end\": %.6f, \"records\": %lld, \"errors\": {}, "
        "\"p50_ms\": %.3f, \"p99_ms\": %.3f}\n",
        begin, end, static_cast<long long>(requests_ * options_.records_per_request), at(0.5),
        at(0.99));
  }

  LoadOptions options_;
  int epoll_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<bool> writes_watched_;
  int64_t requests_ = 0;
  int64_t requests_left_ = 0;
  std::vector<double> seconds_;
};

int Main(int argc, char** argv) {
  CLI::App app{"Produces prebuilt batches as fast as the broker answers"};
  LoadOptions options;
  app.add_option("address", options.address, "IPv4:PORT of the broker")->required();
  app.add_option("topic", options.topic)->required();
  app.add_option("--records", options.records)->required();
  app.add_option("--partitions", options.partitions);
  app.add_option("--connections", options.connections);
  app.add_option("--records-per-request", options.records_per_request);
  app.add_option("--depth", options.depth, "requests on the way per connection");
  app.add_option("--size", options.size, "bytes of a record's value");
  CLI11_PARSE(app, argc, argv);
  Load(options).Run();
  return 0;
}

}  // namespace
}  // namespace penstock

int main(int argc, char** argv) { return penstock::Main(argc, argv); }
