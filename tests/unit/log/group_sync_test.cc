// Files that wait for the disk go to it together.
#include "log/group_sync.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "runtime/event.h"
#include "runtime/root_task.h"
#include "runtime/sim/sim_world.h"

namespace penstock {
namespace {

// A file of which only the name matters.
class NamedFile final : public File {
 public:
  explicit NamedFile(std::string file_name) : name(std::move(file_name)) {}

  Task<StatusOr<Slice>> ReadAt(uint64_t, size_t) override { co_return Slice(); }
  Task<Status> WriteAt(uint64_t, SliceChain) override { co_return OkStatus(); }
  Task<Status> Sync() override { co_return Internal("synced alone"); }
  Task<Status> Truncate(uint64_t) override { co_return OkStatus(); }
  Task<StatusOr<uint64_t>> Size() override { co_return uint64_t{0}; }
  void StartWriteback(uint64_t, uint64_t) override {}
  void Reserve(uint64_t, uint64_t) override {}
  Task<Status> DropCache(uint64_t) override { co_return OkStatus(); }

  const std::string name;
};

// A disk that notes which files it is asked to sync together, and takes its time until told.
class SlowDisk final : public Files {
 public:
  explicit SlowDisk(Executor& executor) : executor_(executor) {}

  Task<std::vector<Status>> SyncAll(std::vector<std::shared_ptr<File>> files) override {
    std::string names;
    std::vector<Status> results;
    for (const std::shared_ptr<File>& file : files) {
      const std::string& name = static_cast<const NamedFile&>(*file).name;
      names += name;
      results.push_back(name == broken ? DataLoss(name) : OkStatus());
    }
    rounds.push_back(std::move(names));
    turning_ = std::make_unique<Event>(executor_);
    co_await turning_->Wait();
    co_return results;
  }
  void FinishRound() { turning_->Set(); }

  Task<StatusOr<std::unique_ptr<File>>> Open(std::string, OpenOptions) override {
    co_return std::unique_ptr<File>();
  }
  Task<Status> Rename(std::string, std::string) override { co_return OkStatus(); }
  Task<Status> Remove(std::string) override { co_return OkStatus(); }
  Task<StatusOr<std::vector<std::string>>> List(std::string) override {
    co_return std::vector<std::string>();
  }
  Task<Status> CreateDirectory(std::string) override { co_return OkStatus(); }
  Task<Status> RemoveTree(std::string) override { co_return OkStatus(); }
  Task<Status> SyncDirectory(std::string) override { co_return OkStatus(); }
  Task<StatusOr<FileInfo>> Describe(std::string) override { co_return FileInfo(); }
  Task<StatusOr<DiskSpace>> Space(std::string) override { co_return DiskSpace(); }
  Task<StatusOr<std::unique_ptr<FileLock>>> Lock(std::string, std::string) override {
    co_return std::unique_ptr<FileLock>();
  }

  std::vector<std::string> rounds;
  std::string broken;

 private:
  Executor& executor_;
  std::unique_ptr<Event> turning_;
};

using Syncing = RootTask<Status>;

class GroupSyncTest : public testing::Test {
 protected:
  std::unique_ptr<Syncing> Begin(const std::string& name) {
    std::shared_ptr<File> file = std::make_shared<NamedFile>(name);
    auto syncing = std::make_unique<Syncing>(group_.Sync(std::move(file)));
    syncing->Start();
    return syncing;
  }
  void FinishRound() {
    disk_.FinishRound();
    world_.RunUntilQuiet();
  }
  ~GroupSyncTest() override {
    RootTask<void> stopping(group_.Stop());
    stopping.Start();
    world_.RunUntilQuiet();
  }

  SimWorld world_{1};
  SlowDisk disk_{world_.runtime().executor};
  GroupSync group_{world_.runtime().executor, disk_};
};

TEST_F(GroupSyncTest, WhoAsksInTheSameStepGoesToTheDiskTogether) {
  auto a = Begin("a");
  auto b = Begin("b");
  world_.RunUntilQuiet();
  EXPECT_EQ(disk_.rounds, std::vector<std::string>{"ab"});
  EXPECT_FALSE(a->done());
  FinishRound();
  ASSERT_TRUE(a->done() && b->done());
  EXPECT_TRUE(a->TakeResult().ok());
  EXPECT_TRUE(b->TakeResult().ok());
}

TEST_F(GroupSyncTest, WhoComesDuringARoundWaitsForTheNextOne) {
  auto a = Begin("a");
  world_.RunUntilQuiet();
  auto b = Begin("b");
  auto a_again = Begin("a");
  world_.RunUntilQuiet();
  FinishRound();
  EXPECT_TRUE(a->done());
  // What b wrote after the first sync had begun is not covered by it.
  EXPECT_FALSE(b->done());
  EXPECT_FALSE(a_again->done());
  EXPECT_EQ(disk_.rounds, (std::vector<std::string>{"a", "ba"}));
  FinishRound();
  EXPECT_TRUE(b->done() && a_again->done());
}

Task<Status> SyncTwice(GroupSync& group, std::shared_ptr<File> file) {
  std::shared_ptr<File> same = file;
  CO_RETURN_IF_ERROR(co_await group.Sync(std::move(same)));
  co_return co_await group.Sync(std::move(file));
}

TEST_F(GroupSyncTest, WhoHasMoreToSyncAfterARoundIsInTheNextOne) {
  std::shared_ptr<File> busy = std::make_shared<NamedFile>("busy ");
  Syncing twice(SyncTwice(group_, busy));
  twice.Start();
  world_.RunUntilQuiet();
  auto other = Begin("other");
  FinishRound();
  EXPECT_EQ(disk_.rounds.back(), "otherbusy ");
  FinishRound();
  EXPECT_TRUE(twice.done() && other->done());
}

TEST_F(GroupSyncTest, AFileThatCannotBeSyncedFailsAlone) {
  disk_.broken = "b";
  auto a = Begin("a");
  auto b = Begin("b");
  auto c = Begin("c");
  world_.RunUntilQuiet();
  FinishRound();
  EXPECT_TRUE(a->TakeResult().ok());
  EXPECT_EQ(b->TakeResult().code(), StatusCode::kDataLoss);
  EXPECT_TRUE(c->TakeResult().ok());
}

TEST_F(GroupSyncTest, WhoStopsWaitingDoesNotDisturbTheOthers) {
  auto a = Begin("a");
  auto b = Begin("b");
  world_.RunUntilQuiet();
  a.reset();
  FinishRound();
  EXPECT_TRUE(b->TakeResult().ok());
}

}  // namespace
}  // namespace penstock
