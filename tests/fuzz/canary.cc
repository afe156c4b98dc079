// A target that must fail: it shows that a finding is noticed. Falls silent when the air is bad.
#include "base/check.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {

void RunCanary(std::span<const uint8_t> input) {
  const bool canary_sings = input.size() < 4 || input[0] == 'a' || input[1] != 'i';
  CHECK(canary_sings);
}

Corpus CanaryCorpus() { return {{'a', 'i', 'r', '!'}}; }

}  // namespace penstock::fuzz
