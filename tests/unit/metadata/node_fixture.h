// A metadata node on a simulated machine: one world, one disk, any number of lives.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "log/log_manager.h"
#include "metadata/metadata_node.h"
#include "runtime/sim/sim_world.h"

namespace penstock {

// Keeps lines for the tests that read them.
class KeptLines final : public LogSink {
 public:
  void Write(std::string_view line) override { lines.emplace_back(line); }
  std::vector<std::string> lines;
};

inline constexpr std::string_view kDirectory = "/data";

// One life of a node: the log manager and the metadata node on it, in a process of `runtime`.
class NodeLife {
 public:
  explicit NodeLife(Runtime& runtime, NodeId node_id = NodeId(1))
      : runtime_(runtime),
        output_{lines_, [] { return TimestampMs(0); }},
        logger_(output_, "test") {
    options.log_dir = kDirectory;
    options.node_id = node_id;
  }

  Task<Status> Open() {
    CO_RETURN_IF_ERROR(co_await runtime_.files.CreateDirectory(options.log_dir));
    LogPorts ports{runtime_.clock, runtime_.executor, runtime_.timers,
                   runtime_.files, runtime_.random,   logger_};
    LogManagerOptions log_options;
    log_options.directory = options.log_dir;
    logs_ = std::make_unique<LogManager>(std::move(ports), std::move(log_options));
    CO_RETURN_IF_ERROR(co_await logs_->Inspect());
    CO_RETURN_IF_ERROR(co_await MetadataNode::Check(runtime_, *logs_, options));
    CO_RETURN_IF_ERROR(co_await logs_->Start());
    auto opened = co_await MetadataNode::Open(runtime_, *logs_, logger_, options);
    if (!opened.ok()) co_return opened.status();
    node_ = *std::move(opened);
    co_return OkStatus();
  }
  Task<Status> OpenAndRegister() {
    CO_RETURN_IF_ERROR(co_await Open());
    BrokerRegistrationOptions registration;
    registration.endpoints.push_back({"PLAINTEXT", "localhost", 9092, 0});
    const StatusOr<BrokerEpoch> epoch = co_await node_->RegisterBroker(std::move(registration));
    co_return epoch.status();
  }
  Task<Status> Stop() {
    const BrokerEpoch epoch = node_->broker_epoch();
    CO_RETURN_IF_ERROR(co_await node_->Stop());
    node_.reset();
    co_return co_await logs_->Stop(epoch);
  }
  // As after a failed start: nothing more is written.
  Task<> Abandon() {
    node_.reset();
    if (logs_ != nullptr) co_await logs_->Abandon();
  }

  MetadataNode& node() { return *node_; }
  LogManager& logs() { return *logs_; }

  MetadataNodeOptions options;

 private:
  Runtime& runtime_;
  KeptLines lines_;
  LogOutput output_;
  Logger logger_;
  std::unique_ptr<LogManager> logs_;
  std::unique_ptr<MetadataNode> node_;
};

inline CreateTopicsRequest TopicRequest(std::string name, int32_t partitions) {
  CreateTopicsRequest request;
  CreateTopicsRequest::CreatableTopic topic;
  topic.name = std::move(name);
  topic.num_partitions = partitions;
  topic.replication_factor = 1;
  request.topics.push_back(std::move(topic));
  return request;
}

}  // namespace penstock
