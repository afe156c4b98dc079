// Incremental fetch sessions (KIP-227): the broker remembers what a consumer fetches, so that a
// request names only what changed, and an answer only what has news. Pure: the handler brings
// requests, results and the time.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/btree_map.h"
#include "base/ids.h"
#include "base/status.h"
#include "base/time.h"
#include "base/uuid.h"
#include "runtime/random.h"

namespace penstock {

// A partition as the request names it: by topic id from version 13 on (then `topic` is empty), by
// name before.
struct FetchKey {
  Uuid topic_id;
  std::string topic;
  PartitionId partition{0};

  auto operator<=>(const FetchKey&) const = default;
};

struct FetchPosition {
  Offset fetch_offset{0};
  Offset log_start_offset = kNoOffset;  // a follower's; -1 for consumers
  int32_t bytes_max = 0;
  LeaderEpoch current_leader_epoch = kNoLeaderEpoch;
  LeaderEpoch last_fetched_epoch = kNoLeaderEpoch;
};

struct FetchTarget {
  FetchKey key;
  FetchPosition position;
};

// What decides whether a partition belongs into an incremental answer.
struct FetchNews {
  FetchKey key;
  bool has_records = false;
  bool has_error = false;
  bool must_tell = false;  // a diverging epoch or a preferred replica
  Offset high_watermark = kNoOffset;
  Offset log_start_offset = kNoOffset;
};

struct FetchSessionRequest {
  int32_t session_id = 0;
  int32_t session_epoch = -1;
  bool uses_topic_ids = false;
  bool from_follower = false;
  std::vector<FetchTarget> targets;
  std::vector<FetchKey> forgotten;
};

// One fetch request on its way: made by Begin, ended by Finish.
struct FetchTurn {
  enum class Kind : uint8_t { kSessionless, kFull, kIncremental };
  Kind kind = Kind::kSessionless;
  int32_t session_id = 0;
  int32_t expected_epoch = 0;
  bool uses_topic_ids = false;
  bool from_follower = false;
  // All that has to be read, in the order in which it is to be read.
  std::vector<FetchTarget> targets;
};

struct FetchVerdict {
  int32_t session_id = 0;
  ErrorCode error = ErrorCode::kNone;
  // For each of the news, in order: does it belong into the answer?
  std::vector<bool> included;
};

class FetchSessions {
 public:
  struct Options {
    size_t sessions_max = 1000;  // max.incremental.fetch.session.cache.slots
    Duration evictable_after = Milliseconds(120'000);
  };

  // `random` outlives the sessions; it makes session ids.
  FetchSessions(Random& random, Options options) : random_(random), options_(options) {}

  // FETCH_SESSION_ID_NOT_FOUND, INVALID_FETCH_SESSION_EPOCH, FETCH_SESSION_TOPIC_ID_ERROR.
  StatusOr<FetchTurn> Begin(FetchSessionRequest request, Instant now);

  // Called once with what was found for each of turn.targets, in the same order.
  FetchVerdict Finish(const FetchTurn& turn, const std::vector<FetchNews>& news, Instant now);

  size_t size() const { return sessions_.size(); }
  size_t partition_count() const { return partition_count_; }

 private:
  struct CachedPartition {
    FetchTarget target;
    Offset high_watermark = kNoOffset;
    Offset log_start_offset = kNoOffset;
  };
  using PartitionList = std::list<CachedPartition>;
  // (privileged, size, id): the first one is worth the least.
  using Worth = std::tuple<bool, size_t, int32_t>;

  struct Session {
    int32_t id = 0;
    int32_t epoch = 1;
    bool privileged = false;
    bool uses_topic_ids = false;
    Instant created;
    Instant last_used;
    PartitionList partitions;  // in the order of the next reading
    BTreeMap<FetchKey, PartitionList::iterator> by_key;
    size_t counted_size = 0;
  };

  StatusOr<FetchTurn> BeginIncremental(FetchSessionRequest request, Instant now);
  FetchVerdict FinishFull(const FetchTurn& turn, const std::vector<FetchNews>& news, Instant now);
  FetchVerdict FinishIncremental(const FetchTurn& turn, const std::vector<FetchNews>& news);
  static void Update(Session& session, FetchSessionRequest& request);
  bool MakeRoom(Worth newcomer, Instant now);
  int32_t NewId();
  void Touch(Session& session, Instant now);
  void Unlist(const Session& session);
  void Remove(int32_t id);

  Random& random_;
  Options options_;
  std::map<int32_t, Session> sessions_;
  std::set<std::pair<Instant, int32_t>> by_last_use_;
  std::set<Worth> evictable_by_all_;
  std::set<Worth> evictable_by_privileged_;
  size_t partition_count_ = 0;
};

}  // namespace penstock
