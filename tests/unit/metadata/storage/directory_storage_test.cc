#include "metadata/storage/directory_storage.h"

#include <gtest/gtest.h>

#include "raft/durable_file.h"
#include "runtime/sim/sim_world.h"

namespace penstock {
namespace {

// As Apache Kafka 4.3.1 writes it.
constexpr std::string_view kKafkasMetaProperties =
    "#\n#Sat Nov 21 14:08:55 UTC 2026\nnode.id=1\ndirectory.id=QX6fgsAVR5GdLKBTUYR6QA\n"
    "version=1\ncluster.id=AAECAwQFBgcICQoLDA0ODw\n";

TEST(MetaProperties, KafkasFileIsRead) {
  const StatusOr<MetaProperties> meta = ParseMetaProperties(kKafkasMetaProperties);
  ASSERT_TRUE(meta.ok()) << meta.status();
  EXPECT_EQ(meta->cluster_id, "AAECAwQFBgcICQoLDA0ODw");
  EXPECT_EQ(meta->node_id, NodeId(1));
  EXPECT_EQ(meta->directory_id.ToString(), "QX6fgsAVR5GdLKBTUYR6QA");
  const StatusOr<MetaProperties> again = ParseMetaProperties(FormatMetaProperties(*meta));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, *meta);
}

TEST(MetaProperties, WhatCannotBeReadIsSaidInOneLine) {
  EXPECT_EQ(MessageOf(ParseMetaProperties("version=2\n").status()),
            "version 2 is newer than what can be read (1); use a newer release");
  EXPECT_EQ(MessageOf(ParseMetaProperties("version=0\nbroker.id=1\n").status()),
            "version 0 is from the time of ZooKeeper; version 1 can be read");
  EXPECT_EQ(MessageOf(ParseMetaProperties("").status()), "there is no version");
  EXPECT_EQ(MessageOf(ParseMetaProperties("version=1\ncluster.id=a\nnode.id=x\n").status()),
            "node.id x is no number");
  EXPECT_EQ(
      MessageOf(
          ParseMetaProperties("version=1\ncluster.id=a\nnode.id=1\ndirectory.id=b\n").status()),
      "directory.id b is no id");
}

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
            "/data/meta.properties: the directory belongs to node.id 1, this is node.id 2");
}

}  // namespace
}  // namespace penstock
