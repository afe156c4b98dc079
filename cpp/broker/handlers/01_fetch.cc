// Fetch (1), versions 4 to 18.
//
// Reads whole batches from the partitions that this node leads, within the limits that the request
// sets; the first batch is returned however large it is. With too little to return the request
// waits for the high watermark, up to max_wait_ms. Records are sent as they lie in the log: nothing
// is copied from memory.
//
// 5  log_start_offset    7  incremental sessions    9  current_leader_epoch    10 zstd
// 11 rack_id    12 flexible, last_fetched_epoch, diverging epochs    13 topics by id
// 15 replica_state    16 node_endpoints    17 directory ids    18 high watermark of the fetcher
#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "broker/handlers/find_partition.h"
#include "broker/handlers/handlers.h"
#include "broker/handlers/node_endpoints.h"
#include "broker/services.h"
#include "metadata/metadata_node.h"
#include "protocol/messages/fetch.h"
#include "record/batch_view.h"
#include "replication/fetch_session.h"
#include "runtime/race.h"

namespace penstock {
namespace {

constexpr int16_t kFirstVersionWithZstd = 10;
constexpr int16_t kFirstVersionWithTopicIds = 13;
constexpr int16_t kFirstVersionWithStorageErrors = 6;
constexpr int16_t kFirstVersionWithNodeEndpoints = 16;

using PartitionData = FetchResponse::PartitionData;

// What one partition gives.
struct Found {
  ErrorCode error = ErrorCode::kNone;
  SliceChain records;
  Offset high_watermark = kNoOffset;
  Offset last_stable_offset = kNoOffset;
  Offset log_start_offset = kNoOffset;
  EpochEndOffset diverging;
  // An empty list of aborted transactions; null otherwise. Without transactions nothing is aborted.
  bool lists_aborted = false;

  bool is_diverging() const { return diverging.leader_epoch != kNoLeaderEpoch; }
};

FetchSessionRequest SessionRequestOf(FetchRequest& request, int16_t version) {
  FetchSessionRequest session{.session_id = request.session_id,
                              .session_epoch = request.session_epoch,
                              .uses_topic_ids = version >= kFirstVersionWithTopicIds};
  const NodeId replica = std::max(request.replica_id, request.replica_state.replica_id);
  session.from_follower = replica >= NodeId(0);
  for (const auto& topic : request.topics) {
    for (const auto& partition : topic.partitions) {
      session.targets.push_back(
          {.key = {.topic_id = topic.topic_id,
                   .topic = topic.topic,
                   .partition = partition.partition},
           .position = {.fetch_offset = partition.fetch_offset,
                        .log_start_offset = partition.log_start_offset,
                        .bytes_max = partition.partition_max_bytes,
                        .current_leader_epoch = partition.current_leader_epoch,
                        .last_fetched_epoch = partition.last_fetched_epoch}});
    }
  }
  for (const auto& topic : request.forgotten_topics_data) {
    for (const PartitionId partition : topic.partitions) {
      session.forgotten.push_back(
          {.topic_id = topic.topic_id, .topic = topic.topic, .partition = partition});
    }
  }
  return session;
}

bool HasZstd(const SliceChain& records) {
  const Slice flat = records.Flatten();
  std::span<const uint8_t> rest = flat.span();
  while (!rest.empty()) {
    const StatusOr<BatchView> batch = BatchView::Parse(rest);
    if (!batch.ok()) return false;
    if (batch->has_known_codec() && batch->codec() == Codec::kZstd) return true;
    rest = rest.subspan(batch->size_in_bytes());
  }
  return false;
}

class FetchCall {
 public:
  FetchCall(RequestContext& context, FetchRequest request)
      : context_(context),
        request_(std::move(request)),
        isolation_(static_cast<IsolationLevel>(request_.isolation_level)) {}

  Task<FetchResponse> Run() {
    BrokerServices& services = context_.services();
    Clock& clock = services.runtime.clock;
    auto begun = services.fetch_sessions.Begin(SessionRequestOf(request_, context_.api_version),
                                               clock.Now());
    if (!begun.ok()) {
      FetchResponse refused;
      refused.error_code = ErrorCodeOf(begun.status());
      co_return refused;
    }
    turn_ = *std::move(begun);
    Lease();
    deadline_ = clock.Now() + Milliseconds(std::max(0, request_.max_wait_ms));
    co_await ReadAll();
    while (!IsEnough() && clock.Now() < deadline_) {
      co_await WaitForMore();
    }
    co_return MakeResponse();
  }

 private:
  void Lease() {
    const BrokerServices& services = context_.services();
    leases_.reserve(turn_.targets.size());
    for (const FetchTarget& target : turn_.targets) {
      leases_.push_back(turn_.uses_topic_ids
                            ? FindPartition(services, target.key.topic_id, target.key.partition)
                            : FindPartition(services, target.key.topic, target.key.partition));
      has_partition_ = has_partition_ || leases_.back().ok();
    }
    bytes_max_ = std::min(request_.max_bytes, services.config.fetch_max_bytes);
    bytes_wanted_ = std::min<int64_t>(request_.min_bytes, bytes_max_);
  }

  bool IsEnough() const { return has_error_ || !has_partition_ || bytes_found_ >= bytes_wanted_; }

  Task<> ReadAll() {
    found_.clear();
    found_.resize(turn_.targets.size());
    bytes_found_ = 0;
    has_error_ = false;
    for (size_t i = 0; i < turn_.targets.size(); ++i) {
      const int64_t room = std::max<int64_t>(0, bytes_max_ - bytes_found_);
      found_[i] = co_await ReadOne(i, room);
      bytes_found_ += static_cast<int64_t>(found_[i].records.size());
      // A partition that is not here holds up nobody: its error goes along with the next answer.
      const bool is_news = found_[i].error != ErrorCode::kNone || found_[i].is_diverging();
      has_error_ = has_error_ || (leases_[i].ok() && is_news);
    }
  }

  static Found Failed(ErrorCode code) {
    Found failed;
    failed.error = code;
    return failed;
  }

  // Kafka leaves the list of what it does not know at its default, whoever asks.
  static Found Missing(const Status& why) {
    Found missing = Failed(ErrorCodeOf(why));
    missing.lists_aborted = missing.error != ErrorCode::kNotLeaderOrFollower;
    return missing;
  }

  Task<Found> ReadOne(size_t index, int64_t room) {
    const FetchTarget& target = turn_.targets[index];
    if (!leases_[index].ok()) co_return Missing(leases_[index].status());
    Partition& partition = **leases_[index];
    Status ready = partition.CheckLeaderEpoch(target.position.current_leader_epoch);
    // A cluster of one has no followers: whoever says to be one is not in the replica set.
    if (ready.ok() && turn_.from_follower)
      ready = KafkaError(ErrorCode::kNotLeaderOrFollower, "not a replica");
    if (ready.ok()) {
      ready = co_await partition.Open(/*create=*/false);
    }
    if (!ready.ok()) co_return Failed(ErrorCodeOf(ready));
    Found found;
    found.diverging = Divergence(partition, target.position);
    if (found.is_diverging()) {
      DescribeLog(partition, found);
      co_return found;
    }
    const Offset from = target.position.fetch_offset;
    if (partition.log() == nullptr) {
      if (from != Offset(0)) co_return Failed(ErrorCode::kOffsetOutOfRange);
      DescribeLog(partition, found);
      found.lists_aborted = isolation_ == IsolationLevel::kReadCommitted;
      co_return found;
    }
    const ReadOptions options{.bytes_max = std::min<int64_t>(target.position.bytes_max, room),
                              .at_least_one_batch = bytes_found_ == 0,
                              .upper_bound = partition.FetchBound(isolation_)};
    StatusOr<LogReadResult> read = co_await partition.log()->Read(from, options);
    if (!read.ok()) co_return Failed(ErrorCodeOf(read.status()));
    found.records = std::move(read->records);
    if (context_.api_version < kFirstVersionWithZstd && HasZstd(found.records)) {
      co_return Failed(ErrorCode::kUnsupportedCompressionType);
    }
    DescribeLog(partition, found);
    // Kafka sends null where it drops a batch that is larger than the rest of the room.
    const bool is_dropped =
        found.records.empty() && from < options.upper_bound && options.bytes_max > 0;
    found.lists_aborted = isolation_ == IsolationLevel::kReadCommitted && !is_dropped;
    co_return found;
  }

  static void DescribeLog(const Partition& partition, Found& found) {
    found.high_watermark = partition.high_watermark();
    found.last_stable_offset = partition.last_stable_offset();
    found.log_start_offset = partition.log_start_offset();
  }

  // Where the fetcher's log and ours part, if it says what it fetched last and they do (KIP-595).
  static EpochEndOffset Divergence(const Partition& partition, const FetchPosition& position) {
    if (position.last_fetched_epoch == kNoLeaderEpoch) return EpochEndOffset();
    const EpochEndOffset ours = partition.EndOffsetForEpoch(position.last_fetched_epoch);
    const bool same = ours.leader_epoch == position.last_fetched_epoch &&
                      ours.end_offset >= position.fetch_offset;
    return same || ours.leader_epoch == kNoLeaderEpoch ? EpochEndOffset() : ours;
  }

  // Waits until enough has come or the time is over, and reads again.
  Task<> WaitForMore() {
    Runtime& runtime = context_.services().runtime;
    HighWatermarkWaiter waiter(runtime.executor, bytes_wanted_ - bytes_found_);
    std::deque<HighWatermarkWatch> watches;
    for (const StatusOr<PartitionLease>& lease : leases_) {
      if (lease.ok()) (*lease)->Watch(watches.emplace_back(waiter));
    }
    // What came between the last reading and the watching is found by reading once more.
    co_await ReadAll();
    if (IsEnough()) co_return;
    context_.SetWaiting(true);
    Task<> progress = waiter.Wait();
    co_await Before(runtime.timers, deadline_, std::move(progress));
    context_.SetWaiting(false);
    co_await ReadAll();
  }

  FetchResponse MakeResponse() {
    std::vector<FetchNews> news;
    news.reserve(found_.size());
    for (size_t i = 0; i < found_.size(); ++i) {
      news.push_back({.key = turn_.targets[i].key,
                      .has_records = !found_[i].records.empty(),
                      .has_error = found_[i].error != ErrorCode::kNone,
                      .must_tell = found_[i].is_diverging(),
                      .high_watermark = found_[i].high_watermark,
                      .log_start_offset = found_[i].log_start_offset});
    }
    BrokerServices& services = context_.services();
    const FetchVerdict verdict =
        services.fetch_sessions.Finish(turn_, news, services.runtime.clock.Now());
    FetchResponse response;
    response.session_id = verdict.session_id;
    response.error_code = verdict.error;
    if (verdict.error != ErrorCode::kNone) return response;
    const FetchKey* last = nullptr;
    for (size_t i = 0; i < found_.size(); ++i) {
      if (!verdict.included[i]) continue;
      const FetchKey& key = turn_.targets[i].key;
      if (last == nullptr || last->topic_id != key.topic_id || last->topic != key.topic) {
        auto& topic = response.responses.emplace_back();
        topic.topic = key.topic;
        topic.topic_id = key.topic_id;
      }
      last = &key;
      PartitionData data = MakePartition(key, found_[i]);
      if (context_.api_version >= kFirstVersionWithNodeEndpoints) PointAtLeader(i, data, response);
      response.responses.back().partitions.push_back(std::move(data));
    }
    return response;
  }

  // Spares a client that is wrong about the leader the look into the metadata.
  void PointAtLeader(size_t index, PartitionData& data, FetchResponse& response) const {
    const bool is_wrong = data.error_code == ErrorCode::kNotLeaderOrFollower ||
                          data.error_code == ErrorCode::kFencedLeaderEpoch;
    if (!is_wrong || !leases_[index].ok()) return;
    const PartitionImage& image = (*leases_[index])->image();
    data.current_leader.leader_id = image.leader;
    data.current_leader.leader_epoch = image.leader_epoch;
    for (ReachableBroker& broker : BrokersFor(context_, *context_.services().metadata.image())) {
      const bool is_known = std::ranges::any_of(response.node_endpoints, [&](const auto& endpoint) {
        return endpoint.node_id == broker.id;
      });
      if (is_known || broker.id != image.leader) continue;
      auto& endpoint = response.node_endpoints.emplace_back();
      endpoint.node_id = broker.id;
      endpoint.host = std::move(broker.host);
      endpoint.port = broker.port;
      endpoint.rack = std::move(broker.rack);
    }
  }

  PartitionData MakePartition(const FetchKey& key, Found& found) const {
    PartitionData data;
    data.partition_index = key.partition;
    data.error_code = found.error;
    // Clients of that age look for another leader instead of giving up.
    if (found.error == ErrorCode::kKafkaStorageError &&
        context_.api_version < kFirstVersionWithStorageErrors) {
      data.error_code = ErrorCode::kNotLeaderOrFollower;
    }
    data.high_watermark = found.high_watermark;
    data.last_stable_offset = found.last_stable_offset;
    data.log_start_offset = found.log_start_offset;
    data.records = std::move(found.records);
    data.aborted_transactions.reset();
    if (found.lists_aborted) data.aborted_transactions.emplace();
    if (found.is_diverging()) {
      data.diverging_epoch.epoch = found.diverging.leader_epoch;
      data.diverging_epoch.end_offset = found.diverging.end_offset;
    }
    return data;
  }

  RequestContext& context_;
  FetchRequest request_;
  IsolationLevel isolation_;
  FetchTurn turn_;
  Instant deadline_;
  std::vector<StatusOr<PartitionLease>> leases_;  // of turn_.targets, or why there is none
  bool has_partition_ = false;
  int64_t bytes_max_ = 0;
  int64_t bytes_wanted_ = 0;
  std::vector<Found> found_;
  int64_t bytes_found_ = 0;
  bool has_error_ = false;
};

}  // namespace

Task<FetchResponse> HandleFetch(RequestContext& context, FetchRequest request) {
  FetchCall call(context, std::move(request));
  co_return co_await call.Run();
}

}  // namespace penstock
