// From the layers of configs to what a log runs with.
#pragma once

#include "base/status.h"
#include "config/config_layers.h"
#include "log/log_config.h"

namespace penstock {

// The values that hold for a topic with these overrides. An override that cannot be parsed is an
// error that names it.
StatusOr<LogConfig> ResolveLogConfig(const ConfigLayers& layers, const ConfigMap& topic_overrides);

}  // namespace penstock
