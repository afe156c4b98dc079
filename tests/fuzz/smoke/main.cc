// Runs targets with inputs made from their corpus, for any compiler:
//   fuzz_smoke [--target NAME] [--runs N] [--seed N] [--first N]
// All targets if none is named. A finding ends the program and names the run, which
// --target NAME --seed N --first RUN --runs 1 repeats.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/check.h"
#include "base/strings.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/smoke/mutate.h"

// Of the sanitizers, where there are any.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace penstock::fuzz {
namespace {

// The run under way, for whatever ends the program.
struct Run {
  std::string_view target;
  uint64_t seed = 1;
  uint64_t number = 0;
  Bytes input;
};
Run& Current() {
  static Run run;
  return run;
}

void Report() {
  const Run& run = Current();
  std::fprintf(stderr, "finding in %.*s: --target %.*s --seed %llu --first %llu --runs 1\ninput ",
               static_cast<int>(run.target.size()), run.target.data(),
               static_cast<int>(run.target.size()), run.target.data(),
               static_cast<unsigned long long>(run.seed),
               static_cast<unsigned long long>(run.number));
  for (const uint8_t byte : run.input) std::fprintf(stderr, "%02x", byte);
  std::fputc('\n', stderr);
}

[[noreturn]] void ReportFailedCheck(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "%s:%d: CHECK(%s) failed\n", file, line, condition);
  Report();
  std::abort();
}

void RunTarget(const FuzzTarget& target, uint64_t seed, uint64_t first, uint64_t runs) {
  const Corpus corpus = target.corpus();
  Run& run = Current();
  run.target = target.name;
  run.seed = seed;
  for (run.number = first; run.number < first + runs; ++run.number) {
    SeededRandom random(seed, run.number);
    // The good inputs themselves come first.
    run.input = run.number < corpus.size() ? corpus[run.number] : MakeInput(corpus, random);
    target.run(run.input);
  }
  std::printf("%.*s: %llu runs\n", static_cast<int>(target.name.size()), target.name.data(),
              static_cast<unsigned long long>(runs));
  std::fflush(stdout);
}

int Main(int argc, char** argv) {
  const FuzzTarget* only = nullptr;
  uint64_t seed = 1;
  uint64_t first = 0;
  uint64_t runs = 0;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const auto number = ParseInt64(argv[i + 1]);
    if (name == "--target") only = FindTarget(argv[i + 1]);
    const bool known =
        name == "--target"
            ? only != nullptr
            : number.has_value() && (name == "--seed" || name == "--first" || name == "--runs");
    if (!known) {
      std::fprintf(stderr, "cannot use %s %s\n", argv[i], argv[i + 1]);
      return 2;
    }
    if (name == "--seed") seed = static_cast<uint64_t>(*number);
    if (name == "--first") first = static_cast<uint64_t>(*number);
    if (name == "--runs") runs = static_cast<uint64_t>(*number);
  }
  SetCheckFailureHandler(ReportFailedCheck);
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(Report);
  if (only != nullptr) {
    RunTarget(*only, seed, first, runs == 0 ? only->smoke_runs : runs);
    return 0;
  }
  for (const FuzzTarget& target : AllTargets()) {
    RunTarget(target, seed, first, runs == 0 ? target.smoke_runs : runs);
  }
  return 0;
}

}  // namespace
}  // namespace penstock::fuzz

int main(int argc, char** argv) { return penstock::fuzz::Main(argc, argv); }
