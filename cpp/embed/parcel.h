// Records on their way from a program's threads to a producer on the engine's thread, a parcel at a
// time: written by the senders, then read by the engine, which leaves the outcome of each record.
//
//   a sender: Append ... Append   |  the engine: Open, Next ... Next, Answer ... Answer
//   anyone, at any time: StateOf, OutcomeOf, Listen
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "client/delivery.h"
#include "client/producer.h"
#include "embed/signal.h"
#include "record/record_view.h"

namespace penstock {

// What became of many records that were sent as one: one completion for all of them.
class Bulk {
 public:
  struct Partition {
    Offset first = kNoOffset;
    int64_t count = 0;
  };

  explicit Bulk(std::string topic) : topic_(std::move(topic)) {}

  // The sender. `Sealed`: no more records come.
  void Expect(int64_t records) { unanswered_.fetch_add(records); }
  void Sealed() { Subtract(1); }
  // The engine: one record has its answer.
  void Answer(const StatusOr<RecordMetadata>& outcome);

  // Anyone.
  bool done() const { return unanswered_.load() == 0; }
  Listeners& listeners() { return listeners_; }
  const std::string& topic() const { return topic_; }
  // The rest once it is done.
  int64_t delivered() const { return delivered_; }
  int64_t failed() const { return failed_; }
  const Status& first_error() const { return first_error_; }
  const std::map<PartitionId, Partition>& partitions() const { return partitions_; }

 private:
  void Subtract(int64_t records);

  const std::string topic_;
  std::atomic<int64_t> unanswered_{1};  // and one until it is sealed
  // Of the engine's thread until it is done.
  int64_t delivered_ = 0;
  int64_t failed_ = 0;
  Status first_error_;
  std::map<PartitionId, Partition> partitions_;
  Listeners listeners_;
};

// A record as a sender has it; copied when it is appended.
struct OutgoingRecord {
  std::optional<PartitionId> partition;
  TimestampMs timestamp = kNoTimestamp;
  RecordBytes key;
  RecordBytes value;
  std::span<const RecordHeaderView> headers = {};

  size_t size_in_bytes() const;  // in the parcel
};

class Parcel {
 public:
  // Whose records they are; on the engine's thread.
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void Answered(Parcel& parcel, uint32_t index,
                          const StatusOr<RecordMetadata>& outcome) = 0;
  };

  enum class State : uint8_t { kWaiting, kDelivered, kFailed };

  // `bulk` is null where each record has an outcome of its own.
  // `bytes` may bring memory along; what is in it is dropped.
  Parcel(std::shared_ptr<Bulk> bulk, std::vector<uint8_t> bytes)
      : bulk_(std::move(bulk)), bytes_(std::move(bytes)) {
    bytes_.clear();
  }

  // --- The senders, one at a time, until the engine has taken it.
  // `topic` outlives the parcel.
  uint32_t Append(const std::string& topic, const OutgoingRecord& record);
  size_t records() const { return records_.size(); }
  size_t size_in_bytes() const { return bytes_.size() + records_.size() * sizeof(Entry); }
  const std::shared_ptr<Bulk>& bulk() const { return bulk_; }

  // --- The engine.
  // From here on there are outcomes. The owner outlives the answers.
  void Open(Owner& owner);
  // For the handler of a record, which has no room for more than this parcel and an index.
  Owner& owner() { return *owner_; }
  // The record `index`, in the order of their appending; it points into the parcel.
  struct Content {
    ProducerRecord record;
    std::vector<RecordHeaderView> headers;
  };
  void Read(uint32_t index, Content& content);
  // The bytes of the records are not needed any more: gives their memory.
  std::vector<uint8_t> TakeBytes() { return std::move(bytes_); }
  // True if somebody had given up the record before it failed, so that nobody will ask.
  bool Answer(uint32_t index, const StatusOr<RecordMetadata>& outcome);
  uint32_t unanswered() const { return unanswered_; }

  // --- Anyone who holds it.
  State StateOf(uint32_t index) const;
  // Only of what is kDelivered.
  RecordMetadata MetadataOf(uint32_t index) const;
  // Only of what is kFailed.
  Status ErrorOf(uint32_t index) const;
  const std::string& TopicOf(uint32_t index) const { return *records_[index].topic; }
  // Nobody will ask for the outcome. True if it has failed already.
  bool GiveUp(uint32_t index);
  Listeners& listeners() { return listeners_; }

 private:
  struct Entry {
    const std::string* topic;
    TimestampMs timestamp;
    size_t begin;
    int32_t partition;  // -1: by the key
    int32_t headers;
    uint32_t key_size;  // kNull: there is none
    uint32_t value_size;
  };
  struct Outcome {
    Offset offset = kNoOffset;
    TimestampMs timestamp = kNoTimestamp;
    PartitionId partition{-1};
    std::atomic<uint8_t> bits{0};
  };
  static constexpr uint32_t kNull = UINT32_MAX;
  static constexpr uint8_t kDeliveredBit = 1;
  static constexpr uint8_t kFailedBit = 2;
  static constexpr uint8_t kGivenUpBit = 4;

  void Put(const RecordBytes& bytes);

  const std::shared_ptr<Bulk> bulk_;
  std::vector<Entry> records_;
  std::vector<uint8_t> bytes_;
  uint32_t unanswered_ = 0;
  Owner* owner_ = nullptr;
  // Made with the first record, so that a record can be given up before the engine takes it.
  std::atomic<bool> open_{false};
  std::unique_ptr<Outcome[]> outcomes_;
  mutable std::mutex mutex_;  // of what follows
  std::map<uint32_t, Status> errors_;
  std::vector<uint32_t> given_up_early_;
  Listeners listeners_;
};

}  // namespace penstock
