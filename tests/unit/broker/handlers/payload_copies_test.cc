// How often a record is copied on its way through the handlers: once when it comes in, never when
// it goes out of memory.
#include <set>

#include "protocol/frame.h"
#include "tests/unit/broker/handlers/handler_bench.h"

namespace penstock {
namespace {

class PayloadCopiesTest : public HandlerBench {
 protected:
  int64_t bytes_copied() { return node_.logs().counters().bytes_copied; }
};

TEST_F(PayloadCopiesTest, OnceInAndNeverOut) {
  BatchSpec spec;
  spec.records = 10;
  spec.value_bytes = 1000;
  spec.first_timestamp = node_.runtime().clock.WallNow();
  const Slice batch = MakeBatch(spec);
  const auto bytes = static_cast<int64_t>(batch.size());
  const ProduceResponse produced = Produce(MakeBatch(spec));
  ASSERT_EQ(produced.responses.at(0).partition_responses.at(0).error_code, ErrorCode::kNone);
  EXPECT_LE(bytes_copied(), bytes);

  const int64_t copied_before = bytes_copied();
  const FetchResponse fetched = Fetch();
  const auto& partition = fetched.responses.at(0).partitions.at(0);
  ASSERT_EQ(partition.error_code, ErrorCode::kNone);
  ASSERT_TRUE(partition.records.has_value());
  EXPECT_EQ(static_cast<int64_t>(partition.records->size()), bytes);
  EXPECT_EQ(bytes_copied(), copied_before);
  EXPECT_EQ(node_.logs().counters().bytes_read_from_memory, bytes);

  // The frame that leaves holds the very bytes that the log holds.
  const StatusOr<SliceChain> frame = EncodeResponse(1, fetched, kFetchVersion);
  ASSERT_TRUE(frame.ok()) << frame.status();
  std::set<const uint8_t*> in_frame;
  for (const Slice& slice : frame->slices()) in_frame.insert(slice.data());
  for (const Slice& slice : partition.records->slices())
    EXPECT_TRUE(in_frame.contains(slice.data())) << "a copy of " << slice.size() << " bytes";
}

TEST_F(PayloadCopiesTest, WhatIsRelayedIsByteEqualButForOffsetAndEpoch) {
  BatchSpec spec;
  spec.records = 3;
  spec.codec = Codec::kGzip;
  spec.first_timestamp = node_.runtime().clock.WallNow();
  Produce(MakeBatch(spec));
  Produce(MakeBatch(spec));
  const FetchResponse fetched = Fetch();
  const Slice records = fetched.responses.at(0).partitions.at(0).records->Flatten();
  Slice expected = MakeBatch(spec);
  ASSERT_EQ(records.size(), 2 * expected.size());
  PatchBaseOffset({expected.mutable_data(), expected.size()}, Offset(3));
  PatchLeaderEpoch({expected.mutable_data(), expected.size()}, LeaderEpoch(0));
  EXPECT_EQ(records.Sub(expected.size()), expected);
}

}  // namespace
}  // namespace penstock
