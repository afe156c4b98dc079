#include "bindings/consumer.h"

#include <pybind11/stl.h>

#include <algorithm>

#include "bindings/errors.h"
#include "bindings/notifier.h"
#include "bindings/wait.h"

namespace penstock {

namespace py = pybind11;

namespace {

std::vector<TopicPartitionName> PartitionsOf(const PyConsumer::Names& names) {
  std::vector<TopicPartitionName> partitions;
  for (const auto& [topic, partition] : names) {
    partitions.push_back({.topic = topic, .partition = PartitionId(partition)});
  }
  return partitions;
}

// Calls a function that waits for the engine for a moment, without the GIL.
template <class Function>
auto Released(Function function) {
  const py::gil_scoped_release released;
  return function();
}

}  // namespace

// One thread at a time polls.
class PyConsumer::InUse {
 public:
  explicit InUse(PyConsumer& consumer) : consumer_(consumer) {
    if (consumer_.in_use_) {
      throw std::runtime_error(
          "another thread is polling this consumer; each thread needs its own");
    }
    consumer_.in_use_ = true;
  }
  InUse(const InUse&) = delete;
  InUse& operator=(const InUse&) = delete;
  ~InUse() { consumer_.in_use_ = false; }

 private:
  PyConsumer& consumer_;
};

PyConsumer::~PyConsumer() {
  Released([this] { consumer_->Close(); });
}

void PyConsumer::Forget(const std::vector<TopicPartitionName>& partitions) {
  if (reader_ == nullptr) return;
  if (std::ranges::find(partitions, reader_->batch().partition) != partitions.end()) {
    reader_.reset();
  }
}

void PyConsumer::Assign(const Names& names) {
  const std::vector<TopicPartitionName> partitions = PartitionsOf(names);
  RaiseIfError(Released([&] { return consumer_->Assign(partitions); }));
  if (reader_ != nullptr &&
      std::ranges::find(partitions, reader_->batch().partition) == partitions.end()) {
    reader_.reset();
  }
}

PyConsumer::Names PyConsumer::Assignment() const {
  Names names;
  for (const TopicPartitionName& partition : consumer_->assignment()) {
    names.emplace_back(partition.topic, partition.partition.value());
  }
  return names;
}

void PyConsumer::Seek(const std::string& topic, int32_t partition, int64_t offset) {
  const TopicPartitionName name{.topic = topic, .partition = PartitionId(partition)};
  RaiseIfError(Released([&] { return consumer_->Seek(name, Offset(offset)); }));
  Forget({name});
}

void PyConsumer::SeekTo(const Names& names, int64_t timestamp, std::optional<double> timeout) {
  const std::vector<TopicPartitionName> partitions = PartitionsOf(names);
  const Deadline deadline(timeout);
  Forget(partitions);
  RaiseIfError(Await<Status>(
      deadline, "no answer about offsets in time", [&](std::function<void(Status)> done) {
        consumer_->SeekTo(partitions, TimestampMs(timestamp), deadline.left(), std::move(done));
      }));
}

void PyConsumer::Pause(const Names& names) {
  RaiseIfError(Released([&] { return consumer_->Pause(PartitionsOf(names)); }));
}

void PyConsumer::Resume(const Names& names) {
  RaiseIfError(Released([&] { return consumer_->Resume(PartitionsOf(names)); }));
}

int64_t PyConsumer::Position(const std::string& topic, int32_t partition,
                             std::optional<double> timeout) {
  const TopicPartitionName name{.topic = topic, .partition = PartitionId(partition)};
  if (reader_ != nullptr && reader_->batch().partition == name) return reader_position_.value();
  const Deadline deadline(timeout);
  const auto position = Await<StatusOr<Offset>>(
      deadline, "no position in time", [&](std::function<void(StatusOr<Offset>)> done) {
        consumer_->FindPosition(name, deadline.left(), std::move(done));
      });
  return ValueOrRaise(position).value();
}

std::optional<int64_t> PyConsumer::HighWatermark(const std::string& topic,
                                                 int32_t partition) const {
  const auto high_watermark =
      consumer_->HighWatermarkOf({.topic = topic, .partition = PartitionId(partition)});
  if (!high_watermark.has_value()) return std::nullopt;
  return high_watermark->value();
}

std::shared_ptr<const HeldBatch> PyConsumer::Take(const Deadline& deadline) {
  while (true) {
    if (std::exchange(woken_, false)) return nullptr;
    std::optional<SharedConsumer::Arrived> arrived = consumer_->TryTake();
    if (arrived.has_value()) return ValueOrRaise(*std::move(arrived));
    const auto waiter = std::make_shared<Waiter>();
    consumer_->Listen(waiter, 0);
    if (consumer_->HasArrived() || woken_) continue;
    if (!WaitFor(*waiter, deadline)) return nullptr;
  }
}

py::list PyConsumer::Poll(size_t records_max, std::optional<double> timeout) {
  const InUse in_use(*this);
  const Deadline deadline(timeout);
  py::list records;
  while (records.size() < records_max) {
    if (reader_ == nullptr) {
      // What is there already is not kept back for what may come.
      if (records.size() > 0 && !consumer_->HasArrived()) break;
      std::shared_ptr<const HeldBatch> batch = Take(deadline);
      if (batch == nullptr) break;
      reader_position_ = batch->first_wanted;
      reader_ = std::make_unique<HeldRecords>(std::move(batch), reader_position_);
    }
    const RecordMaker maker(reader_->batch());
    RecordView record;
    bool more = false;
    while (records.size() < records_max && (more = reader_->Next(record))) {
      records.append(maker.Make(*reader_, record));
      reader_position_ = reader_->OffsetOf(record) + 1;
    }
    if (more) break;
    const std::unique_ptr<HeldRecords> ended = std::move(reader_);
    RaiseIfError(ended->status());
  }
  return records;
}

py::list PyConsumer::PollBatches(size_t records_max, std::optional<double> timeout) {
  const InUse in_use(*this);
  const Deadline deadline(timeout);
  py::list batches;
  if (reader_ != nullptr) {  // the rest of what Poll has begun
    const auto held = reader_->shared_batch();
    batches.append(Batch(held, reader_position_));
    reader_.reset();
  }
  size_t records = 0;
  while (records < records_max) {
    if (batches.size() > 0 && !consumer_->HasArrived()) break;
    std::shared_ptr<const HeldBatch> held = Take(deadline);
    if (held == nullptr) break;
    const Offset first = held->first_wanted;
    Batch batch(std::move(held), first);
    records += batch.size();
    if (batch.size() > 0) batches.append(std::move(batch));
  }
  return batches;
}

bool PyConsumer::Ready(const std::shared_ptr<Notifier>& notifier, uint64_t token) {
  if (reader_ != nullptr || consumer_->HasArrived()) return true;
  consumer_->Listen(notifier, token);
  if (consumer_->HasArrived()) notifier->Tell(token);
  return false;
}

void PyConsumer::Wakeup() {
  woken_ = true;
  consumer_->TellListeners();
}

void PyConsumer::Close() {
  reader_.reset();
  Released([this] { consumer_->Close(); });
}

void BindConsumer(py::module_& m) {
  py::class_<PyConsumer>(m, "Consumer")
      .def("assign", &PyConsumer::Assign, py::arg("partitions"))
      .def("assignment", &PyConsumer::Assignment)
      .def("seek", &PyConsumer::Seek, py::arg("topic"), py::arg("partition"), py::arg("offset"))
      .def("seek_to", &PyConsumer::SeekTo, py::arg("partitions"), py::arg("timestamp"),
           py::arg("timeout"))
      .def("pause", &PyConsumer::Pause, py::arg("partitions"))
      .def("resume", &PyConsumer::Resume, py::arg("partitions"))
      .def("position", &PyConsumer::Position, py::arg("topic"), py::arg("partition"),
           py::arg("timeout"))
      .def("high_watermark", &PyConsumer::HighWatermark, py::arg("topic"), py::arg("partition"))
      .def("poll", &PyConsumer::Poll, py::arg("max_records"), py::arg("timeout"))
      .def("poll_batches", &PyConsumer::PollBatches, py::arg("max_records"), py::arg("timeout"))
      .def("ready", &PyConsumer::Ready, py::arg("notifier"), py::arg("token"))
      .def("wakeup", &PyConsumer::Wakeup)
      .def("close", &PyConsumer::Close);
}

}  // namespace penstock
