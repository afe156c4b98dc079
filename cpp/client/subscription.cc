#include "client/subscription.h"

#include <set>
#include <utility>

#include "base/strings.h"

namespace penstock {

void Subscription::Assign(const std::vector<TopicPartitionName>& partitions) {
  const std::set<TopicPartitionName> wanted(partitions.begin(), partitions.end());
  std::erase_if(partitions_, [&](const auto& entry) { return !wanted.contains(entry.first); });
  for (const TopicPartitionName& partition : wanted) {
    if (!partitions_.contains(partition)) partitions_.emplace(partition, ++generation_);
  }
  DropOutdated();
}

PartitionState* Subscription::Find(const TopicPartitionName& partition) {
  const auto found = partitions_.find(partition);
  return found == partitions_.end() ? nullptr : &found->second;
}

const PartitionState* Subscription::Find(const TopicPartitionName& partition) const {
  const auto found = partitions_.find(partition);
  return found == partitions_.end() ? nullptr : &found->second;
}

Status Subscription::CheckAssigned(const std::vector<TopicPartitionName>& partitions) const {
  for (const TopicPartitionName& partition : partitions) {
    if (!partitions_.contains(partition)) {
      return FailedPrecondition(StrCat("partition ", NameOf(partition), " is not assigned"));
    }
  }
  return OkStatus();
}

bool Subscription::Add(const TopicPartitionName& partition, uint64_t version, NodeId node,
                       FetchedBatches batches) {
  PartitionState* const state = Find(partition);
  if (state == nullptr || state->version() != version) return false;
  state->ReadAhead(batches.end());
  ++state->buffered;
  Answer& answer = answers_.emplace_back();
  answer.partition = partition;
  answer.version = version;
  answer.node = node;
  answer.ends = state->ends;
  answer.batches.emplace(std::move(batches));
  const bool has_next = answer.batches->has_next();
  const uint64_t skips_before = skips_;
  Settle(partition, *state);
  return has_next || skips_ != skips_before;
}

bool Subscription::AddError(const TopicPartitionName& partition, uint64_t version,
                            const Status& error) {
  PartitionState* const state = Find(partition);
  if (state == nullptr || state->version() != version) return false;
  ++state->buffered;
  Answer& answer = answers_.emplace_back();
  answer.partition = partition;
  answer.version = version;
  answer.node = kNoNode;
  answer.error = WithDetail(error, kPartitionDetail, NameOf(partition));
  return true;
}

PartitionState* Subscription::StateOf(const Answer& answer) {
  PartitionState* const state = Find(answer.partition);
  return state != nullptr && state->version() == answer.version ? state : nullptr;
}

void Subscription::Settle(const TopicPartitionName& partition, PartitionState& state) {
  for (auto answer = answers_.begin(); answer != answers_.end();) {
    if (answer->partition != partition || StateOf(*answer) == nullptr) {
      ++answer;
      continue;
    }
    if (!answer->batches.has_value()) return;
    const FetchedBatches& batches = *answer->batches;
    if (batches.position() > state.position()) {
      state.MoveTo(ReadPosition{batches.position(), batches.position_epoch()});
      ++skips_;
    }
    if (batches.has_next()) return;
    answer = answers_.erase(answer);
    --state.buffered;
    ++used_up_;
  }
}

std::optional<StatusOr<FetchedBatch>> Subscription::Take(Instant retry_at) {
  for (auto answer = answers_.begin(); answer != answers_.end();) {
    PartitionState* const state = StateOf(*answer);
    if (state == nullptr) {
      answer = answers_.erase(answer);
      continue;
    }
    if (state->paused()) {
      ++answer;
      continue;
    }
    const TopicPartitionName partition = answer->partition;
    if (!answer->batches.has_value()) {
      Status error = std::move(answer->error);
      answers_.erase(answer);
      --state->buffered;
      ++used_up_;
      Settle(partition, *state);
      return error;
    }
    FetchedBatches& batches = *answer->batches;
    StatusOr<FetchedBatches::Found> found = batches.Next();
    if (!found.ok()) {
      const std::string name = NameOf(partition);
      const Status error = WithDetail(Annotate(found.status(), name), kPartitionDetail, name);
      state->DropReadAhead();
      state->Failed(error, retry_at);
      DropOutdated();
      ++used_up_;
      return error;
    }
    FetchedBatch batch;
    batch.partition = partition;
    batch.bytes = std::move(found->bytes);
    batch.first_wanted = found->first_wanted;
    batch.ends = answer->ends;
    Settle(partition, *state);
    batch.next_offset = *state->position();
    return batch;
  }
  return std::nullopt;
}

const Subscription::Answer* Subscription::NextOne() const {
  for (const Answer& answer : answers_) {
    const PartitionState* const state = Find(answer.partition);
    if (state == nullptr || state->version() != answer.version) continue;
    if (!state->paused()) return &answer;
  }
  return nullptr;
}

bool Subscription::NextIsBatch() const {
  const Answer* const next = NextOne();
  return next != nullptr && next->batches.has_value() && next->batches->has_batch();
}

void Subscription::DropOutdated() {
  answers_.remove_if([this](const Answer& answer) { return StateOf(answer) == nullptr; });
}

size_t Subscription::BytesFrom(NodeId node) const {
  size_t bytes = 0;
  for (const Answer& answer : answers_) {
    if (answer.node != node || !answer.batches.has_value()) continue;
    const PartitionState* const state = Find(answer.partition);
    if (state != nullptr && !state->paused()) bytes += answer.batches->size_in_bytes();
  }
  return bytes;
}

}  // namespace penstock
