// The client's side of a fetch session (KIP-227) with one broker: the broker remembers what is
// fetched, so that a request names only what changed, and an answer only what has news. Pure.
//
//   Begin: what is wanted now -> the parts of the request.   End: its answer, or that there is
//   none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "base/ids.h"
#include "base/uuid.h"
#include "client/admin_types.h"
#include "protocol/messages/fetch.h"

namespace penstock {

// One partition of a fetch, as it goes into the request.
struct WantedPartition {
  Uuid topic_id;  // zero where the broker is too old to tell
  Offset offset;
  LeaderEpoch current_leader_epoch = kNoLeaderEpoch;
  int32_t bytes_max = 0;

  bool operator==(const WantedPartition&) const = default;
};

class ConsumerFetchSession {
 public:
  using Wanted = std::map<TopicPartitionName, WantedPartition>;
  // Versions from here on name topics by id only, versions before by name only.
  static constexpr int16_t kTopicIdsSince = 13;

  // Fills session_id, session_epoch, topics and forgotten_topics_data of a request for all of
  // `wanted`. One request is under way at a time.
  void Begin(Wanted wanted, FetchRequest& request);
  // The highest version that can say the last Begin: 12 while a topic has no id.
  int16_t version_max() const { return by_id_ ? INT16_MAX : kTopicIdsSince - 1; }

  // True if the answer can be used: its partitions are Find's. False: an error of the session or of
  // the whole answer, or an answer that does not fit the session; a new session follows.
  bool End(const FetchResponse& response);
  // There was no answer.
  void EndWithout();

  // The topic of a part of the answer; null if nobody asked for it.
  const std::string* TopicOf(const FetchResponse::FetchableTopicResponse& topic) const;
  // Part of the session at the moment.
  bool Has(const TopicPartitionName& partition) const { return session_.contains(partition); }
  size_t size() const { return session_.size(); }

  // True if the broker has a session that FillClose would end.
  bool is_open() const { return id_ != 0; }
  // Makes `request` one that ends the session.
  void FillClose(FetchRequest& request) const;

 private:
  static constexpr int32_t kFirstEpoch = 0;   // makes a session
  static constexpr int32_t kFinalEpoch = -1;  // ends one

  bool Fits(const FetchResponse& response) const;

  int32_t id_ = 0;  // 0: the broker keeps none
  int32_t epoch_ = kFirstEpoch;
  bool by_id_ = false;
  Wanted session_;
  std::map<Uuid, std::string> names_;
};

}  // namespace penstock
