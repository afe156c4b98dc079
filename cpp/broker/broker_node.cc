#include "broker/broker_node.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "broker/limits.h"
#include "broker/listener_config.h"
#include "broker/start_error.h"

namespace penstock {

namespace {

uint64_t RequestBytes(const BrokerConfig& config) {
  const int64_t configured = config.queued_max_request_bytes;
  return configured > 0 ? static_cast<uint64_t>(configured) : kRequestBytesDefault;
}

}  // namespace

BrokerNode::Front::Front(BrokerNode& node)
    : request_bytes(node.runtime_.executor, RequestBytes(node.config_)),
      metrics(node.metrics_),
      pipeline(node.handlers_, node.runtime_.clock, metrics,
               PipelineOptions{.unstable_versions = node.services_->unstable_versions,
                               .faults = node.options_.faults}),
      shared{node.runtime_,
             pipeline,
             &*node.services_,
             request_bytes,
             node.config_.socket_request_max_bytes,
             node.logger_,
             node.limiter_},
      connections(
          shared,
          ConnectionLimits{node.config_.max_connections, node.config_.max_connections_per_ip,
                           node.config_.max_connections_per_ip_overrides,
                           node.config_.connections_max_idle_ms},
          node.metrics_) {}

BrokerNode::BrokerNode(Runtime& runtime, const LogOutput& output, const HandlerTable& handlers,
                       BrokerOptions options)
    : runtime_(runtime),
      logger_(output, "broker"),
      handlers_(handlers),
      options_(std::move(options)),
      accepting_(runtime.executor, [this](const Status& status) {
        logger_.Error("accepting connections failed", {{"cause", status}});
      }) {}

Task<Status> BrokerNode::Start() {
  CO_RETURN_IF_ERROR(ResolveConfig());
  CO_RETURN_IF_ERROR(co_await LockDirectory());
  CO_RETURN_IF_ERROR(co_await OpenAddresses());
  CO_RETURN_IF_ERROR(co_await OpenHttp());
  CO_RETURN_IF_ERROR(co_await InspectLogs());
  CO_RETURN_IF_ERROR(co_await CheckMetadata());
  CO_RETURN_IF_ERROR(co_await LoadMetadata());
  CO_RETURN_IF_ERROR(co_await LoadLogs());
  CO_RETURN_IF_ERROR(co_await Register());
  StartServing();
  co_return OkStatus();
}

Status BrokerNode::ResolveConfig() {
  layers_.static_broker = options_.config;
  ConfigMap& config = layers_.static_broker;
  if (const auto dirs = config.find("log.dirs"); dirs != config.end()) {
    if (dirs->second != options_.directory) {
      return InvalidArgument(StrCat("log.dirs is ", dirs->second, ", but the directory is ",
                                    options_.directory, " (leave log.dirs out)"));
    }
  }
  config["log.dirs"] = options_.directory;
  ASSIGN_OR_RETURN(config_, ResolveBrokerConfig(layers_));
  if (!options_.kafka.empty()) {
    OverrideListeners(options_.kafka, config_, config);
    ASSIGN_OR_RETURN(config_, ResolveBrokerConfig(layers_));
  }
  if (options_.insecure) return OkStatus();
  if (options_.http.has_value()) RETURN_IF_ERROR(CheckLoopback(*options_.http));
  if (!options_.opens_listeners) return OkStatus();
  for (const ListenerAddress& listener : config_.listeners) {
    RETURN_IF_ERROR(CheckLoopback(Address{listener.host, static_cast<uint16_t>(listener.port)}));
  }
  return OkStatus();
}

Task<Status> BrokerNode::LockDirectory() {
  const Status made = co_await runtime_.files.CreateDirectory(options_.directory);
  if (!made.ok()) co_return StartError(made, "data directory");
  StatusOr<std::unique_ptr<FileLock>> lock =
      co_await runtime_.files.Lock(options_.directory + "/.lock", options_.holder);
  if (!lock.ok() && lock.status().code() == StatusCode::kFailedPrecondition) {
    co_return Annotate(lock.status(), StrCat("data directory ", options_.directory,
                                             " is in use by another broker"));
  }
  if (!lock.ok()) co_return StartError(lock.status(), "data directory");
  lock_ = *std::move(lock);
  co_return OkStatus();
}

Task<Status> BrokerNode::OpenAddresses() {
  if (!options_.opens_listeners) co_return OkStatus();
  for (const ListenerAddress& listener : config_.listeners) {
    const Address wanted{listener.host, static_cast<uint16_t>(listener.port)};
    StatusOr<std::unique_ptr<Listener>> port = co_await runtime_.network.Listen(wanted);
    if (!port.ok()) {
      co_return StartError(port.status(), StrCat("listener ", FormatListenerAddress(listener)));
    }
    kafka_addresses_.push_back((*port)->address());
    ports_.push_back(*std::move(port));
  }
  co_return OkStatus();
}

Task<Status> BrokerNode::OpenHttp() {
  if (!options_.http.has_value()) co_return OkStatus();
  StatusOr<std::unique_ptr<Listener>> port = co_await runtime_.network.Listen(*options_.http);
  if (!port.ok()) {
    co_return StartError(port.status(), StrCat("--http ", options_.http->ToString()));
  }
  http_address_ = (*port)->address();
  HttpContent content{.metrics = [this] { return RenderMetrics(); },
                      .ready = [this] { return serving_; }};
  http_ = std::make_unique<HttpEndpoint>(runtime_, logger_, *std::move(port), std::move(content));
  http_->Start();
  co_return OkStatus();
}

// The metadata log is one of the logs, so their manager comes first.
Task<Status> BrokerNode::InspectLogs() {
  LogPorts ports{runtime_.clock, runtime_.executor, runtime_.timers,
                 runtime_.files, runtime_.random,   logger_.For("log")};
  LogManagerOptions options;
  options.directory = options_.directory;
  options.retention_check_interval_ms = config_.log_retention_check_interval_ms;
  options.flush_offset_checkpoint_interval_ms = config_.log_flush_offset_checkpoint_interval_ms;
  options.flush_start_offset_checkpoint_interval_ms =
      config_.log_flush_start_offset_checkpoint_interval_ms;
  options.high_watermark_checkpoint_interval_ms =
      config_.replica_high_watermark_checkpoint_interval_ms;
  options.initial_task_delay_ms = config_.log_initial_task_delay_ms;
  options.producer_id_expiration_ms = config_.producer_id_expiration_ms;
  options.producer_id_expiration_check_interval_ms =
      config_.producer_id_expiration_check_interval_ms;
  logs_ = std::make_unique<LogManager>(std::move(ports), std::move(options));
  const Status read = co_await logs_->Inspect();
  co_return StartError(read, "logs");
}

MetadataNodeOptions BrokerNode::MetadataOptions() const {
  MetadataNodeOptions options;
  options.log_dir = options_.directory;
  options.metadata_dir = config_.metadata_log_dir.value_or("");
  options.node_id = config_.node_id;
  if (!config_.controller_listeners.empty()) {
    const ListenerAddress& controller = config_.controller_listeners.front();
    options.controller_listener = controller.name;
    if (!controller.host.empty()) options.controller_host = controller.host;
    if (controller.port > 0) options.controller_port = static_cast<uint16_t>(controller.port);
  }
  options.static_config = layers_.static_broker;
  options.num_partitions = config_.num_partitions;
  options.default_replication_factor = static_cast<int16_t>(config_.default_replication_factor);
  options.delete_topic_enable = config_.delete_topic_enable;
  options.max_record_bytes_between_snapshots =
      config_.metadata_log_max_record_bytes_between_snapshots;
  options.max_snapshot_interval_ms = config_.metadata_log_max_snapshot_interval_ms;
  options.segment_bytes = config_.metadata_log_segment_bytes;
  options.segment_ms = config_.metadata_log_segment_ms;
  return options;
}

// Before anything is written: what is refused here stays as it was.
Task<Status> BrokerNode::CheckMetadata() {
  MetadataNodeOptions options = MetadataOptions();
  const Status checked = co_await MetadataNode::Check(runtime_, *logs_, std::move(options));
  co_return StartError(checked, "metadata");
}

Task<Status> BrokerNode::LoadMetadata() {
  const Status taken = co_await logs_->Start();
  if (!taken.ok()) co_return StartError(taken, "logs");
  MetadataNodeOptions options = MetadataOptions();
  StatusOr<std::unique_ptr<MetadataNode>> node =
      co_await MetadataNode::Open(runtime_, *logs_, logger_, std::move(options));
  if (!node.ok()) co_return StartError(node.status(), "metadata");
  metadata_ = *std::move(node);
  co_return OkStatus();
}

Task<Status> BrokerNode::LoadLogs() {
  replicas_ = std::make_unique<ReplicaManager>(runtime_, *logs_, logger_.For("replicas"),
                                               config_.node_id, layers_.static_broker);
  metadata_->AddPublisher(*this);
  metadata_->AddPublisher(*replicas_);
  const Status recovered = co_await replicas_->Start();
  if (!recovered.ok()) co_return StartError(recovered, "logs");
  logs_->StartMaintenance();
  co_return OkStatus();
}

Task<Status> BrokerNode::Register() {
  FetchSessions::Options sessions;
  sessions.sessions_max =
      static_cast<size_t>(std::max(config_.max_incremental_fetch_session_cache_slots, 0));
  fetch_sessions_ = std::make_unique<FetchSessions>(runtime_.random, sessions);
  producer_ids_ = std::make_unique<ProducerIds>(runtime_.executor, *metadata_);
  services_.emplace(BrokerServices{runtime_, logger_, metrics_, config_, layers_, handlers_,
                                   *metadata_, *logs_, *replicas_, *fetch_sessions_, *producer_ids_,
                                   config_.unstable_api_versions_enable});
  front_ = std::make_unique<Front>(*this);
  BrokerRegistrationOptions registration;
  registration.rack = config_.rack;
  registration.previous_broker_epoch = logs_->previous_broker_epoch();
  for (size_t i = 0; i < ports_.size(); ++i) {
    ListenerInfo info = InfoOf(config_.listeners[i], config_);
    const Address address = RegisteredAddress(info, kafka_addresses_[i]);
    registration.endpoints.push_back(
        NodeEndpoint{.listener = info.name, .host = address.host, .port = address.port});
    AddListener(std::move(ports_[i]), std::move(info));
  }
  ports_.clear();
  const StatusOr<BrokerEpoch> epoch = co_await metadata_->RegisterBroker(std::move(registration));
  co_return StartError(epoch.status(), "registration");
}

BrokerListener& BrokerNode::AddListener(std::unique_ptr<Listener> port, ListenerInfo info) {
  listeners_.push_back(std::make_unique<BrokerListener>(std::move(port), std::move(info),
                                                        front_->connections, runtime_.clock,
                                                        runtime_.timers, logger_));
  return *listeners_.back();
}

Task<StatusOr<Address>> BrokerNode::Serve(Network& network, Address address, std::string name) {
  const bool is_outside = &network == &runtime_.network;
  if (is_outside && !options_.insecure) {
    CO_RETURN_IF_ERROR(CheckLoopback(address));
  }
  const std::string what = StrCat("listener ", name, "://", address.ToString());
  StatusOr<std::unique_ptr<Listener>> port = co_await network.Listen(std::move(address));
  if (!port.ok()) co_return StartError(port.status(), what);
  if (!serving_) co_return Cancelled(StrCat(what, ": the broker stops"));
  const Address bound = (*port)->address();
  ListenerInfo info{.name = std::move(name), .advertised = std::nullopt};
  BrokerListener& listener = AddListener(*std::move(port), std::move(info));
  accepting_.Start(listener.Run());
  logger_.Info("listening", {{"listener", listener.info().name}, {"address", bound.ToString()}});
  co_return bound;
}

size_t BrokerNode::DropConnections() {
  return front_->connections.DropRemote("dropped on request");
}

void BrokerNode::StartServing() {
  front_->connections.Start();
  for (const std::unique_ptr<BrokerListener>& listener : listeners_) {
    accepting_.Start(listener->Run());
  }
  serving_ = true;
  logger_.Info("serving", {{"directory", options_.directory},
                           {"cluster_id", metadata_->cluster_id()},
                           {"node_id", config_.node_id},
                           {"partitions", replicas_->partition_count()}});
}

// Every part may be missing: a start that failed is taken back by the same steps.
Task<Status> BrokerNode::Stop() {
  const bool was_serving = std::exchange(serving_, false);
  co_await accepting_.Stop();
  for (const std::unique_ptr<BrokerListener>& listener : listeners_) listener->CloseAddress();
  if (front_ != nullptr) co_await front_->connections.Drain(kDrainMax);
  if (http_ != nullptr) co_await http_->Stop();
  Status end;
  BrokerEpoch epoch{-1};
  if (metadata_ != nullptr) {
    epoch = metadata_->broker_epoch();
    end = co_await metadata_->Stop();
  }
  if (replicas_ != nullptr) {
    metadata_->RemovePublisher(*replicas_);
    metadata_->RemovePublisher(*this);
    co_await replicas_->Stop();
  }
  if (logs_ != nullptr && was_serving) {
    const Status closed = co_await logs_->Stop(epoch);
    if (end.ok()) end = closed;
  } else if (logs_ != nullptr) {
    co_await logs_->Abandon();
  }
  lock_.reset();
  if (was_serving) logger_.Info("stopped", {{"status", end}});
  co_return end;
}

void BrokerNode::OnMetadataUpdate(const MetadataDelta& delta, const MetadataImage& image) {
  const ConfigResource everybody = ConfigResource::DefaultBroker();
  const ConfigResource self = ConfigResource::Broker(config_.node_id);
  const std::set<ConfigResource>& changed = delta.changed_configs();
  if (!changed.contains(everybody) && !changed.contains(self)) return;
  layers_.dynamic_default = image.configs.Of(everybody);
  layers_.dynamic_broker = image.configs.Of(self);
  StatusOr<BrokerConfig> resolved = ResolveBrokerConfig(layers_);
  if (resolved.ok()) {
    config_ = *std::move(resolved);
  } else {
    logger_.Error("dynamic configs do not go together, the old ones stay in effect",
                  {{"cause", resolved.status()}});
  }
}

std::string BrokerNode::RenderMetrics() {
  NodeFacts facts;
  facts.serving = serving_;
  if (replicas_ != nullptr) facts.partitions = replicas_->partition_count();
  if (fetch_sessions_ != nullptr) facts.fetch_sessions = fetch_sessions_->size();
  if (metadata_ != nullptr) {
    facts.metadata_offset = metadata_->image()->provenance.last_contained_offset.value();
  }
  if (front_ != nullptr) {
    const Semaphore& bytes = front_->request_bytes;
    facts.request_bytes_in_use = bytes.capacity() - bytes.available();
  }
  if (logs_ != nullptr) facts.logs = logs_->counters();
  node_metrics_.Set(facts);
  return metrics_.Render();
}

}  // namespace penstock
