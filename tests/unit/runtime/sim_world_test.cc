// Stories of simulated machines: what a crash leaves, what a cut delays, and that a seed tells
// everything.
#include "runtime/sim/sim_world.h"

#include <gtest/gtest.h>

#include <string>

#include "base/strings.h"
#include "runtime/race.h"
#include "runtime/yield.h"

namespace penstock {
namespace {

Task<StatusOr<std::string>> ReadWhole(Files& files, std::string path) {
  OpenOptions options{.writable = false};
  CO_ASSIGN_OR_RETURN(std::unique_ptr<File> file, co_await files.Open(path, options));
  CO_ASSIGN_OR_RETURN(const uint64_t size, co_await file->Size());
  CO_ASSIGN_OR_RETURN(const Slice bytes, co_await file->ReadAt(0, size));
  co_return std::string(bytes.text());
}

Task<Status> WriteWhole(Files& files, std::string path, std::string text) {
  OpenOptions options{.create = true};
  CO_ASSIGN_OR_RETURN(std::unique_ptr<File> file, co_await files.Open(path, options));
  SliceChain data(Slice::CopyOf(text));
  CO_RETURN_IF_ERROR(co_await file->WriteAt(0, std::move(data)));
  CO_RETURN_IF_ERROR(co_await file->Sync());
  CO_RETURN_IF_ERROR(co_await files.SyncDirectory("/"));
  co_return OkStatus();
}

// Appends numbered records of 16 bytes and tells how many a sync has covered.
Task<> AppendForever(Runtime& runtime, uint64_t& acknowledged) {
  OpenOptions options{.create = true};
  auto file = co_await runtime.files.Open("/log", options);
  EXPECT_TRUE(file.ok());
  const Status named = co_await runtime.files.SyncDirectory("/");
  EXPECT_TRUE(named.ok());
  for (uint64_t n = acknowledged;; ++n) {
    std::string record = StrCat("record ", n);
    record.resize(16, '.');
    SliceChain data(Slice::CopyOf(record));
    const Status written = co_await (*file)->WriteAt(n * 16, std::move(data));
    EXPECT_TRUE(written.ok());
    const Status synced = co_await (*file)->Sync();
    EXPECT_TRUE(synced.ok());
    acknowledged = n + 1;
  }
}

TEST(SimWorldTest, WhatWasSyncedSurvivesCrashesAtAnyAwait) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SimWorld world(seed);
    SimNode& node = world.AddNode("broker");
    node.disk_faults().delay_mean = Microseconds(300);
    uint64_t acknowledged = 0;
    SeededRandom random(seed, 7);
    for (int crash = 0; crash < 10; ++crash) {
      node.Start(
          [&acknowledged](Runtime& runtime) { return AppendForever(runtime, acknowledged); });
      world.RunFor(Microseconds(static_cast<int64_t>(random.Below(20'000))));
      node.Crash();
      auto text = world.Run(ReadWhole(node.runtime().files, "/log"));
      if (!text.ok()) {
        EXPECT_EQ(acknowledged, 0U);
        continue;
      }
      ASSERT_GE(text->size(), acknowledged * 16);
      for (uint64_t n = 0; n < acknowledged; ++n) {
        std::string record = StrCat("record ", n);
        record.resize(16, '.');
        ASSERT_EQ(text->substr(n * 16, 16), record);
      }
    }
  }
}

TEST(SimWorldTest, WhatWasNotSyncedIsLostNowAndThen) {
  int lost = 0;
  int kept = 0;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    SimWorld world(seed);
    SimNode& node = world.AddNode("broker");
    Files& files = node.runtime().files;
    ASSERT_TRUE(world.Run(WriteWhole(files, "/a", "safe")).ok());
    OpenOptions options;
    auto file = world.Run(files.Open("/a", options));
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE(world.Run((*file)->WriteAt(4, SliceChain(Slice::CopyOf(" and not")))).ok());
    file->reset();
    node.Crash();
    auto text = world.Run(ReadWhole(files, "/a"));
    ASSERT_TRUE(text.ok());
    ASSERT_EQ(text->substr(0, 4), "safe");
    (text->size() == 4 ? lost : kept) += 1;
  }
  EXPECT_GT(lost, 20);
  EXPECT_GT(kept, 20);
}

TEST(SimWorldTest, ANameIsSafeOnlyAfterItsDirectoryWasSynced) {
  int lost = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SimWorld world(seed);
    SimNode& node = world.AddNode("broker");
    Files& files = node.runtime().files;
    ASSERT_TRUE(world.Run(WriteWhole(files, "/old", "content")).ok());
    ASSERT_TRUE(world.Run(files.Rename("/old", "/new")).ok());
    node.Crash();
    const bool old_there = world.Run(files.Describe("/old")).ok();
    const bool new_there = world.Run(files.Describe("/new")).ok();
    EXPECT_NE(old_there, new_there) << "a rename is one step, seed " << seed;
    lost += old_there ? 1 : 0;
    if (old_there) continue;
    ASSERT_TRUE(world.Run(files.SyncDirectory("/")).ok());
    node.Crash();
    EXPECT_TRUE(world.Run(files.Describe("/new")).ok());
  }
  EXPECT_GT(lost, 5);
  EXPECT_LT(lost, 35);
}

Task<> Echo(Runtime& runtime) {
  Address address{.host = "", .port = 9092};
  auto listener = co_await runtime.network.Listen(address);
  EXPECT_TRUE(listener.ok());
  while (true) {
    auto connection = co_await (*listener)->Accept();
    EXPECT_TRUE(connection.ok());
    while (true) {
      Slice buffer = Slice::Allocate(100);
      auto count = co_await (*connection)->Read(buffer);
      if (!count.ok() || *count == 0) break;
      SliceChain data(buffer.Sub(0, *count));
      const Status written = co_await (*connection)->Write(std::move(data));
      if (!written.ok()) break;
    }
  }
}

Task<StatusOr<std::string>> Ask(Runtime& runtime, std::string text) {
  Address address{.host = "broker", .port = 9092};
  CO_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                      co_await runtime.network.Connect(address));
  SliceChain data(Slice::CopyOf(text));
  CO_RETURN_IF_ERROR(co_await connection->Write(std::move(data)));
  std::string answer;
  while (answer.size() < text.size()) {
    Slice buffer = Slice::Allocate(1000);
    CO_ASSIGN_OR_RETURN(const size_t count, co_await connection->Read(buffer));
    if (count == 0) break;
    answer += buffer.Sub(0, count).text();
  }
  co_return answer;
}

uint64_t TraceOfOneHundredQuestions(uint64_t seed) {
  SimWorld world(seed);
  world.network().faults() = {.delay_min = Microseconds(10),
                              .delay_mean = Microseconds(500),
                              .split_probability = 0.5,
                              .refuse_probability = 0.05,
                              .reset_probability = 0.05};
  SimNode& node = world.AddNode("broker");
  node.Start(Echo);
  int answered = 0;
  for (int n = 0; n < 100; ++n) {
    const std::string text = StrCat("a question whose number is ", n);
    auto answer = world.Run(Ask(world.runtime(), text));
    if (!answer.ok()) continue;
    if (answer->size() == text.size()) ++answered;
    EXPECT_EQ(*answer, text.substr(0, answer->size()));
  }
  EXPECT_GT(answered, 50);
  EXPECT_LT(answered, 100);
  return world.trace().value();
}

TEST(SimWorldTest, ASeedTellsEverything) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    EXPECT_EQ(TraceOfOneHundredQuestions(seed), TraceOfOneHundredQuestions(seed))
        << "seed " << seed;
  }
  EXPECT_NE(TraceOfOneHundredQuestions(1), TraceOfOneHundredQuestions(2));
}

TEST(SimWorldTest, ACutDelaysWhatIsOnItsWayUntilItHeals) {
  SimWorld world(1);
  SimNode& node = world.AddNode("broker");
  node.Start(Echo);
  world.RunFor(Milliseconds(1));
  Task<StatusOr<std::string>> ask = Ask(world.runtime(), "are you there?");
  RootTask<StatusOr<std::string>> question(std::move(ask));
  question.Start();
  world.network().Cut(node, world.driver());
  world.RunFor(Milliseconds(5'000));
  EXPECT_FALSE(question.done());
  world.network().Heal(node, world.driver());
  world.RunFor(Milliseconds(1));
  ASSERT_TRUE(question.done());
  const auto answer = question.TakeResult();
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(*answer, "are you there?");
}

TEST(SimWorldTest, ACrashResetsTheConnectionsOfTheNode) {
  SimWorld world(1);
  SimNode& node = world.AddNode("broker");
  node.Start(Echo);
  world.RunFor(Milliseconds(1));
  Address address{.host = "broker", .port = 9092};
  auto connection = world.Run(world.runtime().network.Connect(address));
  ASSERT_TRUE(connection.ok());
  node.Crash();
  EXPECT_FALSE(node.running());
  const auto count = world.Run((*connection)->Read(Slice::Allocate(10)));
  EXPECT_EQ(count.status().code(), StatusCode::kUnavailable);
  EXPECT_FALSE(world.Run(world.runtime().network.Connect(address)).ok());
  node.Start(Echo);
  world.RunFor(Milliseconds(1));
  EXPECT_TRUE(world.Run(Ask(world.runtime(), "back?")).ok());
}

TEST(SimWorldTest, AFailedSyncLosesItsDataAtTheNextCrash) {
  SimWorld world(3);
  SimNode& node = world.AddNode("broker");
  Files& files = node.runtime().files;
  ASSERT_TRUE(world.Run(WriteWhole(files, "/a", "safe")).ok());
  auto file = world.Run(files.Open("/a", OpenOptions()));
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(world.Run((*file)->WriteAt(4, SliceChain(Slice::CopyOf(" not")))).ok());
  node.disk_faults().sync_error_probability = 1;
  EXPECT_FALSE(world.Run((*file)->Sync()).ok());
  node.disk_faults().sync_error_probability = 0;
  EXPECT_TRUE(world.Run((*file)->Sync()).ok()) << "the kernel forgets that it lost the pages";
  EXPECT_EQ(*world.Run(ReadWhole(files, "/a")), "safe not");
  ASSERT_TRUE(world.Run((*file)->DropCache(0)).ok());
  EXPECT_EQ(*world.Run(ReadWhole(files, "/a")), std::string("safe\0\0\0\0", 8));
  file->reset();
  node.Crash();
  const auto text = world.Run(ReadWhole(files, "/a"));
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text, "safe");
}

Task<> Sleep(Runtime& runtime, Duration duration) {
  const Instant end = runtime.clock.Now() + duration;
  co_await runtime.timers.SleepUntil(end);
  EXPECT_GE(runtime.clock.Now(), end);
}

TEST(SimWorldTest, AFastClockWakesItsNodeEarly) {
  SimWorld world(1);
  SimNode& node = world.AddNode("fast");
  node.clock_faults().drift_parts_per_million = 20'000;
  const Instant start = world.now();
  world.Run(Sleep(node.runtime(), Milliseconds(1'020)));
  EXPECT_EQ(InMilliseconds(world.now() - start), 1'000);
  node.clock_faults().wall_offset = -Milliseconds(3'600'000);
  EXPECT_LT(node.WallNow(), world.driver().WallNow());
}

Task<> EndSoon(Runtime& runtime, bool& ended) {
  co_await Yield(runtime.executor);
  ended = true;
}

TEST(SimWorldTest, NothingRunsOnAPausedNode) {
  SimWorld world(1);
  SimNode& node = world.AddNode("broker");
  bool ended = false;
  node.Start([&ended](Runtime& runtime) { return EndSoon(runtime, ended); });
  node.Pause();
  world.RunFor(Milliseconds(100));
  EXPECT_FALSE(ended);
  node.Resume();
  world.RunFor(Milliseconds(0));
  EXPECT_TRUE(ended);
  EXPECT_FALSE(node.running());
}

TEST(SimWorldTest, AFullDiskRefusesAndTakesAgainWhatFits) {
  SimWorld world(1);
  SimNode& node = world.AddNode("broker");
  Files& files = node.runtime().files;
  node.disk().SetCapacity(100);
  EXPECT_EQ(world.Run(WriteWhole(files, "/big", std::string(101, 'x'))).code(),
            StatusCode::kResourceExhausted);
  EXPECT_EQ(world.Run(files.Describe("/big"))->size, 100U) << "what fits is written";
  EXPECT_EQ(world.Run(WriteWhole(files, "/other", "x")).code(), StatusCode::kResourceExhausted);
  ASSERT_TRUE(world.Run(files.Remove("/big")).ok());
  EXPECT_TRUE(world.Run(WriteWhole(files, "/small", std::string(100, 'x'))).ok());
  EXPECT_EQ(world.Run(files.Space("/"))->usable_bytes, 0U);
  ASSERT_TRUE(world.Run(files.Remove("/small")).ok());
  EXPECT_EQ(world.Run(files.Space("/"))->usable_bytes, 100U);
}

}  // namespace
}  // namespace penstock
