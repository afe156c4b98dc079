// The whole metadata of the cluster at one offset of the metadata log. Immutable and cheap to copy:
// parts that did not change are shared with the image before.
#pragma once

#include <memory>

#include "base/ids.h"
#include "metadata/image/cluster_image.h"
#include "metadata/image/configs_image.h"
#include "metadata/image/features_image.h"
#include "metadata/image/topics_image.h"

namespace penstock {

// Which part of the log an image contains.
struct MetadataProvenance {
  Offset last_contained_offset{-1};
  LeaderEpoch last_contained_epoch{-1};
  TimestampMs last_contained_log_timestamp{-1};

  bool operator==(const MetadataProvenance&) const = default;
};

// The producer ids that were handed out in blocks.
struct ProducerIdsImage {
  ProducerId next_producer_id{0};  // the first one of the next block

  bool operator==(const ProducerIdsImage&) const = default;
};

struct MetadataImage {
  MetadataProvenance provenance;
  std::shared_ptr<const FeaturesImage> features_part = std::make_shared<const FeaturesImage>();
  std::shared_ptr<const ClusterImage> cluster_part = std::make_shared<const ClusterImage>();
  TopicsImage topics;
  ConfigsImage configs;
  ProducerIdsImage producer_ids;

  const FeaturesImage& features() const { return *features_part; }
  const ClusterImage& cluster() const { return *cluster_part; }
};

// The same content, wherever it came from: provenance is not compared.
bool HasSameContent(const MetadataImage& a, const MetadataImage& b);

using MetadataImagePtr = std::shared_ptr<const MetadataImage>;

}  // namespace penstock
