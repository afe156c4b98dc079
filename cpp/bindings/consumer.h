// penstock._native.Consumer: takes batches from the engine's queue and turns them into records or
// batches of Python.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bindings/batch.h"
#include "bindings/wait.h"
#include "embed/shared_consumer.h"

namespace penstock {

class PyConsumer {
 public:
  using Names = std::vector<std::pair<std::string, int32_t>>;

  explicit PyConsumer(std::shared_ptr<SharedConsumer> consumer) : consumer_(std::move(consumer)) {}
  ~PyConsumer();

  void Assign(const Names& partitions);
  Names Assignment() const;
  void Seek(const std::string& topic, int32_t partition, int64_t offset);
  void SeekTo(const Names& partitions, int64_t timestamp, std::optional<double> timeout);
  void Pause(const Names& partitions);
  void Resume(const Names& partitions);
  int64_t Position(const std::string& topic, int32_t partition, std::optional<double> timeout);
  std::optional<int64_t> HighWatermark(const std::string& topic, int32_t partition) const;

  // At least one record, as long as one comes in time; an error of a partition is raised when
  // everything before it has been given out.
  pybind11::list Poll(size_t records_max, std::optional<double> timeout);
  // The same in batches; whole ones, so that it may be more records than asked for.
  pybind11::list PollBatches(size_t records_max, std::optional<double> timeout);
  bool Ready(const std::shared_ptr<Notifier>& notifier, uint64_t token);
  void Wakeup();
  void Close();

 private:
  class InUse;

  // The next batch; null at the deadline or after a wakeup. Raises.
  std::shared_ptr<const HeldBatch> Take(const Deadline& deadline);
  void Forget(const std::vector<TopicPartitionName>& partitions);

  const std::shared_ptr<SharedConsumer> consumer_;
  bool in_use_ = false;  // by a thread that polls
  bool woken_ = false;
  // The batch of which Poll has given out a part.
  std::unique_ptr<HeldRecords> reader_;
  Offset reader_position_{0};
};

void BindConsumer(pybind11::module_& m);

}  // namespace penstock
