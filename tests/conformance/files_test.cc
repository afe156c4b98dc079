// The Files port: one suite, every world.
#include <gtest/gtest.h>

#include "base/strings.h"
#include "runtime/seeded_random.h"
#include "runtime/task_group.h"
#include "tests/conformance/worlds.h"

namespace penstock {
namespace {

class FilesConformanceTest : public ConformanceTest {};
INSTANTIATE_TEST_SUITE_P(Worlds, FilesConformanceTest, testing::ValuesIn(AllWorlds()), NameOfWorld);

Task<std::unique_ptr<File>> OpenNew(Files& files, std::string path) {
  OpenOptions options{.create = true, .exclusive = true};
  auto file = co_await files.Open(std::move(path), options);
  EXPECT_TRUE(file.ok()) << file.status();
  co_return *std::move(file);
}

Task<> Write(File& file, uint64_t position, std::string text) {
  SliceChain data(Slice::CopyOf(text));
  const Status status = co_await file.WriteAt(position, std::move(data));
  EXPECT_TRUE(status.ok()) << status;
}

Task<std::string> Read(File& file, uint64_t position, size_t size) {
  auto slice = co_await file.ReadAt(position, size);
  EXPECT_TRUE(slice.ok()) << slice.status();
  co_return std::string(slice->text());
}

Task<> ReadsWhatWasWritten(WorldUnderTest& world) {
  std::unique_ptr<File> file = co_await OpenNew(world.files(), world.directory() + "/a");
  SliceChain data(Slice::CopyOf("pen"));
  data.Append(Slice::CopyOf("stock"));
  const Status written = co_await file->WriteAt(0, std::move(data));
  EXPECT_TRUE(written.ok());
  const std::string whole = co_await Read(*file, 0, 100);
  EXPECT_EQ(whole, "penstock");
  const std::string middle = co_await Read(*file, 3, 2);
  EXPECT_EQ(middle, "st");
  const std::string beyond = co_await Read(*file, 8, 10);
  EXPECT_EQ(beyond, "");
  const std::string far_beyond = co_await Read(*file, 1'000'000, 10);
  EXPECT_EQ(far_beyond, "");
  co_await Write(*file, 12, "!");
  const std::string hole = co_await Read(*file, 0, 100);
  EXPECT_EQ(hole, std::string("penstock\0\0\0\0!", 13));
  const auto size = co_await file->Size();
  EXPECT_EQ(*size, 13U);
  const Status synced = co_await file->Sync();
  EXPECT_TRUE(synced.ok());
  file->StartWriteback(0, 13);
}
TEST_P(FilesConformanceTest, ReadsWhatWasWritten) { world->Run(ReadsWhatWasWritten(*world)); }

Task<> ReservingLeavesSizeAndContentAlone(WorldUnderTest& world) {
  std::unique_ptr<File> file = co_await OpenNew(world.files(), world.directory() + "/a");
  co_await Write(*file, 0, "penstock");
  file->Reserve(8, 1 << 20);
  const Status synced = co_await file->Sync();
  EXPECT_TRUE(synced.ok());
  const auto size = co_await file->Size();
  EXPECT_EQ(*size, 8U);
  const Status status = co_await file->Truncate(8);
  EXPECT_TRUE(status.ok());
  const std::string whole = co_await Read(*file, 0, 100);
  EXPECT_EQ(whole, "penstock");
}
TEST_P(FilesConformanceTest, ReservingLeavesSizeAndContentAlone) {
  world->Run(ReservingLeavesSizeAndContentAlone(*world));
}

Task<> SeveralFilesAreSyncedTogether(WorldUnderTest& world) {
  std::vector<std::shared_ptr<File>> files;
  for (const char* name : {"/a", "/b", "/c"}) {
    std::string path = world.directory() + name;
    std::unique_ptr<File> file = co_await OpenNew(world.files(), std::move(path));
    co_await Write(*file, 0, "penstock");
    files.push_back(std::move(file));
  }
  files.push_back(files.front());
  const std::vector<Status> results = co_await world.files().SyncAll(std::move(files));
  EXPECT_EQ(results.size(), 4U);
  for (const Status& result : results) EXPECT_TRUE(result.ok());
  std::vector<std::shared_ptr<File>> none;
  const std::vector<Status> nothing = co_await world.files().SyncAll(std::move(none));
  EXPECT_TRUE(nothing.empty());
}
TEST_P(FilesConformanceTest, SeveralFilesAreSyncedTogether) {
  world->Run(SeveralFilesAreSyncedTogether(*world));
}

Task<> TruncationCutsAndExtends(WorldUnderTest& world) {
  std::unique_ptr<File> file = co_await OpenNew(world.files(), world.directory() + "/a");
  co_await Write(*file, 0, "penstock");
  Status status = co_await file->Truncate(3);
  EXPECT_TRUE(status.ok());
  status = co_await file->Truncate(5);
  EXPECT_TRUE(status.ok());
  const std::string text = co_await Read(*file, 0, 100);
  EXPECT_EQ(text, std::string("pen\0\0", 5));
}
TEST_P(FilesConformanceTest, TruncationCutsAndExtends) {
  world->Run(TruncationCutsAndExtends(*world));
}

Task<> LargeWritesOfManySlicesArriveWhole(WorldUnderTest& world) {
  std::unique_ptr<File> file = co_await OpenNew(world.files(), world.directory() + "/a");
  SeededRandom random(7, 7);
  for (const size_t slices : {1U, 255U, 256U, 257U, 1000U}) {
    SliceChain data;
    for (size_t i = 0; i < slices; ++i) {
      Slice slice = Slice::Allocate(1 + random.Below(2000));
      for (size_t k = 0; k < slice.size(); ++k) {
        slice.mutable_data()[k] = static_cast<uint8_t>(random.Next());
      }
      data.Append(slice);
    }
    SliceChain copy = data;
    const Status written = co_await file->WriteAt(17, std::move(copy));
    EXPECT_TRUE(written.ok());
    const auto read = co_await file->ReadAt(17, data.size());
    EXPECT_TRUE(*read == data.Flatten());
  }
}
TEST_P(FilesConformanceTest, LargeWritesOfManySlicesArriveWhole) {
  world->Run(LargeWritesOfManySlicesArriveWhole(*world));
}

Task<> OpenTellsWhatIsMissingAndWhatExists(WorldUnderTest& world) {
  Files& files = world.files();
  const std::string path = world.directory() + "/a";
  OpenOptions plain;
  auto missing = co_await files.Open(path, plain);
  EXPECT_EQ(missing.status().code(), StatusCode::kNotFound);
  EXPECT_NE(MessageOf(missing.status()).find(path), std::string_view::npos) << missing.status();
  const std::unique_ptr<File> file = co_await OpenNew(files, path);
  OpenOptions exclusive{.create = true, .exclusive = true};
  auto existing = co_await files.Open(path, exclusive);
  EXPECT_EQ(existing.status().code(), StatusCode::kAlreadyExists);
  OpenOptions create{.create = true};
  auto again = co_await files.Open(path, create);
  EXPECT_TRUE(again.ok());
  auto as_file = co_await files.Open(world.directory(), plain);
  EXPECT_EQ(as_file.status().code(), StatusCode::kFailedPrecondition);
  OpenOptions reader{.writable = false};
  auto readable = co_await files.Open(path, reader);
  EXPECT_TRUE(readable.ok());
  SliceChain data(Slice::CopyOf("no"));
  const Status refused = co_await (*readable)->WriteAt(0, std::move(data));
  EXPECT_EQ(refused.code(), StatusCode::kFailedPrecondition);
}
TEST_P(FilesConformanceTest, OpenTellsWhatIsMissingAndWhatExists) {
  world->Run(OpenTellsWhatIsMissingAndWhatExists(*world));
}

Task<> ACacheThatIsDroppedLosesNothing(WorldUnderTest& world) {
  std::unique_ptr<File> file = co_await OpenNew(world.files(), world.directory() + "/a");
  const std::string text(200'000, 'p');
  co_await Write(*file, 0, text);
  const Status synced = co_await file->Sync();
  EXPECT_TRUE(synced.ok());
  for (const uint64_t position : {0U, 4097U, 199'999U, 1'000'000U}) {
    const Status dropped = co_await file->DropCache(position);
    EXPECT_TRUE(dropped.ok()) << dropped;
    const std::string read = co_await Read(*file, 0, text.size());
    EXPECT_TRUE(read == text) << position;
  }
  co_await Write(*file, 100'000, "not synced");
  const Status dropped = co_await file->DropCache(0);
  EXPECT_TRUE(dropped.ok()) << dropped;
  const std::string read = co_await Read(*file, 100'000, 10);
  EXPECT_EQ(read, "not synced");
}
TEST_P(FilesConformanceTest, ACacheThatIsDroppedLosesNothing) {
  world->Run(ACacheThatIsDroppedLosesNothing(*world));
}

Task<> NamesAppearMoveAndGo(WorldUnderTest& world) {
  Files& files = world.files();
  const std::string root = world.directory() + "/logs";
  Status status = co_await files.CreateDirectory(root + "/t-0");
  EXPECT_TRUE(status.ok()) << status;
  status = co_await files.CreateDirectory(root + "/t-0");
  EXPECT_TRUE(status.ok()) << "it exists: that is fine";
  std::unique_ptr<File> file = co_await OpenNew(files, root + "/b");
  co_await Write(*file, 0, "moved");
  std::unique_ptr<File> other = co_await OpenNew(files, root + "/a");
  auto names = co_await files.List(root);
  EXPECT_EQ(*names, (std::vector<std::string>{"a", "b", "t-0"}));
  status = co_await files.Rename(root + "/b", root + "/a");
  EXPECT_TRUE(status.ok());
  status = co_await files.SyncDirectory(root);
  EXPECT_TRUE(status.ok());
  names = co_await files.List(root);
  EXPECT_EQ(*names, (std::vector<std::string>{"a", "t-0"}));
  auto info = co_await files.Describe(root + "/a");
  EXPECT_EQ(info->size, 5U);
  EXPECT_FALSE(info->directory);
  EXPECT_GT(info->modified_ms, 1'600'000'000'000);
  info = co_await files.Describe(root + "/t-0");
  EXPECT_TRUE(info->directory);
  const std::string text = co_await Read(*file, 0, 10);
  EXPECT_EQ(text, "moved") << "an open file follows its name";
  status = co_await files.Remove(root + "/a");
  EXPECT_TRUE(status.ok());
  const std::string still = co_await Read(*file, 0, 10);
  EXPECT_EQ(still, "moved") << "an open file outlives its name";
  co_await Write(*file, 5, " on");
  status = co_await files.Remove(root + "/a");
  EXPECT_EQ(status.code(), StatusCode::kNotFound);
  status = co_await files.Remove(root);
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition) << "not empty";
  status = co_await files.RemoveTree(root);
  EXPECT_TRUE(status.ok());
  info = co_await files.Describe(root);
  EXPECT_EQ(info.status().code(), StatusCode::kNotFound);
  names = co_await files.List(root);
  EXPECT_EQ(names.status().code(), StatusCode::kNotFound);
  status = co_await files.RemoveTree(root);
  EXPECT_EQ(status.code(), StatusCode::kNotFound);
  status = co_await files.SyncDirectory(root);
  EXPECT_EQ(status.code(), StatusCode::kNotFound);
}
TEST_P(FilesConformanceTest, NamesAppearMoveAndGo) { world->Run(NamesAppearMoveAndGo(*world)); }

Task<> OnlyOneHoldsALock(WorldUnderTest& world) {
  Files& files = world.files();
  const std::string path = world.directory() + "/.lock";
  auto first = co_await files.Lock(path, "pid 4711");
  EXPECT_TRUE(first.ok()) << first.status();
  auto second = co_await files.Lock(path, "pid 4712");
  EXPECT_EQ(second.status().code(), StatusCode::kFailedPrecondition);
  EXPECT_NE(MessageOf(second.status()).find("pid 4711"), std::string_view::npos) << second.status();
  first->reset();
  second = co_await files.Lock(path, "pid 2");
  EXPECT_TRUE(second.ok()) << second.status();
  auto third = co_await files.Lock(path, "pid 3");
  EXPECT_NE(MessageOf(third.status()).find("pid 2"), std::string_view::npos);
  EXPECT_EQ(MessageOf(third.status()).find("pid 2711"), std::string_view::npos);
}
TEST_P(FilesConformanceTest, OnlyOneHoldsALock) { world->Run(OnlyOneHoldsALock(*world)); }

Task<> ManyOperationsAtOnce(WorldUnderTest& world) {
  // More than any queue between threads holds, and half of it cancelled.
  std::unique_ptr<File> file = co_await OpenNew(world.files(), world.directory() + "/a");
  co_await Write(*file, 0, "content");
  int errors = 0;
  int done = 0;
  TaskGroup group(world.runtime().executor, [&errors](const Status&) { ++errors; });
  struct Sync {
    static Task<Status> Once(File& target, int& count) {
      const Status status = co_await target.Sync();
      ++count;
      co_return status;
    }
  };
  for (int i = 0; i < 3000; ++i) group.Start(Sync::Once(*file, done));
  const Instant soon = world.runtime().clock.Now() + Microseconds(100);
  co_await world.runtime().timers.SleepUntil(soon);
  const std::string read = co_await Read(*file, 0, 7);
  EXPECT_EQ(read, "content");
  co_await group.Stop();
  EXPECT_EQ(errors, 0);
  const Status last = co_await file->Sync();
  EXPECT_TRUE(last.ok());
}
TEST_P(FilesConformanceTest, ManyOperationsAtOnce) { world->Run(ManyOperationsAtOnce(*world)); }

Task<> SpaceIsTold(WorldUnderTest& world) {
  const auto space = co_await world.files().Space(world.directory());
  EXPECT_TRUE(space.ok()) << space.status();
  EXPECT_GT(space->total_bytes, 0U);
  EXPECT_LE(space->usable_bytes, space->total_bytes);
  const auto missing = co_await world.files().Space(world.directory() + "/missing");
  EXPECT_EQ(missing.status().code(), StatusCode::kNotFound);
}
TEST_P(FilesConformanceTest, SpaceIsTold) { world->Run(SpaceIsTold(*world)); }

}  // namespace
}  // namespace penstock
