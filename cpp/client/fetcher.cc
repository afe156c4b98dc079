#include "client/fetcher.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/strings.h"
#include "runtime/race.h"

namespace penstock {
namespace {

// One answer is read while the next one is on its way.
constexpr int kAnswersAhead = 2;
constexpr Duration kLeaderPatience = Milliseconds(1'000);

}  // namespace

Fetcher::Fetcher(Runtime& runtime, ConnectionPool& fetches, ConnectionPool& lookups,
                 ClusterMetadata& metadata, const ConsumerConfig& config)
    : runtime_(runtime),
      fetches_(fetches),
      lookups_(lookups),
      metadata_(metadata),
      config_(config),
      backoff_{.first = config.retry_backoff, .max = config.retry_backoff_max},
      wakes_(runtime.executor),
      changed_(runtime.executor),
      tasks_(runtime.executor, [](const Status&) {
        // No task of this group ends with an error: each error belongs to a partition.
      }) {
  tasks_.Start(Loop());
}

Fetcher::~Fetcher() = default;

void Fetcher::Wake() {
  woken_ = true;
  wakes_.NotifyOne();
}

std::optional<StatusOr<FetchedBatch>> Fetcher::Take() {
  auto taken = subscription_.Take(runtime_.clock.Now() + config_.retry_backoff);
  if (subscription_.used_up() != used_up_seen_) {
    used_up_seen_ = subscription_.used_up();
    Wake();
  }
  return taken;
}

Task<> Fetcher::Stop() {
  stopped_ = true;
  changed_.NotifyAll();
  const Instant now = runtime_.clock.Now();
  for (auto& [id, node] : nodes_) {
    const BrokerInfo* const broker = metadata_.cache().FindBroker(id);
    if (!node.session.is_open() || broker == nullptr || !fetches_.IsOpen(broker->address)) continue;
    FetchRequest request;
    node.session.FillClose(request);
    // The request is queued at once; its answer is not waited for.
    auto closing = fetches_.Call(broker->address, std::move(request));
    co_await Before(runtime_.timers, now, std::move(closing));
  }
  co_await tasks_.Stop();
}

Task<> Fetcher::Loop() {
  while (!stopped_) {
    woken_ = false;
    const Instant look_again = Step();
    if (woken_) continue;
    Task<> woken = wakes_.Wait();
    if (look_again == Instant::Never()) {
      co_await woken;
    } else {
      co_await Before(runtime_.timers, look_again, std::move(woken));
    }
  }
}

Instant Fetcher::Step() {
  const Instant now = runtime_.clock.Now();
  Instant look_again = Instant::Never();
  std::map<NodeId, Needs> needs_of;
  for (auto& [partition, state] : subscription_.partitions()) {
    metadata_.Follow(partition.topic);
    if (state.retry_at() > now) {
      look_again = std::min(look_again, state.retry_at());
      continue;
    }
    if (state.asking) continue;
    if (state.phase() == PartitionState::Phase::kNeedsOffset && !state.target().has_value()) {
      const Status why =
          KafkaError(ErrorCode::kOffsetOutOfRange,
                     StrCat(NameOf(partition), " has no position, and auto.offset.reset is none"));
      Fail(partition, state.version(), why);
      look_again = std::min(look_again, state.retry_at());
      continue;
    }
    const auto leader = metadata_.cache().FindLeader(partition.topic, partition.partition);
    if (!leader.ok()) {
      if (sought_.insert(partition).second) tasks_.Start(FindLeader(partition));
      continue;
    }
    const uint64_t version = state.version();
    state.SeeLeader(leader->epoch);
    if (state.version() != version) subscription_.DropOutdated();
    AddNeed(partition, state, *leader, needs_of[leader->node]);
  }
  for (auto& [id, needs] : needs_of) {
    StartLookUps(id, needs);
    const Node& node = nodes_[id];
    if (needs.fetch.empty() || needs.has_enough || node.fetching || node.looking_up > 0) continue;
    if (node.not_before > now) {
      look_again = std::min(look_again, node.not_before);
      continue;
    }
    StartFetch(id, needs);
  }
  return look_again;
}

void Fetcher::AddNeed(const TopicPartitionName& partition, PartitionState& state,
                      const LeaderInfo& leader, Needs& needs) {
  needs.address = leader.address;
  const Asked asked{partition, state.version()};
  switch (state.phase()) {
    case PartitionState::Phase::kNeedsOffset:
      needs.offsets.push_back(asked);
      needs.offsets_asked.push_back(OffsetAsked{partition, *state.target(), leader.epoch});
      return;
    case PartitionState::Phase::kNeedsValidation:
      needs.epochs.push_back(asked);
      needs.epochs_asked.push_back(EpochAsked{partition, state.position_epoch(), leader.epoch});
      return;
    case PartitionState::Phase::kReady:
      break;
  }
  if (state.paused()) return;
  // A fetch without this partition would keep the node busy as long as the others have nothing.
  if (state.buffered >= kAnswersAhead) needs.has_enough = true;
  const std::optional<Offset> offset = state.fetch_offset();
  if (!offset.has_value()) return;
  WantedPartition& wanted = needs.fetch[partition];
  const TopicInfo* const topic = metadata_.cache().FindTopic(partition.topic);
  if (topic != nullptr) wanted.topic_id = topic->id;
  wanted.offset = *offset;
  wanted.current_leader_epoch = leader.epoch;
  wanted.bytes_max = config_.partition_fetch_bytes_max;
}

void Fetcher::StartLookUps(NodeId id, Needs& needs) {
  Node& node = nodes_[id];
  for (const std::vector<Asked>* asked : {&needs.offsets, &needs.epochs}) {
    for (const Asked& one : *asked) subscription_.Find(one.partition)->asking = true;
  }
  if (!needs.offsets.empty()) {
    ++node.looking_up;
    tasks_.Start(
        FindOffsets(id, needs.address, std::move(needs.offsets), std::move(needs.offsets_asked)));
  }
  if (!needs.epochs.empty()) {
    ++node.looking_up;
    tasks_.Start(
        Validate(id, needs.address, std::move(needs.epochs), std::move(needs.epochs_asked)));
  }
}

void Fetcher::StartFetch(NodeId id, Needs& needs) {
  const auto bytes_max = static_cast<size_t>(config_.fetch_bytes_max);
  const size_t at_hand = subscription_.BytesFrom(id);
  if (at_hand > bytes_max / 2) return;
  Node& node = nodes_[id];
  FetchRequest request;
  request.max_wait_ms =
      static_cast<int32_t>(std::min<int64_t>(InMilliseconds(config_.fetch_wait_max), INT32_MAX));
  request.min_bytes = config_.fetch_bytes_min;
  request.max_bytes = static_cast<int32_t>(bytes_max - at_hand);
  request.isolation_level = config_.read_committed ? 1 : 0;
  FetchesAsked asked;
  for (const auto& [partition, wanted] : needs.fetch) {
    const FetchAsked one{subscription_.Find(partition)->version(), wanted.offset};
    asked.emplace(partition, one);
  }
  node.session.Begin(std::move(needs.fetch), request);
  node.fetching = true;
  tasks_.Start(Fetch(id, needs.address, std::move(request), std::move(asked)));
}

Instant Fetcher::After(int failures) const {
  return runtime_.clock.Now() + backoff_.After(failures, runtime_.random);
}

PartitionState* Fetcher::StateOf(const TopicPartitionName& partition, uint64_t version) {
  PartitionState* const state = subscription_.Find(partition);
  return state != nullptr && state->version() == version ? state : nullptr;
}

void Fetcher::Fail(const TopicPartitionName& partition, uint64_t version, const Status& why) {
  PartitionState* const state = StateOf(partition, version);
  if (state == nullptr) return;
  state->asking = false;
  state->Failed(why, After(state->failures() + 1));
  // A server that does not know what is wrong may know better next time; Kafka's consumer waits.
  const ErrorCode error = ErrorCodeOf(why);
  if (IsRetriable(why) || error == ErrorCode::kUnknownServerError) {
    metadata_.Invalidate();
  } else {
    Tell(partition, version, why);
  }
  changed_.NotifyAll();
}

void Fetcher::Tell(const TopicPartitionName& partition, uint64_t version, const Status& why) {
  PartitionState* const state = StateOf(partition, version);
  // What was fetched before comes first, and one untold error is enough.
  if (state == nullptr || state->buffered > 0) return;
  subscription_.AddError(partition, version, why);
}

void Fetcher::ResetOrTell(const TopicPartitionName& partition, PartitionState& state, Status why) {
  const auto target = config_.auto_offset_reset.Target(runtime_.clock.WallNow());
  if (!target.has_value()) return Fail(partition, state.version(), why);
  state.Reset(target);
  subscription_.DropOutdated();
}

// --- before a fetch ---

Task<> Fetcher::FindLeader(TopicPartitionName partition) {
  // Long enough for an answer, and short enough to tell soon why there is none.
  const Instant deadline = runtime_.clock.Now() + kLeaderPatience;
  const auto leader =
      co_await metadata_.AwaitLeader(partition.topic, partition.partition, deadline);
  sought_.erase(partition);
  const PartitionState* const state = subscription_.Find(partition);
  if (!leader.ok() && state != nullptr) {
    Fail(partition, state->version(), Annotate(leader.status(), NameOf(partition)));
  }
  Wake();
}

Task<> Fetcher::FindOffsets(NodeId id, Address leader, std::vector<Asked> asked,
                            std::vector<OffsetAsked> offsets) {
  auto looking_up =
      LookUpOffsets(lookups_, std::move(leader), std::move(offsets), config_.read_committed);
  const auto found = co_await looking_up;
  --nodes_[id].looking_up;
  for (size_t i = 0; i < asked.size(); ++i) {
    const Status status = found.ok() ? (*found)[i].status() : found.status();
    PartitionState* const state = StateOf(asked[i].partition, asked[i].version);
    if (!status.ok()) {
      Fail(asked[i].partition, asked[i].version, status);
    } else if (state != nullptr) {
      state->Found(*(*found)[i]);
    }
  }
  changed_.NotifyAll();
  Wake();
}

Task<> Fetcher::Validate(NodeId id, Address leader, std::vector<Asked> asked,
                         std::vector<EpochAsked> epochs) {
  auto looking_up = LookUpEpochs(lookups_, std::move(leader), std::move(epochs));
  const auto found = co_await looking_up;
  --nodes_[id].looking_up;
  for (size_t i = 0; i < asked.size(); ++i) {
    if (found.ok()) {
      TakeEpoch(asked[i], (*found)[i]);
    } else {
      TakeEpoch(asked[i], found.status());
    }
  }
  changed_.NotifyAll();
  Wake();
}

void Fetcher::TakeEpoch(const Asked& asked, const StatusOr<EpochFound>& found) {
  PartitionState* const state = StateOf(asked.partition, asked.version);
  if (state == nullptr) return;
  if (!found.ok()) {
    if (ErrorCodeOf(found.status()) == ErrorCode::kUnsupportedVersion) {
      return state->SkipValidation();
    }
    return Fail(asked.partition, asked.version, found.status());
  }
  const bool may_move = config_.auto_offset_reset.kind != OffsetReset::Kind::kNone;
  const Offset position = *state->position();
  const auto verdict = state->Validate(found->epoch, found->end_offset, may_move);
  if (verdict != PartitionState::Verdict::kTruncated) return;
  std::string why = StrCat("the log of ", NameOf(asked.partition), " was truncated below position ",
                           position, " of leader epoch ", state->position_epoch());
  if (found->end_offset > kNoOffset) {
    StrAppend(why, "; the leader has the same records up to offset ", found->end_offset);
  }
  ResetOrTell(asked.partition, *state, KafkaError(ErrorCode::kOffsetOutOfRange, why));
}

}  // namespace penstock
