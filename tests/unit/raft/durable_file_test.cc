#include "raft/durable_file.h"

#include <gtest/gtest.h>

#include "runtime/sim/sim_world.h"

namespace penstock {
namespace {

TEST(ParentOf, IsThePathWithoutItsLastName) {
  EXPECT_EQ(ParentOf("/a/b/c"), "/a/b");
  EXPECT_EQ(ParentOf("a/b"), "a");
  EXPECT_EQ(ParentOf("/a"), "/");
  EXPECT_EQ(ParentOf("a"), ".");
}

TEST(DurableFile, AShorterTextLeavesNothingOfTheLongerOne) {
  SimWorld world(1);
  Files& files = world.runtime().files;
  for (const std::string_view text : {"a long text that comes first", "short", ""}) {
    SliceChain content(Slice::CopyOf(text));
    ASSERT_EQ(world.Run(WriteSyncedFile(files, "/file", std::move(content))), OkStatus());
    const auto read = world.Run(ReadWholeFile(files, "/file", 100));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->text(), text);
  }
}

TEST(DurableFile, ReplacingLeavesNoTemporaryFile) {
  SimWorld world(1);
  Files& files = world.runtime().files;
  for (const std::string_view text : {"one", "two"}) {
    SliceChain content(Slice::CopyOf(text));
    ASSERT_EQ(world.Run(ReplaceWholeFile(files, "/file", std::move(content), ".tmp")), OkStatus());
  }
  EXPECT_EQ(world.Run(ReadWholeFile(files, "/file", 100))->text(), "two");
  EXPECT_EQ(*world.Run(files.List("/")), std::vector<std::string>{"file"});
}

// Writes the numbers from `*next` on, one after the other, and notes each that is done.
Task<> Count(Runtime& runtime, int* next) {
  while (true) {
    SliceChain content(Slice::CopyOf(std::to_string(*next)));
    const Status written =
        co_await ReplaceWholeFile(runtime.files, "/number", std::move(content), ".tmp");
    EXPECT_EQ(written, OkStatus());
    ++*next;
  }
}

Task<> ReadNumber(Runtime& runtime, std::string* text) {
  const auto read = co_await ReadWholeFile(runtime.files, "/number", 100);
  *text = read.ok() ? std::string(read->text()) : "nothing";
}

TEST(DurableFile, AfterALossOfPowerTheLastTextOrTheOneUnderWayIsThere) {
  int written = 0;
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SimWorld world(seed);
    SimNode& node = world.AddNode("node");
    node.disk_faults().delay_mean = Microseconds(100);
    int next = 0;
    for (int crash = 0; crash < 5; ++crash) {
      node.Start([&](Runtime& runtime) { return Count(runtime, &next); });
      world.RunFor(Microseconds(static_cast<int64_t>(world.runtime().random.Below(3000))));
      node.Crash();
      std::string text;
      node.Start([&](Runtime& runtime) { return ReadNumber(runtime, &text); });
      world.RunUntilQuiet();
      if (text == "nothing") {
        ASSERT_EQ(next, 0);
        continue;
      }
      const int found = std::stoi(text);
      ASSERT_TRUE(found == next || found == next - 1) << found << ", written: " << next;
      next = found + 1;
    }
    written += next;
  }
  EXPECT_GT(written, 50);
}

}  // namespace
}  // namespace penstock
