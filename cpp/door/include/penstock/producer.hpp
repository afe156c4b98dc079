// Sends records: each one once and in the order of its partition, with acks=all, unless configured
// otherwise.
#pragma once

#include <cstdint>
#include <memory>
#include <penstock/export.hpp>
#include <penstock/future.hpp>
#include <penstock/record.hpp>
#include <penstock/result.hpp>
#include <penstock/time.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {

class Engine;
class SharedProducer;

inline namespace v0 {

// Records that failed when their Futures had been dropped.
struct DeliveryFailure {
  std::string topic;
  int64_t records = 0;
  Error why;
};

// Made by Client::NewProducer. Movable. All but moving and destroying may be called by any number
// of threads at once.
class Producer {
 public:
  PENSTOCK_API Producer(Producer&& other) noexcept;
  PENSTOCK_API Producer& operator=(Producer&& other) noexcept;
  // Closes it if nobody has, and waits at most 10 s; call Close to learn what was not delivered.
  PENSTOCK_API ~Producer();

  // Takes the record. Returns at once, unless buffer.memory is full of records that are not
  // delivered: then it waits for room at most max.block.ms (kTimeout).
  // kInvalidArgument: a key, value or header above 2 GiB, a negative partition or timestamp.
  // kNotPossibleNow: the producer is closed.
  PENSTOCK_API Result<Future<RecordMetadata>> Send(std::string_view topic,
                                                   const ProducerRecord& record);
  // The same for many, with one outcome for all of them, which costs less. Where it fails, the
  // records before the one that was not taken have been sent, and the message says how many.
  PENSTOCK_API Result<Future<BulkMetadata>> SendMany(std::string_view topic,
                                                     std::span<const ProducerRecord> records);

  // Waits until everything that was sent before has its outcome; what these are, the Futures tell.
  // kTimeout: some are still on their way.
  PENSTOCK_API Result<void> Flush(Timeout timeout = kNoLimit);
  // Takes nothing more, waits for outcomes, and fails what has none at the limit. An error if any
  // record failed meanwhile: the message says how many. A second Close does nothing.
  PENSTOCK_API Result<void> Close(Timeout timeout);

  // How many records have no outcome yet.
  PENSTOCK_API int64_t unanswered() const;
  // What failed and nobody was told of; each is given once.
  PENSTOCK_API std::vector<DeliveryFailure> TakeFailures();

 private:
  friend class Client;
  Producer(std::shared_ptr<Engine> engine, std::shared_ptr<SharedProducer> shared);
  void End();

  std::shared_ptr<Engine> engine_;
  std::shared_ptr<SharedProducer> shared_;
};

}  // namespace v0
}  // namespace penstock
