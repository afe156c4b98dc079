#include "replication/fetch_session.h"

#include <limits>

#include "base/check.h"
#include "base/strings.h"

namespace penstock {
namespace {

constexpr int32_t kNoSession = 0;
constexpr int32_t kInitialEpoch = 0;
constexpr int32_t kFinalEpoch = -1;

int32_t NextEpoch(int32_t epoch) {
  if (epoch < 0) return kFinalEpoch;
  return epoch == std::numeric_limits<int32_t>::max() ? 1 : epoch + 1;
}

}  // namespace

StatusOr<FetchTurn> FetchSessions::Begin(FetchSessionRequest request, Instant now) {
  if (request.session_epoch != kInitialEpoch && request.session_epoch != kFinalEpoch) {
    return BeginIncremental(std::move(request), now);
  }
  // A full request closes the session that it names.
  if (request.session_id != kNoSession) Remove(request.session_id);
  FetchTurn turn;
  turn.kind =
      request.session_epoch == kFinalEpoch ? FetchTurn::Kind::kSessionless : FetchTurn::Kind::kFull;
  turn.uses_topic_ids = request.uses_topic_ids;
  turn.from_follower = request.from_follower;
  turn.targets = std::move(request.targets);
  return turn;
}

StatusOr<FetchTurn> FetchSessions::BeginIncremental(FetchSessionRequest request, Instant now) {
  const auto found = sessions_.find(request.session_id);
  if (found == sessions_.end()) {
    return KafkaError(ErrorCode::kFetchSessionIdNotFound,
                      StrCat("no fetch session ", request.session_id));
  }
  Session& session = found->second;
  if (session.epoch != request.session_epoch) {
    return KafkaError(ErrorCode::kInvalidFetchSessionEpoch,
                      StrCat("fetch session ", session.id, " expects epoch ", session.epoch,
                             ", not ", request.session_epoch));
  }
  if (session.uses_topic_ids != request.uses_topic_ids) {
    return KafkaError(
        ErrorCode::kFetchSessionTopicIdError,
        StrCat("fetch session ", session.id, " names topics the other way (id or name)"));
  }
  Update(session, request);
  FetchTurn turn;
  turn.uses_topic_ids = session.uses_topic_ids;
  turn.from_follower = request.from_follower;
  if (session.partitions.empty()) {
    Remove(session.id);
    turn.targets = std::move(request.targets);
    return turn;
  }
  Touch(session, now);
  session.epoch = NextEpoch(session.epoch);
  turn.kind = FetchTurn::Kind::kIncremental;
  turn.session_id = session.id;
  turn.expected_epoch = session.epoch;
  turn.targets.reserve(session.partitions.size());
  for (const CachedPartition& cached : session.partitions) turn.targets.push_back(cached.target);
  return turn;
}

void FetchSessions::Update(Session& session, FetchSessionRequest& request) {
  for (const FetchTarget& target : request.targets) {
    const auto known = session.by_key.find(target.key);
    if (known != session.by_key.end()) {
      known->second->target.position = target.position;
      continue;
    }
    session.partitions.push_back(CachedPartition{.target = target});
    session.by_key.emplace(target.key, std::prev(session.partitions.end()));
  }
  for (const FetchKey& key : request.forgotten) {
    const auto known = session.by_key.find(key);
    if (known == session.by_key.end()) continue;
    session.partitions.erase(known->second);
    session.by_key.erase(known);
  }
}

FetchVerdict FetchSessions::Finish(const FetchTurn& turn, const std::vector<FetchNews>& news,
                                   Instant now) {
  switch (turn.kind) {
    case FetchTurn::Kind::kFull:
      return FinishFull(turn, news, now);
    case FetchTurn::Kind::kIncremental:
      return FinishIncremental(turn, news);
    case FetchTurn::Kind::kSessionless:
      break;
  }
  return FetchVerdict{.included = std::vector<bool>(news.size(), true)};
}

FetchVerdict FetchSessions::FinishFull(const FetchTurn& turn, const std::vector<FetchNews>& news,
                                       Instant now) {
  CHECK(news.size() == turn.targets.size());
  FetchVerdict verdict{.included = std::vector<bool>(news.size(), true)};
  if (sessions_.size() >= options_.sessions_max &&
      !MakeRoom(Worth(turn.from_follower, news.size(), 0), now)) {
    return verdict;  // no session: the client goes on with full requests
  }
  const int32_t id = NewId();
  Session& session = sessions_[id];
  session.id = id;
  session.privileged = turn.from_follower;
  session.uses_topic_ids = turn.uses_topic_ids;
  session.created = now;
  session.last_used = now;
  for (size_t i = 0; i < news.size(); ++i) {
    const bool known = session.by_key.contains(turn.targets[i].key);
    if (known) continue;  // a request that names a partition twice
    session.partitions.push_back(CachedPartition{.target = turn.targets[i],
                                                 .high_watermark = news[i].high_watermark,
                                                 .log_start_offset = news[i].log_start_offset});
    session.by_key.emplace(turn.targets[i].key, std::prev(session.partitions.end()));
  }
  Touch(session, now);
  verdict.session_id = id;
  return verdict;
}

FetchVerdict FetchSessions::FinishIncremental(const FetchTurn& turn,
                                              const std::vector<FetchNews>& news) {
  FetchVerdict verdict{.session_id = turn.session_id,
                       .included = std::vector<bool>(news.size(), false)};
  const auto found = sessions_.find(turn.session_id);
  // The session went on, or went away, while this request waited: a client that asked twice.
  if (found == sessions_.end() || found->second.epoch != turn.expected_epoch) {
    verdict.error = ErrorCode::kInvalidFetchSessionEpoch;
    return verdict;
  }
  Session& session = found->second;
  for (size_t i = 0; i < news.size(); ++i) {
    const auto known = session.by_key.find(news[i].key);
    if (known == session.by_key.end()) continue;
    CachedPartition& cached = *known->second;
    verdict.included[i] = news[i].has_records || news[i].has_error || news[i].must_tell ||
                          cached.high_watermark != news[i].high_watermark ||
                          cached.log_start_offset != news[i].log_start_offset;
    // After an error the partition is told again, whatever its watermark.
    cached.high_watermark = news[i].has_error ? kNoOffset : news[i].high_watermark;
    cached.log_start_offset = news[i].log_start_offset;
    // Who got records goes to the end of the line, so that nobody starves.
    if (news[i].has_records) {
      session.partitions.splice(session.partitions.end(), session.partitions, known->second);
    }
  }
  return verdict;
}

// A newcomer takes the place of a session that nobody used for long, else of the least valuable
// one: consumers before followers, small before large, and nobody who has just come.
bool FetchSessions::MakeRoom(Worth newcomer, Instant now) {
  if (by_last_use_.empty()) return false;
  const auto [last_used, stalest] = *by_last_use_.begin();
  if (now - last_used > options_.evictable_after) {
    Remove(stalest);
    return true;
  }
  const auto& evictable = std::get<bool>(newcomer) ? evictable_by_privileged_ : evictable_by_all_;
  if (evictable.empty() || newcomer < *evictable.begin()) return false;
  Remove(std::get<int32_t>(*evictable.begin()));
  return true;
}

int32_t FetchSessions::NewId() {
  while (true) {
    const auto id =
        static_cast<int32_t>(1 + random_.Below(std::numeric_limits<int32_t>::max() - 1));
    if (!sessions_.contains(id)) return id;
  }
}

void FetchSessions::Touch(Session& session, Instant now) {
  Unlist(session);
  session.last_used = now;
  session.counted_size = session.partitions.size();
  partition_count_ += session.counted_size;
  by_last_use_.emplace(now, session.id);
  const Worth worth(session.privileged, session.counted_size, session.id);
  const bool settled = now - session.created > options_.evictable_after;
  if (settled) evictable_by_all_.insert(worth);
  if (settled || !session.privileged) evictable_by_privileged_.insert(worth);
}

void FetchSessions::Unlist(const Session& session) {
  if (by_last_use_.erase({session.last_used, session.id}) == 0) return;
  const Worth worth(session.privileged, session.counted_size, session.id);
  evictable_by_all_.erase(worth);
  evictable_by_privileged_.erase(worth);
  partition_count_ -= session.counted_size;
}

void FetchSessions::Remove(int32_t id) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  Unlist(found->second);
  sessions_.erase(found);
}

}  // namespace penstock
