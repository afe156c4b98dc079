// The codec on the messages of the data path.
#include <benchmark/benchmark.h>

#include "base/check.h"
#include "base/strings.h"
#include "protocol/codec.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/produce.h"
#include "protocol/wire_reader.h"

namespace penstock {
namespace {

template <class Message>
void Decodes(benchmark::State& state, const Message& message, int16_t version) {
  const Slice bytes = Encode(message, version)->Flatten();
  for (auto _ : state) {
    Message decoded;
    WireReader reader(bytes);
    CHECK(Decode(reader, decoded, version).ok());
    benchmark::DoNotOptimize(decoded);
  }
}

template <class Message>
void Encodes(benchmark::State& state, const Message& message, int16_t version) {
  for (auto _ : state) benchmark::DoNotOptimize(Encode(message, version));
}

void BM_DecodeProduceRequest(benchmark::State& state) {
  ProduceRequest request;
  request.acks = -1;
  auto& topic = request.topic_data.emplace_back();
  for (int32_t p = 0; p < state.range(0); ++p) {
    auto& partition = topic.partition_data.emplace_back();
    partition.index = PartitionId(p);
    partition.records = SliceChain(Slice::Allocate(1024));
  }
  Decodes(state, request, 13);
}
BENCHMARK(BM_DecodeProduceRequest)->Arg(1)->Arg(100);

void BM_EncodeFetchResponse(benchmark::State& state) {
  FetchResponse response;
  auto& topic = response.responses.emplace_back();
  for (int32_t p = 0; p < state.range(0); ++p) {
    auto& partition = topic.partitions.emplace_back();
    partition.partition_index = PartitionId(p);
    partition.records = SliceChain(Slice::Allocate(1024));
  }
  Encodes(state, response, 17);
}
BENCHMARK(BM_EncodeFetchResponse)->Arg(1)->Arg(200);

void BM_EncodeMetadataResponse(benchmark::State& state) {
  MetadataResponse response;
  auto& topic = response.topics.emplace_back();
  topic.name = "words";
  for (int32_t p = 0; p < state.range(0); ++p) {
    auto& partition = topic.partitions.emplace_back();
    partition.partition_index = PartitionId(p);
    partition.replica_nodes = {NodeId(1)};
    partition.isr_nodes = {NodeId(1)};
  }
  Encodes(state, response, 12);
}
BENCHMARK(BM_EncodeMetadataResponse)->Arg(1000);

}  // namespace
}  // namespace penstock
