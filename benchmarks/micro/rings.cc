// The rings with both ends on one thread: the cost of the instructions, without the cache traffic
// between two cores.
#include <benchmark/benchmark.h>

#include "base/check.h"
#include "base/mpsc_ring.h"
#include "base/spsc_ring.h"

namespace penstock {
namespace {

template <class Ring>
void PushAndPop(benchmark::State& state) {
  Ring ring(1024);
  uint64_t sum = 0;
  uint64_t expected = 0;
  uint64_t next = 0;
  for (auto _ : state) {
    uint64_t value = ++next;
    expected += value;
    CHECK(ring.TryPush(value));
    uint64_t popped = 0;
    CHECK(ring.TryPop(popped));
    sum += popped;
  }
  CHECK(sum == expected);
}
BENCHMARK_TEMPLATE(PushAndPop, SpscRing<uint64_t>);
BENCHMARK_TEMPLATE(PushAndPop, MpscRing<uint64_t>);

}  // namespace
}  // namespace penstock
