// A consumer for the threads of a program: the engine reads ahead, copies each batch once into
// memory of its own, and a thread of the program takes the batches from a queue.
//
// One thread at a time takes; everything else may be called from any thread but the engine's.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "base/status.h"
#include "base/time.h"
#include "client/consumer.h"
#include "config/config_def.h"
#include "embed/engine.h"
#include "embed/held_batch.h"
#include "embed/signal.h"

namespace penstock {

class SharedConsumer final : public Engine::User {
 public:
  using Arrived = StatusOr<std::shared_ptr<const HeldBatch>>;
  using Partitions = std::vector<TopicPartitionName>;

  static StatusOr<std::shared_ptr<SharedConsumer>> Create(std::shared_ptr<Engine> engine,
                                                          const ConfigMap& configs);
  ~SharedConsumer() override;

  // As the functions of Consumer. What was read ahead of a partition that moves is dropped before
  // they return.
  Status Assign(Partitions partitions);
  Status Seek(TopicPartitionName partition, Offset offset);
  Status Pause(Partitions partitions);
  Status Resume(Partitions partitions);
  // Told with the result, on the engine's thread.
  void SeekTo(Partitions partitions, TimestampMs timestamp, std::optional<Duration> timeout,
              std::function<void(Status)> done);
  // Where the next record for the program will be: behind what was taken.
  void FindPosition(TopicPartitionName partition, std::optional<Duration> timeout,
                    std::function<void(StatusOr<Offset>)> done);
  Partitions assignment() const;
  std::optional<Offset> HighWatermarkOf(const TopicPartitionName& partition) const;

  // The next batch, or an error of a partition, if there is one. Once closed: Cancelled.
  std::optional<Arrived> TryTake();
  // Whether TryTake would give something; nothing of a paused partition counts.
  bool HasArrived() const;
  // Told once when something has arrived, or the consumer was closed. The caller looks once more.
  void Listen(std::shared_ptr<Signal> signal, uint64_t token) {
    arrivals_.Add(0, std::move(signal), token);
  }
  // Tells everybody who listens.
  void TellListeners() { arrivals_.TellAll(); }

  void Close();
  void CloseBefore(Duration) override { Close(); }

 private:
  class Core;
  struct Place {
    std::unique_ptr<Core> core;
  };

  explicit SharedConsumer(std::shared_ptr<Engine> engine);

  static Task<Status> MakeCore(SharedConsumer& owner, Engine::Parts& parts, ConsumerConfig config);
  static Task<Status> CloseCore(std::shared_ptr<Place> place);
  static Task<Status> SeekOnEngine(std::shared_ptr<Place> place, Partitions partitions,
                                   TimestampMs timestamp, std::optional<Duration> timeout);
  static Task<StatusOr<Offset>> PositionOnEngine(std::shared_ptr<Place> place,
                                                 TopicPartitionName partition,
                                                 std::optional<Duration> timeout);
  // Runs on the engine's thread, with its core.
  template <class Function>
  Status WithCore(Function function);
  // Under mutex_: where the next record for the program is, if anything says so yet.
  std::optional<Offset> PositionOfProgram(const TopicPartitionName& partition) const;
  // Under mutex_: the first that may be handed out.
  std::deque<Arrived>::const_iterator Next() const;

  const std::shared_ptr<Engine> engine_;
  const std::shared_ptr<Place> place_;
  size_t queue_bytes_max_ = 0;

  mutable std::mutex mutex_;  // of what follows
  std::deque<Arrived> queue_;
  size_t queue_bytes_ = 0;
  bool pump_waits_ = false;
  std::set<TopicPartitionName> paused_;
  bool closed_ = false;
  Partitions assignment_;
  // Behind what was taken; nothing where the next batch will tell.
  std::map<TopicPartitionName, Offset> positions_;
  std::map<TopicPartitionName, Offset> high_watermarks_;

  Listeners arrivals_;
};

}  // namespace penstock
