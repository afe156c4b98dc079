#include "metadata/image/configs_image.h"

#include <utility>

namespace penstock {

const ConfigMap& ConfigsImage::Of(const ConfigResource& resource) const {
  static const ConfigMap none;
  const ConfigPtr* found = resources_.Find(resource);
  return found == nullptr ? none : **found;
}

ConfigsImage ConfigsImage::With(const ConfigResource& resource, ConfigMap overrides) const {
  ConfigsImage next;
  next.resources_ =
      overrides.empty()
          ? resources_.Without(resource)
          : resources_.With(resource, std::make_shared<const ConfigMap>(std::move(overrides)));
  return next;
}

bool operator==(const ConfigsImage& a, const ConfigsImage& b) {
  if (a.resources().size() != b.resources().size()) return false;
  auto other = b.resources().begin();
  for (const auto& [resource, overrides] : a.resources()) {
    if (resource != other->first || *overrides != *other->second) return false;
    ++other;
  }
  return true;
}

}  // namespace penstock
