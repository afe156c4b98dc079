// How often a record is copied on its way through the handlers: once when it comes in, never when
// it goes out of memory.
#include <gtest/gtest.h>

#include <set>

#include "base/metrics.h"
#include "broker/handlers/handlers.h"
#include "broker/producer_ids.h"
#include "broker/services.h"
#include "protocol/frame.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/produce.h"
#include "replication/fetch_session.h"
#include "tests/unit/broker/handlers/still_metadata.h"
#include "tests/unit/replication/one_node.h"

namespace penstock {
namespace {

constexpr int16_t kFetchVersion = 12;

class PayloadCopiesTest : public ::testing::Test, private RequestContext::Owner {
 protected:
  PayloadCopiesTest() { node_.CreateTopic("orders", kOrdersId); }

  void OnDispatched(RequestContext&) override {}

  ProduceResponse Produce(Slice batch) {
    ProduceRequest request;
    request.acks = -1;
    request.timeout_ms = 10'000;
    auto& topic = request.topic_data.emplace_back();
    topic.name = "orders";
    topic.partition_data.emplace_back().records.emplace(std::move(batch));
    RequestContext context(connection_, &services_, *this);
    context.api_version = 12;
    return node_.Run(HandleProduce(context, std::move(request)));
  }
  FetchResponse Fetch() {
    FetchRequest request;
    request.min_bytes = 1;
    auto& topic = request.topics.emplace_back();
    topic.topic = "orders";
    topic.partitions.emplace_back().partition_max_bytes = 1 << 20;
    RequestContext context(connection_, &services_, *this);
    context.api_version = kFetchVersion;
    return node_.Run(HandleFetch(context, std::move(request)));
  }
  int64_t bytes_copied() { return node_.logs().counters().bytes_copied; }

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

TEST_F(PayloadCopiesTest, OnceInAndNeverOut) {
  BatchSpec spec;
  spec.records = 10;
  spec.value_bytes = 1000;
  spec.first_timestamp = node_.runtime().clock.WallNow();
  const Slice batch = MakeBatch(spec);
  const auto bytes = static_cast<int64_t>(batch.size());
  const ProduceResponse produced = Produce(MakeBatch(spec));
  ASSERT_EQ(produced.responses.at(0).partition_responses.at(0).error_code, ErrorCode::kNone);
  EXPECT_LE(bytes_copied(), bytes);

  const int64_t copied_before = bytes_copied();
  const FetchResponse fetched = Fetch();
  const auto& partition = fetched.responses.at(0).partitions.at(0);
  ASSERT_EQ(partition.error_code, ErrorCode::kNone);
  ASSERT_TRUE(partition.records.has_value());
  EXPECT_EQ(static_cast<int64_t>(partition.records->size()), bytes);
  EXPECT_EQ(bytes_copied(), copied_before);
  EXPECT_EQ(node_.logs().counters().bytes_read_from_memory, bytes);

  // The frame that leaves holds the very bytes that the log holds.
  const StatusOr<SliceChain> frame = EncodeResponse(1, fetched, kFetchVersion);
  ASSERT_TRUE(frame.ok()) << frame.status();
  std::set<const uint8_t*> in_frame;
  for (const Slice& slice : frame->slices()) in_frame.insert(slice.data());
  for (const Slice& slice : partition.records->slices())
    EXPECT_TRUE(in_frame.contains(slice.data())) << "a copy of " << slice.size() << " bytes";
}

TEST_F(PayloadCopiesTest, WhatIsRelayedIsByteEqualButForOffsetAndEpoch) {
  BatchSpec spec;
  spec.records = 3;
  spec.codec = Codec::kGzip;
  spec.first_timestamp = node_.runtime().clock.WallNow();
  Produce(MakeBatch(spec));
  Produce(MakeBatch(spec));
  const FetchResponse fetched = Fetch();
  const Slice records = fetched.responses.at(0).partitions.at(0).records->Flatten();
  Slice expected = MakeBatch(spec);
  ASSERT_EQ(records.size(), 2 * expected.size());
  PatchBaseOffset({expected.mutable_data(), expected.size()}, Offset(3));
  PatchLeaderEpoch({expected.mutable_data(), expected.size()}, LeaderEpoch(0));
  EXPECT_EQ(records.Sub(expected.size()), expected);
}

}  // namespace
}  // namespace penstock
