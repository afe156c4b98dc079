#include "metadata/storage/meta_properties.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace penstock
