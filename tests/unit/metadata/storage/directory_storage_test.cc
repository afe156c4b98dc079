#include "metadata/storage/directory_storage.h"

#include <gtest/gtest.h>

#include "raft/durable_file.h"
#include "runtime/sim/sim_world.h"

namespace penstock {
namespace {

class DirectoryStorageTest : public ::testing::Test {
 protected:
  DirectoryStorageTest() { options_.directory = "/data"; }
  StatusOr<MetaProperties> Open() {
    return world_.Run(OpenDirectory(runtime_.files, runtime_.clock, runtime_.random, options_));
  }
  void MakeFile(std::string path) {
    ASSERT_EQ(world_.Run(runtime_.files.CreateDirectory(ParentOf(path))), OkStatus());
    ASSERT_EQ(world_.Run(WriteSyncedFile(runtime_.files, path, SliceChain())), OkStatus());
  }

  SimWorld world_{1};
  Runtime& runtime_ = world_.runtime();
  StorageOptions options_;
};

TEST_F(DirectoryStorageTest, AnEmptyDirectoryIsFormattedOnce) {
  const StatusOr<MetaProperties> first = Open();
  ASSERT_TRUE(first.ok()) << first.status();
  const StatusOr<MetaProperties> second = Open();
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(*first, *second);
  const auto records = world_.Run(ReadBootstrapRecords(runtime_.files, options_.directory));
  ASSERT_TRUE(records.ok()) << records.status();
  ASSERT_EQ(records->size(), 1u);
  EXPECT_EQ(std::get<FeatureLevelRecord>(records->front()).feature_level, 30);
}

TEST_F(DirectoryStorageTest, DataWithoutMetaPropertiesIsNotFormattedOver) {
  MakeFile("/data/words-0/00000000000000000000.log");
  const Status refused = Open().status();
  EXPECT_EQ(refused.code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(MessageOf(refused),
            "/data has the partition words-0 but no meta.properties: restore that file, or use an "
            "empty directory");
}

TEST_F(DirectoryStorageTest, AMetadataLogWithoutMetaPropertiesIsNotFormattedOver) {
  MakeFile("/data/__cluster_metadata-0/00000000000000000000.log");
  EXPECT_EQ(Open().status().code(), StatusCode::kFailedPrecondition);
}

TEST_F(DirectoryStorageTest, TheDirectoryOfAnotherNodeIsRefused) {
  ASSERT_TRUE(Open().ok());
  options_.node_id = NodeId(2);
  EXPECT_EQ(MessageOf(Open().status()),
            "/data/meta.properties: the directory belongs to node.id 1, this is node.id 2; start "
            "it with -X node.id=1, or choose another directory");
}

TEST_F(DirectoryStorageTest, InspectingFormatsNothing) {
  MakeFile("/data/.lock");
  const auto unformatted = world_.Run(InspectDirectory(runtime_.files, options_));
  ASSERT_TRUE(unformatted.ok()) << unformatted.status();
  EXPECT_EQ(*unformatted, std::nullopt);
  EXPECT_EQ(*world_.Run(runtime_.files.List("/data")), std::vector<std::string>{".lock"});
  const StatusOr<MetaProperties> formatted = Open();
  ASSERT_TRUE(formatted.ok()) << formatted.status();
  const auto found = world_.Run(InspectDirectory(runtime_.files, options_));
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(*found, *formatted);
}

}  // namespace
}  // namespace penstock
