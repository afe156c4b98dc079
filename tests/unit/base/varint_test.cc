#include "base/varint.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <random>
#include <vector>

namespace penstock {
namespace {

constexpr int32_t kInt32Min = std::numeric_limits<int32_t>::min();
constexpr int32_t kInt32Max = std::numeric_limits<int32_t>::max();
constexpr int64_t kInt64Min = std::numeric_limits<int64_t>::min();
constexpr int64_t kInt64Max = std::numeric_limits<int64_t>::max();

std::vector<uint8_t> Varint(int32_t value) {
  uint8_t out[kVarintSizeMax];
  return {out, WriteVarint(out, value)};
}
std::vector<uint8_t> Varlong(int64_t value) {
  uint8_t out[kVarlongSizeMax];
  return {out, WriteVarlong(out, value)};
}

TEST(VarintTest, ZigZagKeepsSmallNumbersShort) {
  EXPECT_EQ(Varint(0), (std::vector<uint8_t>{0x00}));
  EXPECT_EQ(Varint(-1), (std::vector<uint8_t>{0x01}));
  EXPECT_EQ(Varint(1), (std::vector<uint8_t>{0x02}));
  EXPECT_EQ(Varint(63), (std::vector<uint8_t>{0x7e}));
  EXPECT_EQ(Varint(-64), (std::vector<uint8_t>{0x7f}));
  EXPECT_EQ(Varint(64), (std::vector<uint8_t>{0x80, 0x01}));
  EXPECT_EQ(Varint(kInt32Max), (std::vector<uint8_t>{0xfe, 0xff, 0xff, 0xff, 0x0f}));
  EXPECT_EQ(Varint(kInt32Min), (std::vector<uint8_t>{0xff, 0xff, 0xff, 0xff, 0x0f}));
}

TEST(VarintTest, UnsignedNumbersHaveNoZigZag) {
  uint8_t out[kVarintSizeMax];
  EXPECT_EQ(std::vector<uint8_t>(out, WriteUnsignedVarint(out, 300)),
            (std::vector<uint8_t>{0xac, 0x02}));
  uint32_t value = 0;
  ASSERT_EQ(ReadUnsignedVarint(out, out + 2, value), out + 2);
  EXPECT_EQ(value, 300u);
}

TEST(VarintTest, EveryNumberComesBackAndASizeIsWhatIsWritten) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 20000; ++i) {
    const auto long_value = static_cast<int64_t>(random() >> (random() % 64));
    for (const int64_t value : {long_value, -long_value, kInt64Min, kInt64Max}) {
      const std::vector<uint8_t> bytes = Varlong(value);
      ASSERT_EQ(bytes.size(), SizeOfVarlong(value));
      int64_t back = 0;
      ASSERT_EQ(ReadVarlong(bytes.data(), bytes.data() + bytes.size(), back),
                bytes.data() + bytes.size());
      ASSERT_EQ(back, value);
    }
    const auto value = static_cast<int32_t>(long_value);
    const std::vector<uint8_t> bytes = Varint(value);
    ASSERT_EQ(bytes.size(), SizeOfVarint(value));
    int32_t back = 0;
    ASSERT_EQ(ReadVarint(bytes.data(), bytes.data() + bytes.size(), back),
              bytes.data() + bytes.size());
    ASSERT_EQ(back, value);
  }
}

TEST(VarintTest, ANumberThatIsCutOffIsNone) {
  for (const int64_t value : {kInt64Min, int64_t{-70}, int64_t{8191}, int64_t{1} << 40}) {
    const std::vector<uint8_t> bytes = Varlong(value);
    for (size_t size = 0; size < bytes.size(); ++size) {
      int64_t back = 0;
      EXPECT_EQ(ReadVarlong(bytes.data(), bytes.data() + size, back), nullptr);
    }
  }
}

TEST(VarintTest, ANumberThatDoesNotFitItsTypeIsNone) {
  const std::vector<uint8_t> six_bytes = {0x80, 0x80, 0x80, 0x80, 0x80, 0x01};
  const std::vector<uint8_t> bit_33 = {0xff, 0xff, 0xff, 0xff, 0x1f};
  const std::vector<uint8_t> eleven_bytes(11, 0x80);
  const std::vector<uint8_t> bit_65 = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02};
  uint32_t small = 0;
  for (const auto& bytes : {six_bytes, bit_33}) {
    EXPECT_EQ(ReadUnsignedVarint(bytes.data(), bytes.data() + bytes.size(), small), nullptr);
  }
  uint64_t large = 0;
  for (const auto& bytes : {eleven_bytes, bit_65}) {
    EXPECT_EQ(ReadUnsignedVarlong(bytes.data(), bytes.data() + bytes.size(), large), nullptr);
  }
}

}  // namespace
}  // namespace penstock
