#include "metadata/image/cluster_image.h"

#include <algorithm>

namespace penstock {

bool BrokerImage::HasUncordonedDirs() const {
  if (!cordoned_log_dirs.has_value()) return true;
  return std::any_of(log_dirs.begin(), log_dirs.end(), [this](const Uuid& directory) {
    return std::find(cordoned_log_dirs->begin(), cordoned_log_dirs->end(), directory) ==
           cordoned_log_dirs->end();
  });
}

}  // namespace penstock
