#include "metadata/image/metadata_image.h"

namespace penstock {

bool HasSameContent(const MetadataImage& a, const MetadataImage& b) {
  return a.features() == b.features() && a.cluster() == b.cluster() && a.topics == b.topics &&
         a.configs == b.configs && a.producer_ids == b.producer_ids;
}

}  // namespace penstock
