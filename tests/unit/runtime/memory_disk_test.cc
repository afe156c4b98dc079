// Files in memory against a plain model, under random operations.
#include "runtime/sim/memory_disk.h"

#include <gtest/gtest.h>

#include <string>

#include "runtime/sim/paged_bytes.h"

namespace penstock {
namespace {

TEST(PagedBytesTest, AgreesWithAStringUnderRandomOperations) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SeededRandom random(seed, 0);
    PagedBytes bytes;
    std::string model;
    for (int step = 0; step < 500; ++step) {
      const size_t position = random.Below(20'000);
      const size_t size = random.Below(6'000);
      if (random.OneOf(1, 5)) {
        bytes.Resize(position);
        model.resize(position);
      } else if (random.OneOf(1, 2)) {
        const std::string text(size, static_cast<char>('a' + random.Below(26)));
        bytes.Write(position, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
        if (!text.empty() && model.size() < position + size) model.resize(position + size);
        model.replace(std::min(position, model.size()), size, text);
      } else {
        std::string out(size, '?');
        out.resize(bytes.Read(position, {reinterpret_cast<uint8_t*>(out.data()), out.size()}));
        ASSERT_EQ(out, position < model.size() ? model.substr(position, size) : "");
      }
      ASSERT_EQ(bytes.size(), model.size());
    }
  }
}

TEST(MemoryDiskTest, CountsWhatIsUsedThroughRenamesAndRemovals) {
  MemoryDisk disk({.capacity_bytes = 1000});
  const OpenOptions create{.create = true};
  const TimestampMs now(1);
  const SliceChain hundred(Slice::CopyOf(std::string(100, 'x')));
  ASSERT_TRUE(disk.CreateDirectory("/d/e", now).ok());
  for (const std::string_view path : {"/a", "/b", "/d/c", "/d/e/f"}) {
    auto file = disk.Open(path, create, now);
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE(disk.Write(**file, 0, hundred, now).ok());
  }
  EXPECT_EQ(disk.Space().usable_bytes, 600U);
  ASSERT_TRUE(disk.Rename("/a", "/b").ok());
  EXPECT_EQ(disk.Space().usable_bytes, 700U);
  ASSERT_TRUE(disk.Rename("/b", "b").ok()) << "the same file";
  EXPECT_FALSE(disk.Rename("/d", "/d/e/g").ok()) << "into itself";
  ASSERT_TRUE(disk.RemoveTree("/d").ok());
  EXPECT_EQ(disk.Space().usable_bytes, 900U);
  auto open = disk.Open("/b", OpenOptions(), now);
  ASSERT_TRUE(disk.Remove("/b").ok());
  ASSERT_TRUE(disk.Write(**open, 500, hundred, now).ok())
      << "without a name it still can be written";
  ASSERT_TRUE(disk.Truncate(**open, 0, now).ok());
  EXPECT_EQ(disk.Space().usable_bytes, 1000U);
}

TEST(MemoryDiskTest, ABitFlippedAtRestStaysFlipped) {
  MemoryDisk disk;
  const TimestampMs now(1);
  auto file = disk.Open("/a", {.create = true}, now);
  ASSERT_TRUE(disk.Write(**file, 0, SliceChain(Slice::CopyOf("a")), now).ok());
  ASSERT_TRUE(disk.FlipBit("/a", 0, 1).ok());
  uint8_t byte = 0;
  EXPECT_EQ((*file)->bytes.Read(0, {&byte, 1}), 1U);
  EXPECT_EQ(byte, 'c');
}

}  // namespace
}  // namespace penstock
