// penstockd: a node as a program. Reads the command line, builds the real world, runs the broker in
// it until SIGTERM or SIGINT. Nothing but the signal handler reaches it from outside.
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <string>
#include <utility>
#include <variant>

#include "base/log.h"
#include "base/strings.h"
#include "broker/broker.h"
#include "broker/handlers/handlers.h"
#include "main/options.h"
#include "runtime/linux/linux_world.h"

namespace penstock {
namespace {

constexpr int kExitFailed = 1;

class StderrSink final : public LogSink {
 public:
  // One call per line, so that lines of several threads do not mix.
  void Write(std::string_view line) override {
    const std::string text = StrCat(line, '\n');
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
  }
};

// Some programs send what they send once twice: timeout(1) to us and to our process group, and who
// runs us passes on the Ctrl-C that the terminal has told us already.
constexpr int64_t kSameSignalNanos = 1'000'000'000;

// What signals stop; a signal handler cannot be given it in another way.
struct SignalTarget {
  LinuxWorld* world = nullptr;
  std::atomic<int64_t> stopped_at_nanos = 0;  // a signal may come to any thread
};

SignalTarget& TargetOfSignals() {
  static SignalTarget target;
  return target;
}

int64_t NowNanos() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// The first signal stops in order, a later one at once.
void OnStopSignal(int) {
  SignalTarget& target = TargetOfSignals();
  const int64_t now = NowNanos();
  int64_t first = 0;
  if (target.stopped_at_nanos.compare_exchange_strong(first, now)) {
    target.world->RequestStop();
  } else if (now - first >= kSameSignalNanos) {
    ::_exit(kExitFailed);
  }
}

void HandleSignals(LinuxWorld& world) {
  TargetOfSignals().world = &world;
  struct sigaction stop{};
  stop.sa_handler = &OnStopSignal;
  stop.sa_flags = SA_RESTART;
  sigaction(SIGTERM, &stop, nullptr);
  sigaction(SIGINT, &stop, nullptr);
  struct sigaction ignore{};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, nullptr);
}

// Every connection and open segment is a descriptor, and the usual soft limit is small.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

std::string ReadyLine(const Broker& broker) {
  std::string line = "ready kafka=";
  for (const Address& address : broker.kafka_addresses()) {
    StrAppend(line, line.ends_with('=') ? "" : ",", address.ToString());
  }
  if (broker.http_address().has_value()) {
    StrAppend(line, " http=", broker.http_address()->ToString());
  }
  return line;
}

Task<int> Serve(LinuxWorld& world, const LogOutput& output, BrokerOptions options) {
  StatusOr<std::unique_ptr<Broker>> broker =
      co_await Broker::Start(world.runtime(), output, BrokerHandlers(), std::move(options));
  if (!broker.ok()) {
    std::fprintf(stderr, "penstockd: %s\n", std::string(MessageOf(broker.status())).c_str());
    co_return kExitFailed;
  }
  std::puts(ReadyLine(**broker).c_str());
  std::fflush(stdout);
  co_await world.StopRequested();
  const Status stopped = co_await (*broker)->Stop();
  co_return stopped.ok() ? 0 : kExitFailed;
}

int Main(int argc, const char* const* argv) {
  StatusOr<std::variant<ProgramOptions, ProgramText>> parsed = ParseProgramOptions(argc, argv);
  if (!parsed.ok()) {
    std::fprintf(stderr, "penstockd: %s\n", std::string(MessageOf(parsed.status())).c_str());
    return kExitFailed;
  }
  if (const auto* text = std::get_if<ProgramText>(&*parsed)) {
    std::fputs(text->text.c_str(), stdout);
    return 0;
  }
  ProgramOptions& options = std::get<ProgramOptions>(*parsed);
  options.broker.holder = StrCat("pid ", ::getpid());
  RaiseDescriptorLimit();
  LinuxWorld world;
  HandleSignals(world);
  StderrSink sink;
  const LogOutput output{.sink = sink,
                         .clock = [&world] { return world.reactor().WallNow(); },
                         .level_min = options.log_level};
  return world.Run(Serve(world, output, std::move(options.broker)));
}

}  // namespace
}  // namespace penstock

int main(int argc, char** argv) { return penstock::Main(argc, argv); }
