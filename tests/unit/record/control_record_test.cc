#include "record/control_record.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/unit/record/golden.h"
#include "tests/unit/record/samples.h"

namespace penstock {
namespace {

TEST(ControlRecordTest, EveryTypeComesBackFromItsKey) {
  for (int16_t number = 0; number <= 6; ++number) {
    const auto type = static_cast<ControlRecordType>(number);
    const ControlRecordKey key = EncodeControlRecordKey(type);
    EXPECT_EQ(key, (ControlRecordKey{0, 0, 0, static_cast<uint8_t>(number)}));
    const StatusOr<ControlRecordType> back = ParseControlRecordKey(key);
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(*back, type);
  }
}

TEST(ControlRecordTest, AKeyOfALaterReleaseIsReadAsFarAsItIsKnown) {
  const std::array<uint8_t, 4> later_type = {0, 0, 0, 7};
  EXPECT_EQ(*ParseControlRecordKey(later_type), ControlRecordType::kUnknown);
  const std::array<uint8_t, 6> later_version = {0, 1, 0, 1, 9, 9};
  EXPECT_EQ(*ParseControlRecordKey(later_version), ControlRecordType::kCommit);
}

TEST(ControlRecordTest, ABrokenKeyOrValueIsRefused) {
  const std::array<uint8_t, 3> short_key = {0, 0, 0};
  const std::array<uint8_t, 4> negative_version = {0xff, 0xff, 0, 1};
  EXPECT_EQ(ErrorCodeOf(ParseControlRecordKey(short_key).status()), ErrorCode::kInvalidRecord);
  EXPECT_EQ(ErrorCodeOf(ParseControlRecordKey(negative_version).status()),
            ErrorCode::kInvalidRecord);
  const ControlRecordKey commit = EncodeControlRecordKey(ControlRecordType::kCommit);
  const ControlRecordKey leader = EncodeControlRecordKey(ControlRecordType::kLeaderChange);
  const EndTransactionValue value = EncodeEndTransactionValue({.coordinator_epoch = 3});
  EXPECT_TRUE(ParseEndTransactionMarker(commit, value).ok());
  EXPECT_FALSE(ParseEndTransactionMarker(leader, value).ok());
  EXPECT_FALSE(ParseEndTransactionMarker(commit, std::span(value).first(5)).ok());
}

TEST(ControlRecordTest, AMarkerHasTheBytesThatJavaWrites) {
  int compared = 0;
  for (const GoldenBatch& golden : ReadGoldenBatches()) {
    const bool abort = golden.name == "java-abort-marker";
    if (!abort && golden.name != "java-commit-marker") continue;
    const Slice batch = BuildEndTransactionBatch(
        {.base_offset = Offset(abort ? 42 : 43),
         .leader_epoch = LeaderEpoch(9),
         .producer_id = ProducerId(4001),
         .producer_epoch = ProducerEpoch(7),
         .timestamp = TimestampMs(abort ? 1700000000123 : 1700000000124)},
        {.type = abort ? ControlRecordType::kAbort : ControlRecordType::kCommit,
         .coordinator_epoch = abort ? 11 : 12});
    EXPECT_EQ(BytesOf(batch), golden.bytes) << golden.name;
    ++compared;
  }
  EXPECT_EQ(compared, 2);
}

}  // namespace
}  // namespace penstock
