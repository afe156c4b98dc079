// The hashes and partitions are what org.apache.kafka.common.utils.Utils.murmur2 and
// BuiltInPartitioner.partitionForKey of Apache Kafka 4.3.1 gave for the same bytes.
#include "client/partitioner.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "record/record_view.h"
#include "runtime/seeded_random.h"

namespace penstock {
namespace {

std::vector<PartitionId> Partitions(int32_t count) {
  std::vector<PartitionId> all;
  for (int32_t i = 0; i < count; ++i) all.push_back(PartitionId(i));
  return all;
}

struct GoldenKey {
  const char* key;
  int32_t hash;
  int32_t of_7;
  int32_t of_100;
};

TEST(PartitionerTest, ChoosesForAKeyWhatJavaChooses) {
  constexpr GoldenKey kKeys[] = {
      {"", 275646681, 2, 81},
      {"a", -1563381124, 5, 24},
      {"ab", 316155434, 0, 34},
      {"abc", 479470107, 4, 7},
      {"abcd", -1323649548, 5, 0},
      {"abcde", 461995741, 4, 41},
      {"21", -973932308, 3, 40},
      {"foobar", -790332482, 0, 66},
      {"a-little-bit-long-string", -985981536, 1, 12},
      {"a-little-bit-longer-string", -1486304829, 0, 19},
      {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971, 3, 77},
      {"The Volga empties into the Caspian Sea", -1119620348, 2, 0},
      {"\xd0\xbd\xd0\xb0\xd0\xbf\xd0\xbe\xd1\x80", 438965787, 1, 87},
  };
  for (const GoldenKey& golden : kKeys) {
    EXPECT_EQ(Murmur2(AsBytes(golden.key)), golden.hash) << golden.key;
    EXPECT_EQ(PartitionForKey(AsBytes(golden.key), 7).value(), golden.of_7) << golden.key;
    EXPECT_EQ(PartitionForKey(AsBytes(golden.key), 100).value(), golden.of_100) << golden.key;
  }
}

TEST(PartitionerTest, HashesEveryLengthAsJavaDoes) {
  constexpr int32_t kHashes[] = {
      275646681,   493069161,   1060056179,  -1650705069, -1949497379, -1340137080, -392946004,
      1865866629,  841623057,   -5502438,    -90589996,   -11620185,   -1367968182, -221380027,
      -198312816,  -1988293672, 885103118,   -2061897223, 665943399,   -1688790468, -190187177,
      498388888,   -1129461420, 893423908,   1427882421,  -1363475387, 1031839802,  1073671212,
      -2103055345, -1258837769, -1779523976, -388772613,  -849769759,  -359865606,  -520647388,
      -2122980785, -437818687,  1513397586,  139494167,   324113149,   -1875134030, 1563920504,
      -2077571325, -1158186383, 1331025489,  194296913,   -92799493,   940000628,   -1816905533,
      -1463727429, -446593076,  -599000478,  473195358,   7454179,     1566648856,  -97477485,
      1845510541,  -1848816420, -270772819,  9185302,     1709845601,  916955752,   1242519435,
      -591258788};
  int32_t length = 0;
  for (const int32_t hash : kHashes) {
    std::vector<uint8_t> bytes;
    for (int32_t i = 0; i < length; ++i) {
      bytes.push_back(static_cast<uint8_t>(i * 131 + length * 7));
    }
    EXPECT_EQ(Murmur2(bytes), hash) << length << " bytes";
    ++length;
  }
}

TEST(PartitionerTest, HashesBytesAboveOneTwentySevenAsJavaDoes) {
  constexpr uint8_t kBytes[] = {0x80, 0xff, 0x00, 0xfe, 0xff};
  EXPECT_EQ(Murmur2(kBytes), 390775454);
  std::vector<uint8_t> many(1'000'003);
  for (uint32_t i = 0; i < many.size(); ++i) many[i] = static_cast<uint8_t>(i * i + i / 7);
  EXPECT_EQ(Murmur2(many), 2082685053);
}

TEST(StickyPartitionerTest, StaysUntilABatchIsFilled) {
  SeededRandom random(1, 1);
  StickyPartitioner sticky(1000, random);
  const auto all = Partitions(1000);
  const PartitionId first = sticky.Choose(all);
  for (int i = 0; i < 9; ++i) {
    sticky.Added(100, true);
    EXPECT_EQ(sticky.Choose(all), first);
  }
  sticky.Added(100, true);
  EXPECT_NE(sticky.Choose(all), first);
}

TEST(StickyPartitionerTest, FillsAnOpenBatchButNotForEver) {
  SeededRandom random(1, 1);
  StickyPartitioner sticky(1000, random);
  const auto all = Partitions(1000);
  const PartitionId first = sticky.Choose(all);
  for (int i = 0; i < 19; ++i) {
    sticky.Added(100, false);
    EXPECT_EQ(sticky.Choose(all), first);
  }
  sticky.Added(100, false);
  EXPECT_NE(sticky.Choose(all), first);
}

TEST(StickyPartitionerTest, LeavesAPartitionThatLostItsLeader) {
  SeededRandom random(1, 1);
  StickyPartitioner sticky(1000, random);
  const auto all = Partitions(2);
  const PartitionId first = sticky.Choose(all);
  const std::vector<PartitionId> others = {PartitionId(1 - first.value())};
  EXPECT_EQ(sticky.Choose(others), others.front());
  EXPECT_EQ(sticky.Choose(all), others.front());
}

// Fewer, larger records or many small ones: what counts is bytes.
TEST(StickyPartitionerTest, GivesEachPartitionTheSameBytes) {
  SeededRandom random(7, 1);
  StickyPartitioner sticky(1000, random);
  const auto all = Partitions(5);
  std::map<PartitionId, size_t> bytes;
  size_t sum = 0;
  for (int i = 0; i < 200'000; ++i) {
    const size_t size = 1 + random.Below(300);
    bytes[sticky.Choose(all)] += size;
    sticky.Added(size, true);
    sum += size;
  }
  for (const PartitionId partition : all) {
    EXPECT_NEAR(static_cast<double>(bytes[partition]), static_cast<double>(sum) / 5,
                static_cast<double>(sum) / 50)
        << partition;
  }
}

}  // namespace
}  // namespace penstock
