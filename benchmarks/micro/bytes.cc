// CRC-32C over the sizes of real batches. Each run checks its sum, so that nothing is optimised
// away.
#include <benchmark/benchmark.h>

#include <numeric>
#include <vector>

#include "base/check.h"
#include "base/crc32c.h"

namespace penstock {
namespace {

void BM_Crc32c(benchmark::State& state) {
  std::vector<uint8_t> bytes(static_cast<size_t>(state.range(0)));
  std::iota(bytes.begin(), bytes.end(), uint8_t{0});
  const uint32_t expected = Crc32c(bytes);
  for (auto _ : state) CHECK(Crc32c(bytes) == expected);
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Crc32c)->Arg(100)->Arg(1 << 10)->Arg(16 << 10)->Arg(1 << 20);

}  // namespace
}  // namespace penstock
