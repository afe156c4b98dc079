// Runs seeds by hand: penstock_sim_test [--seed N] [--seeds FIRST-LAST] [--crashes N]
// [--disk-errors 0|1] Prints a line per seed; ends with 1 at the first anomaly, and at a trace that
// differs in a second run of the same seed.
#include <cstdio>
#include <string_view>

#include "base/strings.h"
#include "tests/sim/broker/broker_subject.h"
#include "tests/sim/harness/crash_run.h"

namespace penstock::sim {
namespace {

bool RunTwice(const CrashRunOptions& options) {
  const CrashRunReport first = RunCrashes(options, MakeBrokerSubject);
  std::fputs(first.Describe().c_str(), stdout);
  std::fflush(stdout);
  if (!first.anomalies.empty()) return false;
  const CrashRunReport second = RunCrashes(options, MakeBrokerSubject);
  if (second.trace_hash == first.trace_hash) return true;
  std::fputs("a second run took another course:\n", stdout);
  std::fputs(second.Describe().c_str(), stdout);
  return false;
}

int Main(int argc, char** argv) {
  uint64_t first = 1;
  uint64_t last = 1;
  CrashRunOptions options{.disk_errors = true};
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const std::vector<std::string_view> numbers = Split(argv[i + 1], '-');
    const auto low = ParseInt64(numbers.front());
    const auto high = ParseInt64(numbers.back());
    if (!low.has_value() || !high.has_value()) {
      std::fprintf(stderr, "%s takes a number, not %s\n", argv[i], argv[i + 1]);
      return 2;
    }
    if (name == "--seed" || name == "--seeds") {
      first = static_cast<uint64_t>(*low);
      last = static_cast<uint64_t>(*high);
    } else if (name == "--crashes") {
      options.crashes = static_cast<int>(*low);
    } else if (name == "--disk-errors") {
      options.disk_errors = *low != 0;
    } else {
      std::fprintf(stderr, "unknown option %s\n", argv[i]);
      return 2;
    }
  }
  for (options.seed = first; options.seed <= last; ++options.seed) {
    if (!RunTwice(options)) return 1;
  }
  return 0;
}

}  // namespace
}  // namespace penstock::sim

int main(int argc, char** argv) { return penstock::sim::Main(argc, argv); }
