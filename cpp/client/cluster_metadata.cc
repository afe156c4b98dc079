#include "client/cluster_metadata.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "base/strings.h"
#include "client/backoff.h"
#include "client/connect_step.h"
#include "runtime/race.h"

namespace penstock {

namespace {

Status Closed() { return Cancelled("the client was closed"); }

// Another round may succeed: the next one starts from the bootstrap servers where it has to.
bool MayBeMended(const Status& failure) {
  return IsRetriable(failure) || ErrorCodeOf(failure) == ErrorCode::kRebootstrapRequired;
}

}  // namespace

struct ClusterMetadata::Round {
  explicit Round(Executor& executor) : done(executor) {}

  Event done;
  Status result;
  std::set<std::string> topics;
  bool everything = false;  // all topics that are followed
  bool urgent = false;      // does not wait for the back-off
};

ClusterMetadata::ClusterMetadata(Runtime& runtime, ConnectionPool& pool)
    : runtime_(runtime),
      pool_(pool),
      loop_wakes_(runtime.executor),
      tasks_(runtime.executor, [](const Status&) {
        // A round tells its error to those who wait for it.
      }) {
  CHECK(!pool.options().bootstrap_servers.empty());
  tasks_.Start(Loop());
}

ClusterMetadata::~ClusterMetadata() = default;

// --- waiting ---

std::shared_ptr<ClusterMetadata::Round> ClusterMetadata::NextRound() {
  if (next_ == nullptr) next_ = std::make_shared<Round>(runtime_.executor);
  loop_wakes_.NotifyOne();
  return next_;
}

Task<Status> ClusterMetadata::Refresh(Instant deadline) {
  if (closed_) co_return Closed();
  const std::shared_ptr<Round> round = NextRound();
  round->everything = true;
  round->urgent = true;
  Task<> done = round->done.Wait();
  const auto in_time = co_await Before(runtime_.timers, deadline, std::move(done));
  if (in_time.has_value()) co_return round->result;
  co_return KafkaError(ErrorCode::kRequestTimedOut, "no broker told the metadata in time");
}

Task<Status> ClusterMetadata::Await(Question question, std::optional<std::string> topic,
                                    Instant deadline) {
  Status failure = KafkaError(ErrorCode::kRequestTimedOut, "no broker told the metadata in time");
  bool asked = false;
  for (bool first = true;; first = false) {
    if (closed_) co_return Closed();
    const Status answer = question();
    if (answer.ok() || (asked && !IsRetriable(answer))) co_return answer;
    if (asked) failure = answer;
    std::shared_ptr<Round> round = current_;
    const bool joins = round != nullptr && first && !topic.has_value();
    if (!joins) {
      round = NextRound();
      if (topic.has_value()) round->topics.insert(*topic);
      round->everything = round->everything || !topic.has_value();
      round->urgent = round->urgent || (first && !IsStale());
    }
    Task<> done = round->done.Wait();
    const auto in_time = co_await Before(runtime_.timers, deadline, std::move(done));
    if (!in_time.has_value()) co_return failure;
    if (!round->result.ok()) {
      failure = round->result;
      if (!MayBeMended(failure)) co_return failure;
    } else {
      asked = true;
    }
  }
}

Task<Status> ClusterMetadata::AwaitTopic(std::string topic, Instant deadline) {
  Follow(topic);
  Question question = [this, topic]() -> Status {
    if (cache_.FindTopic(topic) != nullptr) return OkStatus();
    RETURN_IF_ERROR(cache_.ErrorOf(topic));
    return KafkaError(ErrorCode::kUnknownTopicOrPartition, StrCat("no topic ", topic));
  };
  std::optional<std::string> asked_for = std::move(topic);
  co_return co_await Await(std::move(question), std::move(asked_for), deadline);
}

Task<StatusOr<LeaderInfo>> ClusterMetadata::AwaitLeader(std::string topic, PartitionId partition,
                                                        Instant deadline) {
  Follow(topic);
  Question question = [this, topic, partition]() -> Status {
    if (IsStale())
      return KafkaError(ErrorCode::kLeaderNotAvailable, "the metadata is being refreshed");
    return cache_.FindLeader(topic, partition).status();
  };
  std::optional<std::string> asked_for = topic;
  CO_RETURN_IF_ERROR(co_await Await(std::move(question), std::move(asked_for), deadline));
  co_return cache_.FindLeader(topic, partition);
}

Task<StatusOr<Address>> ClusterMetadata::AwaitController(Instant deadline) {
  Question question = [this]() -> Status {
    if (!IsStale() && cache_.FindBroker(cache_.controller()) != nullptr) return OkStatus();
    return KafkaError(ErrorCode::kNotController, "no controller is known");
  };
  std::optional<std::string> no_topic;
  CO_RETURN_IF_ERROR(co_await Await(std::move(question), std::move(no_topic), deadline));
  co_return cache_.FindBroker(cache_.controller())->address;
}

Task<StatusOr<Address>> ClusterMetadata::AwaitBroker(NodeId id, Instant deadline) {
  Question question = [this, id]() -> Status {
    if (cache_.FindBroker(id) != nullptr) return OkStatus();
    return KafkaError(ErrorCode::kBrokerNotAvailable, StrCat("the cluster has no broker ", id));
  };
  std::optional<std::string> no_topic;
  CO_RETURN_IF_ERROR(co_await Await(std::move(question), std::move(no_topic), deadline));
  co_return cache_.FindBroker(id)->address;
}

Address ClusterMetadata::AnyBroker() { return Candidates().front(); }

void ClusterMetadata::Follow(const std::string& topic) { followed_[topic] = runtime_.clock.Now(); }

void ClusterMetadata::Invalidate() {
  ++invalidations_;
  loop_wakes_.NotifyOne();
}

bool ClusterMetadata::UpdateLeader(std::string_view topic, PartitionId partition,
                                   LeaderInfo leader) {
  if (!cache_.UpdateLeader(topic, partition, leader.node, leader.epoch)) return false;
  BrokerInfo broker;
  const BrokerInfo* const known = cache_.FindBroker(leader.node);
  if (known != nullptr) broker = *known;
  broker.id = leader.node;
  broker.address = std::move(leader.address);
  cache_.UpdateBroker(std::move(broker));
  return true;
}

// --- asking ---

Task<> ClusterMetadata::Loop() {
  const Backoff backoff{pool_.options().retry_backoff, pool_.options().retry_backoff_max};
  while (true) {
    co_await WaitForWork();
    if (closed_) co_return;
    current_ = next_ != nullptr ? next_ : std::make_shared<Round>(runtime_.executor);
    next_.reset();
    const uint64_t invalidations = invalidations_;
    if (IsStale()) current_->everything = true;
    if (current_->everything) ForgetIdleTopics();
    current_->result = co_await Run(current_);
    const Instant now = runtime_.clock.Now();
    failures_ = current_->result.ok() ? 0 : failures_ + 1;
    if (current_->result.ok()) {
      ++refreshes_;
      if (current_->everything) mended_invalidations_ = invalidations;
      const bool first = refresh_at_ == Instant::Never();
      if (first || current_->everything) refresh_at_ = now + pool_.options().metadata_age_max;
    }
    not_before_ = now + backoff.After(std::max(failures_, 1), runtime_.random);
    const std::shared_ptr<Round> finished = std::move(current_);
    current_.reset();
    finished->done.Set();
  }
}

Task<> ClusterMetadata::WaitForWork() {
  while (!closed_) {
    const Instant now = runtime_.clock.Now();
    if (now >= refresh_at_) {
      ++invalidations_;  // by age
      refresh_at_ = now + pool_.options().metadata_age_max;
    }
    const bool urgent = next_ != nullptr && next_->urgent;
    const bool wanted = next_ != nullptr || IsStale();
    if (urgent || (wanted && now >= not_before_)) co_return;
    const Instant until = wanted ? not_before_ : refresh_at_;
    Task<> woken = loop_wakes_.Wait();
    if (until == Instant::Never()) {
      co_await woken;
    } else {
      co_await Before(runtime_.timers, until, std::move(woken));
    }
  }
}

void ClusterMetadata::ForgetIdleTopics() {
  const Instant now = runtime_.clock.Now();
  const Duration idle_max = pool_.options().metadata_idle_max;
  std::erase_if(followed_, [&](const auto& entry) {
    const bool idle = entry.second + idle_max <= now;
    if (idle) cache_.ForgetTopic(entry.first);
    return idle;
  });
}

std::vector<Address> ClusterMetadata::Candidates() {
  const Instant now = runtime_.clock.Now();
  // By: not told by a broker, not connected, in a back-off; then at random.
  std::map<Address, bool> told;
  for (const auto& server : pool_.options().bootstrap_servers) told[server] = false;
  for (const auto& [id, broker] : cache_.brokers()) told[broker.address] = true;
  std::vector<std::tuple<bool, bool, Instant, uint64_t, Address>> order;
  for (const auto& [address, by_broker] : told) {
    const Instant retry_at = std::max(pool_.RetryAt(address), now);
    order.emplace_back(!by_broker, !pool_.IsOpen(address), retry_at, runtime_.random.Next(),
                       address);
  }
  std::sort(order.begin(), order.end());
  std::vector<Address> candidates;
  for (auto& entry : order) candidates.push_back(std::move(std::get<4>(entry)));
  return candidates;
}

Task<Status> ClusterMetadata::Run(std::shared_ptr<Round> round) {
  std::set<std::string> topics = round->topics;
  if (round->everything) {
    for (const auto& [topic, used] : followed_) topics.insert(topic);
  }
  const std::vector<std::string> names(topics.begin(), topics.end());
  const std::vector<Address> candidates = Candidates();
  std::string told;
  Status last;
  for (const Address& server : candidates) {
    last = co_await Ask(server, names);
    const bool again = ErrorCodeOf(last) == ErrorCode::kRebootstrapRequired;
    if (last.ok() || closed_ || again) co_return last;
    StrAppend(told, told.empty() ? "" : "; ", MessageOf(last));
  }
  if (candidates.size() == 1) co_return last;
  const std::string message = StrCat("none of ", candidates.size(), " servers answers: ", told);
  const Status all = KafkaError(ErrorCodeOf(last), message);
  const std::optional<ConnectStep> step = FailedStepOf(last);
  co_return step.has_value() ? FailedAt(*step, all) : all;
}

Task<Status> ClusterMetadata::Ask(Address server, std::vector<std::string> topics) {
  MetadataRequest request;
  request.topics.emplace();
  for (std::string& topic : topics) request.topics->emplace_back().name = std::move(topic);
  request.allow_auto_topic_creation = pool_.options().allow_auto_create_topics;
  CO_ASSIGN_OR_RETURN(const MetadataResponse response,
                      co_await pool_.Call(server, std::move(request)));
  if (response.error_code != ErrorCode::kNone) {
    if (response.error_code == ErrorCode::kRebootstrapRequired) cache_.ForgetBrokers();
    co_return KafkaError(response.error_code,
                         StrCat(server.ToString(), ": ", DescriptionOf(response.error_code)));
  }
  if (response.brokers.empty()) {
    co_return KafkaError(ErrorCode::kLeaderNotAvailable,
                         StrCat(server.ToString(), " knows of no brokers yet"));
  }
  cache_.Apply(response);
  co_return OkStatus();
}

Task<> ClusterMetadata::Close() {
  closed_ = true;
  for (const std::shared_ptr<Round>& round : {current_, next_}) {
    if (round == nullptr) continue;
    round->result = Closed();
    round->done.Set();
  }
  loop_wakes_.NotifyAll();
  co_await tasks_.Stop();
}

}  // namespace penstock
