// What handlers reach of the node. Made and owned by the Broker, which fills it before the first
// request.
#pragma once

#include "base/log.h"
#include "base/metrics.h"
#include "config/broker_config.h"
#include "runtime/runtime.h"

namespace penstock {

class FetchSessions;
class HandlerTable;
class LogManager;
class MetadataNode;
class ProducerIds;
class ReplicaManager;

// References outlive every request. One shard.
struct BrokerServices {
  Runtime& runtime;
  Logger& logger;
  MetricsRegistry& metrics;
  // What the broker runs with now; a dynamic config changes it between two requests.
  const BrokerConfig& config;
  const ConfigLayers& config_layers;  // where each value of `config` comes from
  const HandlerTable& handlers;
  MetadataNode& metadata;
  LogManager& logs;
  ReplicaManager& replicas;
  FetchSessions& fetch_sessions;
  ProducerIds& producer_ids;
  bool unstable_versions = false;  // see PipelineOptions
};

}  // namespace penstock
