// Small files are read whole and replaced whole, whenever the power fails.
#include "log/small_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/strings.h"
#include "runtime/runtime.h"
#include "runtime/seeded_random.h"
#include "runtime/sim/sim_world.h"

namespace penstock {
namespace {

class SmallFileTest : public testing::Test {
 protected:
  SmallFileTest() { EXPECT_TRUE(world_.Run(files().CreateDirectory("/data")).ok()); }

  Files& files() { return world_.runtime().files; }
  StatusOr<Slice> Read(uint64_t bytes_max = 1000) {
    return world_.Run(ReadWholeFile(files(), "/data/text", bytes_max));
  }
  Status Replace(std::string text) {
    return world_.Run(ReplaceFile(files(), "/data", "/data/text", std::move(text)));
  }
  std::vector<std::string> Names() { return *world_.Run(files().List("/data")); }

  SimWorld world_{1};
};

TEST_F(SmallFileTest, AFileThatIsNotThereIsNotFound) {
  EXPECT_EQ(Read().status().code(), StatusCode::kNotFound);
  EXPECT_TRUE(Names().empty()) << "looking makes nothing";
}

TEST_F(SmallFileTest, WhatReplacesIsReadBackAndNothingElseIsLeft) {
  for (const std::string& text : {std::string("a long first text"), std::string("short"),
                                  std::string(), std::string("again")}) {
    const Status replaced = Replace(text);
    ASSERT_TRUE(replaced.ok()) << replaced;
    ASSERT_TRUE(Read().ok());
    EXPECT_EQ(Read()->text(), text);
    EXPECT_EQ(Names(), std::vector<std::string>{"text"});
  }
}

TEST_F(SmallFileTest, WhatACrashLeftOfALongerTextDoesNotShineThrough) {
  ASSERT_TRUE(Replace(std::string(500, 'x')).ok());
  ASSERT_TRUE(world_.Run(files().Rename("/data/text", "/data/text.tmp")).ok());
  ASSERT_TRUE(Replace("short").ok());
  EXPECT_EQ(Read()->text(), "short");
  EXPECT_EQ(Names(), std::vector<std::string>{"text"});
}

TEST_F(SmallFileTest, ALargeFileIsRefusedBeforeItIsRead) {
  ASSERT_TRUE(Replace(std::string(1001, 'x')).ok());
  EXPECT_EQ(Read(1000).status().code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(Read(1001)->size(), 1001u);
}

TEST_F(SmallFileTest, WhatCannotBeWrittenLeavesTheOldText) {
  ASSERT_TRUE(Replace("old").ok());
  for (double DiskFaults::* fault :
       {&DiskFaults::write_error_probability, &DiskFaults::sync_error_probability,
        &DiskFaults::open_error_probability}) {
    world_.driver().disk_faults().*fault = 1;
    EXPECT_FALSE(Replace("new").ok());
    world_.driver().disk_faults().*fault = 0;
    EXPECT_EQ(Read()->text(), "old");
  }
  EXPECT_TRUE(Replace("new").ok());
  EXPECT_EQ(Read()->text(), "new");
}

TEST_F(SmallFileTest, RemovingWhatIsNotThereIsFine) {
  ASSERT_TRUE(Replace("text").ok());
  EXPECT_TRUE(world_.Run(RemoveIfExists(files(), "/data/text")).ok());
  EXPECT_TRUE(world_.Run(RemoveIfExists(files(), "/data/text")).ok());
  EXPECT_TRUE(Names().empty());
}

// Longer and shorter in turns, so that no text covers the one before by accident.
std::string TextOf(int number) {
  return StrCat(number, ":", std::string(static_cast<size_t>(number * 37 % 900), 'x'));
}

// Writes the numbers from `next` on, one after the other; `done` is the last that was reported.
Task<> CountUp(Runtime& runtime, int& next, int& done) {
  const Status made = co_await runtime.files.CreateDirectory("/data");
  EXPECT_TRUE(made.ok()) << made;
  const Status safe = co_await runtime.files.SyncDirectory("/");
  EXPECT_TRUE(safe.ok()) << safe;
  while (true) {
    const int number = next++;
    std::string text = TextOf(number);
    const Status replaced =
        co_await ReplaceFile(runtime.files, "/data", "/data/number", std::move(text));
    EXPECT_TRUE(replaced.ok()) << replaced;
    done = number;
  }
}

Task<> Look(Runtime& runtime, std::string& seen) {
  auto text = co_await ReadWholeFile(runtime.files, "/data/number", 10'000);
  seen = text.ok() ? std::string(text->text()) : "";
}

TEST(SmallFileCrashTest, PowerLossLeavesTheOldTextOrTheNewOne) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SimWorld world(seed);
    SimNode& node = world.AddNode("broker");
    node.disk_faults().delay_mean = Microseconds(100);
    SeededRandom random(seed, 5);
    int next = 1;
    int done = 0;
    for (int crash = 0; crash < 20; ++crash) {
      node.Start([&](Runtime& runtime) { return CountUp(runtime, next, done); });
      world.RunFor(Microseconds(static_cast<int64_t>(random.Below(5000))));
      node.Crash();
      std::string seen;
      node.Start([&](Runtime& runtime) { return Look(runtime, seen); });
      world.RunUntilQuiet();
      const int begun = next - 1;
      bool whole = seen.empty() && done == 0;
      for (int number = std::max(done, 1); number <= begun; ++number) {
        whole |= seen == TextOf(number);
      }
      ASSERT_TRUE(whole) << "done " << done << ", begun " << begun << ", found '" << seen << "'";
    }
    EXPECT_GT(done, 0);
  }
}

}  // namespace
}  // namespace penstock
