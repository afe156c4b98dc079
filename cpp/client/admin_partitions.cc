// What the leaders of partitions are asked: offsets by time, deletion of
// records, producers.
#include <utility>

#include "base/strings.h"
#include "client/admin.h"
#include "protocol/messages/delete_records.h"
#include "protocol/messages/describe_producers.h"
#include "protocol/messages/list_offsets.h"

namespace penstock {

namespace {

// The positions of partitions in what was asked. A partition that is asked for
// twice has two.
class Positions {
 public:
  explicit Positions(const std::vector<TopicPartitionName>& partitions) {
    for (size_t i = 0; i < partitions.size(); ++i) positions_.emplace(partitions[i], i);
  }

  template <class Function>
  void ForEach(const std::string& topic, PartitionId partition, Function function) const {
    const auto [begin, end] = positions_.equal_range(TopicPartitionName{topic, partition});
    for (auto it = begin; it != end; ++it) function(it->second);
  }

 private:
  std::multimap<TopicPartitionName, size_t> positions_;
};

std::string NameOf(const TopicPartitionName& name) {
  return StrCat("partition ", name.topic, "-", name.partition);
}

// The entry of a topic in a request, which names each topic once.
template <class Topics>
auto& TopicOf(Topics& topics, const std::string& name) {
  for (auto& topic : topics) {
    if (topic.name == name) return topic;
  }
  auto& topic = topics.emplace_back();
  topic.name = name;
  return topic;
}

template <class Item>
std::vector<TopicPartitionName> NamesOf(const std::vector<Item>& items) {
  std::vector<TopicPartitionName> names;
  for (const Item& item : items) names.push_back(item.partition);
  return names;
}

// Who asks is no replica.
constexpr NodeId kConsumer{-1};

}  // namespace

Task<std::vector<OffsetResult>> Admin::ListOffsets(std::vector<OffsetQuery> queries,
                                                   bool read_committed, AdminOptions options) {
  const std::vector<TopicPartitionName> names = NamesOf(queries);
  const Positions positions(names);
  std::vector<OffsetResult> results(queries.size());
  LeaderCall<ListOffsetsRequest> call;
  call.ask = [&](const std::vector<size_t>& asked) {
    ListOffsetsRequest request;
    request.replica_id = kConsumer;
    request.isolation_level = read_committed ? 1 : 0;
    for (const size_t i : asked) {
      auto& partition = TopicOf(request.topics, names[i].topic).partitions.emplace_back();
      partition.partition_index = names[i].partition;
      partition.timestamp = queries[i].timestamp;
    }
    return request;
  };
  call.take = [&](const ListOffsetsResponse& response, std::vector<Status>& statuses) {
    for (const auto& topic : response.topics) {
      for (const auto& told : topic.partitions) {
        positions.ForEach(topic.name, told.partition_index, [&](size_t i) {
          statuses[i] = StatusOfAnswer(told.error_code, std::nullopt, NameOf(names[i]));
          results[i].offset = told.offset;
          results[i].timestamp = told.timestamp;
          results[i].leader_epoch = told.leader_epoch;
        });
      }
    }
  };
  const Instant deadline = caller_.DeadlineOf(options);
  std::vector<Status> statuses = co_await caller_.AskLeaders(names, std::move(call), deadline);
  for (size_t i = 0; i < results.size(); ++i) {
    results[i].partition = names[i];
    results[i].status = std::move(statuses[i]);
  }
  co_return results;
}

Task<std::vector<DeletedRecords>> Admin::DeleteRecords(std::vector<RecordsToDelete> records,
                                                       AdminOptions options) {
  const std::vector<TopicPartitionName> names = NamesOf(records);
  const Positions positions(names);
  std::vector<DeletedRecords> results(records.size());
  LeaderCall<DeleteRecordsRequest> call;
  call.ask = [&](const std::vector<size_t>& asked) {
    DeleteRecordsRequest request;
    for (const size_t i : asked) {
      auto& partition = TopicOf(request.topics, names[i].topic).partitions.emplace_back();
      partition.partition_index = names[i].partition;
      partition.offset = records[i].before;
    }
    return request;
  };
  call.take = [&](const DeleteRecordsResponse& response, std::vector<Status>& statuses) {
    for (const auto& topic : response.topics) {
      for (const auto& told : topic.partitions) {
        positions.ForEach(topic.name, told.partition_index, [&](size_t i) {
          statuses[i] = StatusOfAnswer(told.error_code, std::nullopt, NameOf(names[i]));
          results[i].low_watermark = told.low_watermark;
        });
      }
    }
  };
  const Instant deadline = caller_.DeadlineOf(options);
  std::vector<Status> statuses = co_await caller_.AskLeaders(names, std::move(call), deadline);
  for (size_t i = 0; i < results.size(); ++i) {
    results[i].partition = names[i];
    results[i].status = std::move(statuses[i]);
  }
  co_return results;
}

Task<std::vector<ProducersResult>> Admin::DescribeProducers(
    std::vector<TopicPartitionName> partitions, AdminOptions options) {
  const Positions positions(partitions);
  std::vector<ProducersResult> results(partitions.size());
  LeaderCall<DescribeProducersRequest> call;
  call.ask = [&](const std::vector<size_t>& asked) {
    DescribeProducersRequest request;
    for (const size_t i : asked) {
      TopicOf(request.topics, partitions[i].topic)
          .partition_indexes.push_back(partitions[i].partition);
    }
    return request;
  };
  call.take = [&](const DescribeProducersResponse& response, std::vector<Status>& statuses) {
    for (const auto& topic : response.topics) {
      for (const auto& told : topic.partitions) {
        positions.ForEach(topic.name, told.partition_index, [&](size_t i) {
          statuses[i] = StatusOfAnswer(told.error_code, told.error_message, NameOf(partitions[i]));
          results[i].producers.clear();
          for (const auto& producer : told.active_producers) {
            results[i].producers.push_back(DescribedProducer{
                producer.producer_id, producer.producer_epoch, producer.last_sequence,
                producer.last_timestamp, producer.current_txn_start_offset});
          }
        });
      }
    }
  };
  const Instant deadline = caller_.DeadlineOf(options);
  std::vector<Status> statuses = co_await caller_.AskLeaders(partitions, std::move(call), deadline);
  for (size_t i = 0; i < results.size(); ++i) {
    results[i].partition = partitions[i];
    results[i].status = std::move(statuses[i]);
  }
  co_return results;
}

}  // namespace penstock
