// Numbers with a meaning, and their bytes.
#include "base/strong_int.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/endian.h"
#include "base/ids.h"
#include "base/time.h"

namespace penstock {
namespace {

static_assert(!std::is_convertible_v<Offset, int64_t> && !std::is_convertible_v<int64_t, Offset>);
static_assert(!std::is_convertible_v<Offset, ProducerId>);

TEST(StrongIntTest, OffsetsDifferByCounts) {
  Offset log_end_offset(7);
  ++log_end_offset;
  EXPECT_EQ(log_end_offset - Offset(5), 3);
  EXPECT_EQ(log_end_offset - 3, Offset(5));
  EXPECT_LT(kNoOffset, Offset(0));
}

TEST(StrongIntTest, InstantsDifferByDurations) {
  const Instant start;
  EXPECT_EQ((start + Milliseconds(2)) - start, Microseconds(2000));
  EXPECT_LT(start + Milliseconds(1), Instant::Never());
}

TEST(EndianTest, NumbersAreBigEndianAndUnaligned) {
  uint8_t bytes[9] = {};
  StoreBig<int64_t>(bytes + 1, -2);
  EXPECT_EQ(bytes[1], 0xFF);
  EXPECT_EQ(bytes[8], 0xFE);
  EXPECT_EQ(LoadBig<int64_t>(bytes + 1), -2);
  StoreBig<uint16_t>(bytes, 0x1234);
  EXPECT_EQ(bytes[0], 0x12);
  EXPECT_EQ(LoadBig<uint8_t>(bytes + 1), 0x34);
}

}  // namespace
}  // namespace penstock
