// DescribeProducers (61), version 0.
//
// The producers whose last batches the leader of a partition remembers.
#include <string>
#include <utility>

#include "broker/handlers/find_partition.h"
#include "broker/handlers/handlers.h"
#include "metadata/controller/topic_name.h"
#include "protocol/messages/describe_producers.h"

namespace penstock {
namespace {

using AnsweredPartition = DescribeProducersResponse::PartitionResponse;

// `services`, `topic` and `answer` outlive the Task.
Task<Status> Describe(const BrokerServices& services, const std::string& topic,
                      AnsweredPartition& answer) {
  StatusOr<PartitionLease> found = FindPartition(services, topic, answer.partition_index);
  if (!found.ok()) co_return found.status();
  const PartitionLease partition = *std::move(found);
  CO_RETURN_IF_ERROR(co_await partition->Open(false));
  if (partition->log() == nullptr) co_return OkStatus();
  for (const ActiveProducer& producer : partition->log()->ActiveProducers()) {
    auto& state = answer.active_producers.emplace_back();
    state.producer_id = producer.producer_id;
    state.producer_epoch = producer.producer_epoch.value();
    state.last_sequence = producer.last_sequence;
    state.last_timestamp = producer.last_timestamp;
    state.coordinator_epoch = producer.coordinator_epoch;
    state.current_txn_start_offset = producer.current_txn_start_offset;
  }
  co_return OkStatus();
}

}  // namespace

Task<DescribeProducersResponse> HandleDescribeProducers(RequestContext& context,
                                                        DescribeProducersRequest request) {
  DescribeProducersResponse response;
  for (const auto& topic : request.topics) {
    auto& answer = response.topics.emplace_back();
    answer.name = topic.name;
    const Status name_status = CheckTopicName(topic.name);
    for (const PartitionId index : topic.partition_indexes) {
      auto& partition = answer.partitions.emplace_back();
      partition.partition_index = index;
      Status status = name_status;
      if (status.ok()) {
        status = co_await Describe(context.services(), topic.name, partition);
      } else {
        partition.error_message = MessageOf(status);
      }
      partition.error_code = ErrorCodeOf(status);
    }
  }
  co_return response;
}

}  // namespace penstock
