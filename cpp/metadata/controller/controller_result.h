// What a manager of the controller answers: records to append as one batch, and a response.
// Managers are pure: they read an image and change nothing.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/ids.h"
#include "base/status.h"
#include "base/uuid.h"
#include "config/config_layers.h"
#include "machine/machine_runtime.h"
#include "metadata/image/metadata_image.h"
#include "metadata/metadata_record.h"

namespace penstock {

template <class Response>
using ControllerResult = MachineResult<MetadataRecord, Response>;

// One request may not make more records than this.
inline constexpr size_t kRecordsPerRequestMax = 10'000;
// Nor ask for more partitions in one CreateTopics or CreatePartitions.
inline constexpr int64_t kPartitionsPerRequestMax = 10'000;

// What the controller knows besides the image.
struct ControllerOptions {
  NodeId node_id{1};
  ConfigMap static_config;
  int32_t num_partitions = 1;
  int16_t default_replication_factor = 1;
  bool delete_topic_enable = true;
  std::function<Uuid()> new_uuid;
};

// The layers that stand below topic overrides, as `image` has them.
inline ConfigLayers LayersOf(const ControllerOptions& options, const MetadataImage& image) {
  return {options.static_config, image.configs.Of(ConfigResource::DefaultBroker()),
          image.configs.Of(ConfigResource::Broker(options.node_id))};
}

// An entry of a response: a code and one sentence, both absent when all went well.
struct ApiError {
  ErrorCode code = ErrorCode::kNone;
  std::optional<std::string> message;

  static ApiError Of(const Status& status) {
    if (status.ok()) return {};
    return {ErrorCodeOf(status), std::string(MessageOf(status))};
  }
};

}  // namespace penstock
