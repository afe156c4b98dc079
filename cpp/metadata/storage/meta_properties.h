// The file meta.properties: whose directory this is.
#pragma once

#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/status.h"
#include "base/uuid.h"

namespace penstock {

struct MetaProperties {
  std::string cluster_id;
  NodeId node_id = kNoNode;
  Uuid directory_id;

  bool operator==(const MetaProperties&) const = default;
};

// Version 1, as Kafka writes it.
std::string FormatMetaProperties(const MetaProperties& properties);

// FailedPrecondition, in one line, for a version that cannot be read, a missing or broken entry.
StatusOr<MetaProperties> ParseMetaProperties(std::string_view text);

}  // namespace penstock
