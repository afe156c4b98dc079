// What every client can be told, read by Kafka's names: connections and metadata.
#pragma once

#include <span>

#include "base/status.h"
#include "client/client_options.h"
#include "config/config_def.h"

namespace penstock {

// INVALID_CONFIG: the message names the config, the value and what is allowed. A server of
// bootstrap.servers is "host:port"; there must be one unless `servers_known`, where the list is not
// read.
StatusOr<ClientOptions> ParseClientOptions(const ConfigMap& given, bool servers_known = false);
// The configs that it knows, by name.
std::span<const ConfigDef> ClientConfigRows();

}  // namespace penstock
