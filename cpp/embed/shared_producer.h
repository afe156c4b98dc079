// A producer for all threads of a program. A sender fills a parcel in its own thread and never
// waits for the engine; the engine takes parcels whole.
//
//   sender: TrySend -> the open parcel;   engine: pump -> Producer -> outcomes in the parcel
//
// Bounded: what the engine has not taken yet is at most a share of buffer.memory, what it has taken
// is bounded by the Producer with the rest.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/time.h"
#include "client/producer_config.h"
#include "config/config_def.h"
#include "embed/engine.h"
#include "embed/parcel.h"
#include "embed/signal.h"

namespace penstock {

class SharedProducer final : public Engine::User {
 public:
  // Where the outcome of a record will be.
  struct Ticket {
    std::shared_ptr<Parcel> parcel;
    uint32_t index = 0;
  };
  // Records that failed when nobody could ask any more.
  struct Failure {
    std::string topic;
    int64_t records = 0;
    Status why;
  };

  static StatusOr<std::shared_ptr<SharedProducer>> Create(std::shared_ptr<Engine> engine,
                                                          const ConfigMap& configs);
  // Closes it, at once, if nobody has.
  ~SharedProducer() override;

  // --- Any thread but the engine's.

  // The name of a topic as Send takes it; lives as long as the producer.
  const std::string& Topic(std::string_view name);
  // Takes the record, or gives nothing where there is no room for it. FailedPrecondition: the
  // producer is closed; in a forked child: that it is one.
  StatusOr<std::optional<Ticket>> TrySend(const std::string& topic, const OutgoingRecord& record);
  // The same for a record of a bulk, whose records may be sent by one thread at a time.
  StatusOr<bool> TrySendIn(const std::shared_ptr<Bulk>& bulk, const std::string& topic,
                           const OutgoingRecord& record);
  // No more records come.
  void Seal(const std::shared_ptr<Bulk>& bulk);

  bool HasRoom() const { return waiting_bytes_.load() < waiting_bytes_max_; }
  // Told once when there may be room again. The caller looks once more after it.
  void ListenForRoom(std::shared_ptr<Signal> signal, uint64_t token) {
    room_.Add(0, std::move(signal), token);
  }
  // What has been sent leaves now, without lingering: somebody waits for it.
  void Hurry();
  // Tells the token when everything that was sent before has its outcome.
  void Flush(std::shared_ptr<Signal> signal, uint64_t token);
  // Takes nothing more, waits for outcomes at most that long, fails the rest. How many records of
  // this call failed for want of time; 0 for every later call.
  int64_t Close(Duration timeout);
  void CloseBefore(Duration timeout) override { static_cast<void>(Close(timeout)); }

  int64_t unanswered() const { return unanswered_.load(); }
  Duration block_max() const { return block_max_; }
  // Nobody will ask for the outcome.
  void GiveUp(const Ticket& ticket);
  std::vector<Failure> TakeFailures();

 private:
  class Core;
  // Where the engine's thread finds the core; null there once it is closed.
  struct Place {
    std::unique_ptr<Core> core;
  };

  explicit SharedProducer(std::shared_ptr<Engine> engine);

  static Task<Status> MakeCore(SharedProducer& owner, Engine::Parts& parts, ProducerConfig config);
  static Task<Status> FlushCore(std::shared_ptr<Place> place, uint64_t number);
  static Task<Status> CloseCore(std::shared_ptr<Place> place, uint64_t number, Duration timeout);
  // The following under mutex_.
  Status CheckOpen() const;
  void SealOpen();
  bool WakeIsDue();
  std::vector<uint8_t> TakeSpare();

  void Wake();
  void Recycle(std::vector<uint8_t> bytes);
  void Note(std::string_view topic, const Status& why);

  const std::shared_ptr<Engine> engine_;
  const std::shared_ptr<Place> place_;
  int64_t waiting_bytes_max_ = 0;
  Duration block_max_{0};

  mutable std::mutex mutex_;  // of what follows
  std::set<std::string, std::less<>> topics_;
  std::shared_ptr<Parcel> open_;  // null: none
  std::deque<std::shared_ptr<Parcel>> sealed_;
  uint64_t last_number_ = 0;  // of the newest parcel
  bool pump_sleeps_ = true;
  bool closed_ = false;
  std::vector<Failure> failures_;
  std::vector<std::vector<uint8_t>> spare_;

  std::atomic<int64_t> waiting_bytes_{0};
  std::atomic<int64_t> unanswered_{0};
  std::atomic<int64_t> failed_{0};
  Listeners room_;
};

}  // namespace penstock
