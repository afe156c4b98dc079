// Words for stories about records, over a broker in a simulated world.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/messages/fetch.h"
#include "protocol/messages/init_producer_id.h"
#include "protocol/messages/list_offsets.h"
#include "protocol/messages/produce.h"
#include "tests/unit/broker/handlers/admin_client.h"
#include "tests/unit/log/log_testing.h"

namespace penstock::testing {

using ProducedPartition = ProduceResponse::PartitionProduceResponse;
using FetchedPartition = FetchResponse::PartitionData;

inline BatchSpec Records(int count, std::string label = "v") {
  BatchSpec spec;
  spec.records = count;
  spec.label = std::move(label);
  return spec;
}

class DataClient : public AdminClient {
 public:
  using AdminClient::AdminClient;

  ProducerId NewProducer() {
    InitProducerIdRequest request;
    request.transactional_id = std::nullopt;
    const auto response = host().Ask(std::move(request), 5);
    EXPECT_EQ(response.error_code, ErrorCode::kNone);
    EXPECT_EQ(response.producer_epoch, ProducerEpoch(0));
    return response.producer_id;
  }

  ProducedPartition Produce(std::string topic, const std::optional<Slice>& batch, int16_t acks = -1,
                            int16_t version = 12, int32_t partition = 0) {
    ProduceRequest request;
    request.acks = acks;
    request.timeout_ms = 10'000;
    auto& data = request.topic_data.emplace_back();
    data.name = std::move(topic);
    auto& records = data.partition_data.emplace_back();
    records.index = PartitionId(partition);
    if (batch.has_value()) records.records.emplace(*batch);
    const auto response = host().Ask(std::move(request), version);
    return response.responses.at(0).partition_responses.at(0);
  }

  static FetchRequest FetchOf(std::string topic, int64_t offset, int32_t partitions = 1) {
    FetchRequest request;
    request.max_wait_ms = 0;
    request.min_bytes = 1;
    request.max_bytes = 50 << 20;
    auto& asked = request.topics.emplace_back();
    asked.topic = std::move(topic);
    for (int32_t i = 0; i < partitions; ++i) {
      auto& one = asked.partitions.emplace_back();
      one.partition = PartitionId(i);
      one.fetch_offset = Offset(offset);
      one.partition_max_bytes = 1 << 20;
    }
    return request;
  }
  FetchedPartition Fetch(FetchRequest request, int16_t version = 12) {
    const auto response = host().Ask(std::move(request), version);
    EXPECT_EQ(response.error_code, ErrorCode::kNone);
    if (response.responses.empty()) return FetchedPartition();
    return response.responses.at(0).partitions.at(0);
  }

  ListOffsetsResponse::ListOffsetsPartitionResponse Find(std::string topic, int64_t timestamp,
                                                         int16_t version = 11) {
    ListOffsetsRequest request;
    request.replica_id = kNoNode;
    auto& asked = request.topics.emplace_back();
    asked.name = std::move(topic);
    asked.partitions.emplace_back().timestamp = TimestampMs(timestamp);
    return host().Ask(std::move(request), version).topics.at(0).partitions.at(0);
  }
};

}  // namespace penstock::testing
