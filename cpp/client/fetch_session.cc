#include "client/fetch_session.h"

#include <algorithm>
#include <utility>

namespace penstock {
namespace {

// The entry of a topic in a request, which names each topic once. Partitions come topic by topic,
// so it is the last one or a new one.
template <class Topics>
auto& TopicIn(Topics& topics, const std::string& name, const Uuid& id) {
  if (!topics.empty() && topics.back().topic == name && topics.back().topic_id == id) {
    return topics.back();
  }
  auto& topic = topics.emplace_back();
  topic.topic = name;
  topic.topic_id = id;
  return topic;
}

void Ask(FetchRequest& request, const TopicPartitionName& name, const WantedPartition& wanted) {
  auto& partition = TopicIn(request.topics, name.topic, wanted.topic_id).partitions.emplace_back();
  partition.partition = name.partition;
  partition.fetch_offset = wanted.offset;
  partition.current_leader_epoch = wanted.current_leader_epoch;
  partition.partition_max_bytes = wanted.bytes_max;
}

void Forget(FetchRequest& request, const TopicPartitionName& name, const Uuid& topic_id) {
  TopicIn(request.forgotten_topics_data, name.topic, topic_id).partitions.push_back(name.partition);
}

}  // namespace

void ConsumerFetchSession::Begin(Wanted wanted, FetchRequest& request) {
  const bool by_id = std::ranges::none_of(
      wanted, [](const auto& entry) { return entry.second.topic_id == Uuid(); });
  // A session is by id or by name from its first request on.
  if (by_id != by_id_ && epoch_ != kFirstEpoch) epoch_ = kFirstEpoch;
  by_id_ = by_id;
  request.session_id = id_;
  request.session_epoch = epoch_;
  if (epoch_ == kFirstEpoch) {
    for (const auto& [name, partition] : wanted) Ask(request, name, partition);
  } else {
    for (const auto& [name, before] : session_) {
      const auto now = wanted.find(name);
      const bool is_gone = now == wanted.end() || now->second.topic_id != before.topic_id;
      if (is_gone) Forget(request, name, before.topic_id);
    }
    for (const auto& [name, partition] : wanted) {
      const auto before = session_.find(name);
      if (before == session_.end() || before->second != partition) Ask(request, name, partition);
    }
  }
  session_ = std::move(wanted);
  names_.clear();
  if (!by_id_) return;
  for (const auto& [name, partition] : session_) names_[partition.topic_id] = name.topic;
}

bool ConsumerFetchSession::End(const FetchResponse& response) {
  if (response.error_code != ErrorCode::kNone) {
    if (response.error_code == ErrorCode::kFetchSessionIdNotFound) id_ = 0;
    epoch_ = kFirstEpoch;
    return false;
  }
  if (!Fits(response)) {
    epoch_ = kFirstEpoch;
    return false;
  }
  const bool was_full = epoch_ == kFirstEpoch;
  id_ = response.session_id;
  if (id_ == 0) {
    epoch_ = kFirstEpoch;
  } else if (was_full || epoch_ == INT32_MAX) {
    epoch_ = kFirstEpoch + 1;
  } else {
    ++epoch_;
  }
  return true;
}

void ConsumerFetchSession::EndWithout() { epoch_ = kFirstEpoch; }

bool ConsumerFetchSession::Fits(const FetchResponse& response) const {
  size_t known = 0;
  for (const auto& topic : response.responses) {
    const std::string* const name = TopicOf(topic);
    if (name == nullptr) return false;
    for (const auto& partition : topic.partitions) {
      if (!Has(TopicPartitionName{*name, partition.partition_index})) return false;
      ++known;
    }
  }
  // A broker that throttles answers a full request with nothing.
  return epoch_ != kFirstEpoch || known == session_.size();
}

const std::string* ConsumerFetchSession::TopicOf(
    const FetchResponse::FetchableTopicResponse& topic) const {
  if (topic.topic_id != Uuid()) {
    const auto found = names_.find(topic.topic_id);
    return found == names_.end() ? nullptr : &found->second;
  }
  const auto found = session_.lower_bound(TopicPartitionName{topic.topic, PartitionId(0)});
  const bool known = found != session_.end() && found->first.topic == topic.topic;
  return known ? &found->first.topic : nullptr;
}

void ConsumerFetchSession::FillClose(FetchRequest& request) const {
  request.session_id = id_;
  request.session_epoch = kFinalEpoch;
}

}  // namespace penstock
