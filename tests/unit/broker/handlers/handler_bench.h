// Handlers called with plain words, over logs in memory and metadata that stand still.
#pragma once

#include <gtest/gtest.h>

#include <utility>

#include "base/metrics.h"
#include "broker/handlers/handlers.h"
#include "broker/producer_ids.h"
#include "broker/services.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/produce.h"
#include "replication/fetch_session.h"
#include "tests/unit/broker/handlers/still_metadata.h"
#include "tests/unit/replication/one_node.h"

namespace penstock {

class HandlerBench : public ::testing::Test, protected RequestContext::Owner {
 protected:
  static constexpr int16_t kFetchVersion = 12;

  HandlerBench() { node_.CreateTopic("orders", kOrdersId); }

  void OnDispatched(RequestContext&) override {}

  BatchSpec RecentBatch(int records) {
    BatchSpec spec;
    spec.records = records;
    spec.first_timestamp = node_.runtime().clock.WallNow();
    return spec;
  }
  ProduceResponse Produce(Slice batch) {
    RequestContext context(connection_, &services_, *this);
    return Produce(std::move(batch), -1, "orders", context);
  }
  ProduceResponse Produce(Slice batch, int16_t acks, std::string name, RequestContext& context) {
    ProduceRequest request;
    request.acks = acks;
    request.timeout_ms = 10'000;
    auto& topic = request.topic_data.emplace_back();
    topic.name = std::move(name);
    topic.partition_data.emplace_back().records.emplace(std::move(batch));
    context.api_version = 12;
    return node_.Run(HandleProduce(context, std::move(request)));
  }
  static FetchRequest FetchFrom(int64_t offset) {
    FetchRequest request;
    request.min_bytes = 1;
    auto& topic = request.topics.emplace_back();
    topic.topic = "orders";
    auto& partition = topic.partitions.emplace_back();
    partition.fetch_offset = Offset(offset);
    partition.partition_max_bytes = 1 << 20;
    return request;
  }
  FetchResponse Fetch() {
    RequestContext context(connection_, &services_, *this);
    context.api_version = kFetchVersion;
    return node_.Run(HandleFetch(context, FetchFrom(0)));
  }

  OneNode node_;
  StillMetadata metadata_{[this] { return node_.image(); }};
  Logger logger_ = node_.logger();
  MetricsRegistry metrics_;
  BrokerConfig config_;
  ConfigLayers layers_;
  FetchSessions sessions_{node_.runtime().random, {}};
  ProducerIds producer_ids_{node_.runtime().executor, metadata_};
  BrokerServices services_{.runtime = node_.runtime(),
                           .logger = logger_,
                           .metrics = metrics_,
                           .config = config_,
                           .config_layers = layers_,
                           .handlers = BrokerHandlers(),
                           .metadata = metadata_,
                           .logs = node_.logs(),
                           .replicas = node_.replicas(),
                           .fetch_sessions = sessions_,
                           .producer_ids = producer_ids_};
  ListenerInfo listener_;
  ConnectionInfo connection_{.listener = &listener_};
};

}  // namespace penstock
