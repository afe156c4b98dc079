#include "client/accumulator.h"

#include <iterator>
#include <utility>

#include "base/check.h"
#include "record/batch_format.h"

namespace penstock {

ProducerBatch* PartitionQueue::OpenBatch(size_t bytes, size_t batch_bytes) {
  if (waiting.empty() || !waiting.back()->open()) return nullptr;
  const size_t record_bytes = bytes - batch_format::kHeaderSize;
  const size_t bytes_max = std::min(batch_bytes, kBatchBytesMax);
  const bool has_room = waiting.back()->size_in_bytes() + record_bytes <= bytes_max;
  return has_room ? waiting.back().get() : nullptr;
}

PartitionQueue& Accumulator::QueueOf(std::string_view topic, PartitionId partition) {
  CHECK(partition.value() >= 0);
  auto found = topics_.find(topic);
  if (found == topics_.end()) found = topics_.try_emplace(std::string(topic)).first;
  auto& queues = found->second;
  const auto index = static_cast<size_t>(partition.value());
  if (queues.size() <= index) queues.resize(index + 1);
  if (queues[index] == nullptr) {
    queues[index] = std::make_unique<PartitionQueue>();
    queues[index]->topic = topic;
    queues[index]->partition = partition;
  }
  return *queues[index];
}

ProducerBatch& Accumulator::StartBatch(PartitionQueue& queue, Instant now,
                                       Semaphore::Permit memory) {
  queue.waiting.push_back(std::make_unique<ProducerBatch>(
      ++last_number_, queue.partition, config_.compression, now, std::move(memory)));
  unfinished_.insert(last_number_);
  List(queue);
  return *queue.waiting.back();
}

bool Accumulator::IsFull(const ProducerBatch& batch) const {
  return !batch.open() || batch.size_in_bytes() >= static_cast<size_t>(config_.batch_bytes);
}

Instant Accumulator::ReadyAt(const PartitionQueue& queue, LeaderEpoch leader_epoch) const {
  const ProducerBatch& first = *queue.waiting.front();
  if (first.attempts > 0) return leader_epoch > first.sent_to_epoch ? Instant() : first.retry_at;
  const bool full = queue.waiting.size() > 1 || IsFull(first);
  if (full || hurries_ > 0 || first.number() <= hurried_up_to_) return Instant();
  return first.created() + config_.linger;
}

bool Accumulator::MaySend(const PartitionQueue& queue) const {
  if (idempotence_ == nullptr) return config_.max_in_flight > 1 || queue.on_wire == 0;
  // A broker that knows nothing of the producer takes any batch for its first one: should the first
  // be refused, because the leader of a new partition is not there yet, the second would go before
  // it.
  const bool begun = queue.sequences.delivered != Sequence(0);
  if (!begun && queue.on_wire > 0) return false;
  return idempotence_->MaySend(queue.sequences, *queue.waiting.front());
}

DrainedBatch Accumulator::TakeFirst(PartitionQueue& queue) {
  DrainedBatch taken{.queue = &queue, .batch = std::move(queue.waiting.front())};
  queue.waiting.pop_front();
  return taken;
}

Drained Accumulator::Drain(const ClusterView& cluster, Instant now) {
  Drained drained;
  std::map<NodeId, size_t> bytes;
  const auto look_at = [&drained](Instant when) {
    drained.look_again = std::min(drained.look_again, when);
  };
  std::list<PartitionQueue*> taken_from;
  for (auto place = listed_.begin(); place != listed_.end();) {
    PartitionQueue& queue = **place;
    ++place;
    ProducerBatch& first = *queue.waiting.front();
    look_at(first.created() + config_.delivery_timeout);
    const auto leader = cluster.LeaderOf(queue);
    if (!leader.has_value()) {
      drained.leaderless.try_emplace(queue.topic, queue.partition);
      continue;
    }
    const Instant ready_at = ReadyAt(queue, leader->epoch);
    if (ready_at > now) {
      look_at(ready_at);
      continue;
    }
    if (!cluster.Accepts(leader->node)) {
      drained.not_accepting.insert(leader->node);
      continue;
    }
    if (!MaySend(queue)) continue;
    size_t& request_bytes = bytes[leader->node];
    const size_t bytes_max = static_cast<size_t>(config_.request_bytes_max);
    if (request_bytes > 0 && request_bytes + first.size_in_bytes() > bytes_max) continue;
    if (idempotence_ != nullptr) idempotence_->Send(queue.sequences, first);
    // Only a batch beyond kBatchBytesMax cannot be closed.
    if (first.open()) CHECK(first.Close().ok());
    request_bytes += first.size_in_bytes();
    first.sent_to_epoch = leader->epoch;
    ++queue.on_wire;
    queue.sequences.on_wire = true;
    drained.requests[leader->node].push_back(TakeFirst(queue));
    taken_from.splice(taken_from.end(), listed_, std::prev(place));
  }
  for (PartitionQueue* queue : taken_from) queue->listed = false;
  for (PartitionQueue* queue : taken_from) List(*queue);
  return drained;
}

void Accumulator::Ended(PartitionQueue& queue) {
  CHECK(queue.on_wire > 0);
  queue.sequences.on_wire = --queue.on_wire > 0;
}

std::vector<DrainedBatch> Accumulator::TakeExpired(Instant now) {
  std::vector<DrainedBatch> expired;
  for (auto place = listed_.begin(); place != listed_.end();) {
    PartitionQueue& queue = **place;
    while (!queue.waiting.empty() &&
           queue.waiting.front()->created() + config_.delivery_timeout <= now) {
      expired.push_back(TakeFirst(queue));
    }
    queue.listed = !queue.waiting.empty();
    place = queue.listed ? std::next(place) : listed_.erase(place);
  }
  return expired;
}

std::vector<DrainedBatch> Accumulator::TakeAll() {
  std::vector<DrainedBatch> all;
  for (PartitionQueue* queue : std::exchange(listed_, {})) {
    queue->listed = false;
    while (!queue->waiting.empty()) all.push_back(TakeFirst(*queue));
  }
  return all;
}

std::vector<DrainedBatch> Accumulator::TakeAllOf(std::string_view topic) {
  std::vector<DrainedBatch> all;
  std::erase_if(listed_, [&](PartitionQueue* queue) {
    if (queue->topic != topic) return false;
    queue->listed = false;
    while (!queue->waiting.empty()) all.push_back(TakeFirst(*queue));
    return true;
  });
  return all;
}

void Accumulator::PutBack(DrainedBatch drained) {
  InsertInOrder(*drained.queue, std::move(drained.batch));
}

void Accumulator::PutBackSplit(DrainedBatch drained) {
  PartitionQueue& queue = *drained.queue;
  Finished(*drained.batch);
  auto parts = drained.batch->Split(drained.batch->uncompressed_bytes() / 2);
  for (const auto& part : parts) unfinished_.insert(part->number());
  if (idempotence_ != nullptr) {
    std::vector<ProducerBatch*> pending;
    for (const auto& part : parts) pending.push_back(part.get());
    idempotence_->Split(queue.sequences, *drained.batch, pending);
  }
  // From the last to the first: parts have one number, and each comes in front of the ones that are
  // there.
  while (!parts.empty()) {
    InsertInOrder(queue, std::move(parts.back()));
    parts.pop_back();
  }
}

void Accumulator::Finished(const ProducerBatch& batch) {
  const auto found = unfinished_.find(batch.number());
  CHECK(found != unfinished_.end());
  unfinished_.erase(found);
}

void Accumulator::InsertInOrder(PartitionQueue& queue, std::unique_ptr<ProducerBatch> batch) {
  const std::vector<ProducerBatch*>& pending = queue.sequences.pending;
  const auto comes_before = [&batch, &pending](const ProducerBatch& waiting) {
    if (!batch->has_sequence()) return waiting.number() < batch->number();
    if (!waiting.has_sequence()) return false;
    return std::ranges::find(pending, &waiting) < std::ranges::find(pending, batch.get());
  };
  auto place = queue.waiting.begin();
  while (place != queue.waiting.end() && comes_before(**place)) ++place;
  queue.waiting.insert(place, std::move(batch));
  List(queue);
}

void Accumulator::List(PartitionQueue& queue) {
  if (queue.listed || queue.waiting.empty()) return;
  queue.listed = true;
  listed_.push_back(&queue);
}

}  // namespace penstock
