// What a produced batch costs before it is appended: the look at every record, uncompressed and
// compressed.
#include <benchmark/benchmark.h>

#include <string>

#include "base/check.h"
#include "record/batch_builder.h"
#include "record/validator.h"

namespace penstock {
namespace {

constexpr TimestampMs kNow{1'700'000'000'000};

Slice MakeBatch(int64_t records, size_t value_bytes, Codec codec) {
  BatchBuilder builder({.compression = Compression::Of(codec)});
  std::string value(value_bytes, 'v');
  for (int64_t i = 0; i < records; ++i) {
    value[static_cast<size_t>(i) % value.size()] = static_cast<char>('a' + i % 26);
    builder.Append(
        {.timestamp = kNow,
         .value = std::span(reinterpret_cast<const uint8_t*>(value.data()), value.size())});
  }
  auto batch = builder.Build();
  CHECK(batch.ok());
  return *batch;
}

void BM_ValidateBatch(benchmark::State& state) {
  const int64_t records = state.range(0);
  const Slice batch =
      MakeBatch(records, static_cast<size_t>(state.range(1)), static_cast<Codec>(state.range(2)));
  ValidationOptions options;
  options.now = kNow;
  options.max_message_bytes = 64 << 20;
  ValidationScratch scratch;
  for (auto _ : state) {
    const auto validated = ValidateProduceBatch(batch, options, scratch);
    CHECK(validated.ok() && validated->records_count == records);
  }
  state.SetItemsProcessed(state.iterations() * records);
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(batch.size()));
}
BENCHMARK(BM_ValidateBatch)
    ->ArgNames({"records", "bytes", "codec"})
    ->Args({1, 1024, 0})
    ->Args({1000, 100, 0})
    ->Args({900, 1024, 0})
    ->Args({1000, 100, 3})
    ->Args({1000, 100, 4});

void BM_BuildBatch(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(MakeBatch(state.range(0), 100, Codec::kNone));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_BuildBatch)->Arg(1000);

}  // namespace
}  // namespace penstock
