#include "bindings/batch.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/strings.h"
#include "bindings/arrow.h"
#include "bindings/errors.h"
#include "bindings/record.h"

namespace penstock {

namespace py = pybind11;

HeldRecords::HeldRecords(std::shared_ptr<const HeldBatch> batch, Offset first, Offset end)
    : batch_(std::move(batch)),
      first_(first),
      end_(end),
      view_(batch_->view()),
      records_(view_, scratch_) {}

bool HeldRecords::Next(RecordView& record) {
  while (records_.Next(record)) {
    const Offset offset = records_.OffsetOf(record);
    if (offset >= end_) return false;
    if (offset >= first_) return true;
  }
  return false;
}

RecordMaker::RecordMaker(const HeldBatch& batch)
    : topic_(py::str(batch.partition.topic)),
      partition_(py::int_(batch.partition.partition.value())),
      epoch_(batch.view().leader_epoch()) {}

py::object RecordMaker::Make(const HeldRecords& reader, const RecordView& record) const {
  PyObject* made = MakeRecord(topic_.ptr(), partition_.ptr(), epoch_, reader.OffsetOf(record),
                              reader.TimestampOf(record), record);
  if (made == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(made);
}

Batch::Batch(std::shared_ptr<const HeldBatch> held, Offset first, Offset end)
    : held_(std::move(held)), first_(std::max(first, held_->first_wanted)), end_(end) {}

Offset Batch::first_offset() const { return std::max(first_, held_->view().base_offset()); }
Offset Batch::last_offset() const {
  return std::min(held_->view().last_offset(), Offset(end_.value() - 1));
}
Offset Batch::next_offset() const { return std::min(held_->next_offset, end_); }

size_t Batch::size() const {
  if (size_.has_value()) return *size_;
  const BatchView view = held_->view();
  // Without gaps the header tells.
  if (view.records_count() == view.last_offset_delta() + 1) {
    const int64_t count = last_offset() - first_offset() + 1;
    size_ = static_cast<size_t>(std::max<int64_t>(count, 0));
    return *size_;
  }
  size_t count = 0;
  HeldRecords reader = Read();
  RecordView record;
  while (reader.Next(record)) ++count;
  RaiseIfError(reader.status());
  size_ = count;
  return count;
}

py::list Batch::Records() const {
  py::list records;
  const RecordMaker maker(*held_);
  HeldRecords reader = Read();
  RecordView record;
  while (reader.Next(record)) records.append(maker.Make(reader, record));
  RaiseIfError(reader.status());
  return records;
}

py::list Batch::Values() const {
  py::list values;
  HeldRecords reader = Read();
  RecordView record;
  while (reader.Next(record)) {
    if (record.value.has_value()) {
      values.append(
          py::bytes(reinterpret_cast<const char*>(record.value->data()), record.value->size()));
    } else {
      values.append(py::none());
    }
  }
  RaiseIfError(reader.status());
  return values;
}

namespace {

py::object RecordAt(const Batch& batch, py::ssize_t index) {
  const auto size = static_cast<py::ssize_t>(batch.size());
  if (index < 0) index += size;
  if (index < 0 || index >= size) throw py::index_error("the batch has fewer records");
  HeldRecords reader = batch.Read();
  RecordView record;
  for (py::ssize_t i = 0; reader.Next(record); ++i) {
    if (i == index) return RecordMaker(batch.held()).Make(reader, record);
  }
  Raise(reader.status());
}

std::string Repr(const Batch& batch) {
  const HeldBatch& held = batch.held();
  return StrCat("Batch(topic='", held.partition.topic, "', partition=", held.partition.partition,
                ", offsets ", batch.first_offset(), " to ", batch.last_offset(), ", ", batch.size(),
                " records, ", held.bytes.size(), " bytes)");
}

}  // namespace

void BindBatch(py::module_& m) {
  py::class_<Batch>(m, "Batch")
      .def_property_readonly("topic", [](const Batch& b) { return b.held().partition.topic; })
      .def_property_readonly("partition",
                             [](const Batch& b) { return b.held().partition.partition.value(); })
      .def_property_readonly("high_watermark",
                             [](const Batch& b) { return b.held().high_watermark.value(); })
      .def_property_readonly("first_offset",
                             [](const Batch& b) { return b.first_offset().value(); })
      .def_property_readonly("last_offset", [](const Batch& b) { return b.last_offset().value(); })
      .def_property_readonly("next_offset", [](const Batch& b) { return b.next_offset().value(); })
      .def_property_readonly("size_in_bytes", [](const Batch& b) { return b.held().bytes.size(); })
      .def_property_readonly(
          "codec", [](const Batch& b) { return std::string(NameOf(b.held().view().codec())); })
      .def("__len__", &Batch::size)
      .def("__getitem__", &RecordAt)
      .def("__iter__", [](const Batch& b) { return py::iter(b.Records()); })
      .def(
          "before", [](const Batch& b, int64_t offset) { return b.Before(Offset(offset)); },
          py::arg("offset"))
      .def("records", &Batch::Records)
      .def("values", &Batch::Values)
      .def("__repr__", &Repr)
      .def("__arrow_c_schema__", [](const Batch&) { return ArrowSchemaCapsule(false); })
      .def(
          "__arrow_c_stream__",
          [](const py::object& self, const py::object&) {
            py::list batches;
            batches.append(self);
            py::list lists;
            lists.append(batches);
            return ArrowStreamCapsule(py::iter(lists), false);
          },
          py::arg("requested_schema") = py::none());
}

}  // namespace penstock
