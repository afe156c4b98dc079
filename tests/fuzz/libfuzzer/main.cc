// The targets under libFuzzer: fuzz_libfuzzer --target=NAME [CORPUS...]
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {
namespace {

const FuzzTarget*& Chosen() {
  static const FuzzTarget* target = nullptr;
  return target;
}

}  // namespace
}  // namespace penstock::fuzz

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  constexpr std::string_view kOption = "--target=";
  for (int i = 1; i < *argc; ++i) {
    const std::string_view argument = (*argv)[i];
    if (!argument.starts_with(kOption)) continue;
    penstock::fuzz::Chosen() = penstock::fuzz::FindTarget(argument.substr(kOption.size()));
  }
  if (penstock::fuzz::Chosen() != nullptr) return 0;
  std::fputs("name one with --target=:", stderr);
  for (const auto& target : penstock::fuzz::AllTargets()) {
    std::fprintf(stderr, " %.*s", static_cast<int>(target.name.size()), target.name.data());
  }
  std::fputc('\n', stderr);
  std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  penstock::fuzz::Chosen()->run({data, size});
  return 0;
}
