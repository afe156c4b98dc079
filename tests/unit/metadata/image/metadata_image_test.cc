#include "metadata/image/metadata_image.h"

#include <gtest/gtest.h>

#include "tests/unit/metadata/controller/test_cluster.h"

namespace penstock {
namespace {

// Each change to an image makes it another one; where it came from does not.
TEST(MetadataImage, SameContentIsComparedPartByPart) {
  TestCluster cluster;
  cluster.Add(1);
  cluster.AddTopic("words", {Nodes({1})});
  const MetadataImage image = cluster.image();
  MetadataImage other = image;
  other.provenance.last_contained_offset = Offset(99);
  EXPECT_TRUE(HasSameContent(image, other));

  other.features_part = std::make_shared<const FeaturesImage>();
  EXPECT_FALSE(HasSameContent(image, other));
  other = image;
  other.cluster_part = std::make_shared<const ClusterImage>();
  EXPECT_FALSE(HasSameContent(image, other));
  other = image;
  other.topics = TopicsImage();
  EXPECT_FALSE(HasSameContent(image, other));
  other = image;
  other.configs = other.configs.With(ConfigResource::Topic("words"), {{"a", "b"}});
  EXPECT_FALSE(HasSameContent(image, other));
  other = image;
  other.producer_ids.next_producer_id = ProducerId(1);
  EXPECT_FALSE(HasSameContent(image, other));
}

}  // namespace
}  // namespace penstock
