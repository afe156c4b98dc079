// Whoever reacts to changes of the metadata: replicas, configs, caches.
#pragma once

#include "metadata/image/metadata_delta.h"
#include "metadata/image/metadata_image.h"

namespace penstock {

class Publisher {
 public:
  virtual ~Publisher() = default;
  // `image` is the one after `delta`, which tells what differs from the image published before; the
  // first call tells everything as changed. Called in the order of the log, before any request that
  // made the change is answered. It must not call back into the metadata node.
  virtual void OnMetadataUpdate(const MetadataDelta& delta, const MetadataImage& image) = 0;
};

}  // namespace penstock
