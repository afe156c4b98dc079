// The parts of a Broker and the order in which they start and stop.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "broker/broker.h"
#include "broker/connection_table.h"
#include "broker/http_endpoint.h"
#include "broker/listener.h"
#include "broker/node_metrics.h"
#include "broker/pipeline.h"
#include "broker/producer_ids.h"
#include "broker/request_metrics.h"
#include "config/broker_config.h"
#include "config/config_layers.h"
#include "log/log_manager.h"
#include "metadata/image/publisher.h"
#include "metadata/metadata_node.h"
#include "replication/fetch_session.h"
#include "replication/replica_manager.h"
#include "runtime/semaphore.h"
#include "runtime/task_group.h"

namespace penstock {

class BrokerNode final : public Broker, private Publisher {
 public:
  BrokerNode(Runtime& runtime, const LogOutput& output, const HandlerTable& handlers,
             BrokerOptions options);
  ~BrokerNode() override = default;

  // Once. After an error only Stop may follow.
  Task<Status> Start();

  const std::vector<Address>& kafka_addresses() const override { return kafka_addresses_; }
  const std::optional<Address>& http_address() const override { return http_address_; }
  BrokerServices& services() override { return *services_; }
  Task<StatusOr<Address>> Serve(Network& network, Address address, std::string name) override;
  size_t DropConnections() override;
  Task<Status> Stop() override;

 private:
  // What a configuration decides; made once it is known.
  struct Front {
    Front(BrokerNode& node);
    Semaphore request_bytes;
    RequestMetrics metrics;
    Pipeline pipeline;
    ConnectionShared shared;
    ConnectionTable connections;
  };

  // A dynamic config of brokers changes what handlers see.
  void OnMetadataUpdate(const MetadataDelta& delta, const MetadataImage& image) override;

  Status ResolveConfig();
  Task<Status> LockDirectory();
  Task<Status> OpenAddresses();
  Task<Status> OpenHttp();
  Task<Status> InspectLogs();
  MetadataNodeOptions MetadataOptions() const;
  Task<Status> CheckMetadata();
  Task<Status> LoadMetadata();
  Task<Status> LoadLogs();
  Task<Status> Register();
  BrokerListener& AddListener(std::unique_ptr<Listener> port, ListenerInfo info);
  void StartServing();
  std::string RenderMetrics();

  Runtime& runtime_;
  Logger logger_;
  const HandlerTable& handlers_;
  const BrokerOptions options_;
  MetricsRegistry metrics_;
  NodeMetrics node_metrics_{metrics_};
  LogLimiter limiter_;
  ConfigLayers layers_;
  BrokerConfig config_;
  std::unique_ptr<FileLock> lock_;
  std::unique_ptr<LogManager> logs_;
  std::unique_ptr<MetadataNode> metadata_;
  std::unique_ptr<ReplicaManager> replicas_;
  std::unique_ptr<FetchSessions> fetch_sessions_;
  std::unique_ptr<ProducerIds> producer_ids_;
  std::optional<BrokerServices> services_;
  std::unique_ptr<Front> front_;
  std::vector<std::unique_ptr<Listener>> ports_;  // open, until listeners_ has them
  std::vector<std::unique_ptr<BrokerListener>> listeners_;
  std::unique_ptr<HttpEndpoint> http_;
  std::vector<Address> kafka_addresses_;
  std::optional<Address> http_address_;
  bool serving_ = false;
  TaskGroup accepting_;
};

}  // namespace penstock
