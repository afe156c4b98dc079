// penstock.Batch: fetched records of one partition. They become Python objects when somebody asks.
#pragma once

#include <pybind11/pybind11.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>

#include "embed/held_batch.h"
#include "record/record_iterator.h"

namespace penstock {

inline constexpr Offset kEndless{INT64_MAX};

// Walks the wanted records of a batch that it keeps.
class HeldRecords {
 public:
  // Records below `first` and from `end` on are not wanted.
  HeldRecords(std::shared_ptr<const HeldBatch> batch, Offset first, Offset end = kEndless);

  bool Next(RecordView& record);
  const Status& status() const { return records_.status(); }
  Offset OffsetOf(const RecordView& record) const { return records_.OffsetOf(record); }
  TimestampMs TimestampOf(const RecordView& record) const { return records_.TimestampOf(record); }
  const HeldBatch& batch() const { return *batch_; }
  const std::shared_ptr<const HeldBatch>& shared_batch() const { return batch_; }

 private:
  const std::shared_ptr<const HeldBatch> batch_;
  const Offset first_;
  const Offset end_;
  const BatchView view_;
  RecordScratch scratch_;
  RecordIterator records_;
};

// Gives records of one reader as Python objects, with what they share.
class RecordMaker {
 public:
  explicit RecordMaker(const HeldBatch& batch);
  // Throws.
  pybind11::object Make(const HeldRecords& reader, const RecordView& record) const;

 private:
  pybind11::object topic_;
  pybind11::object partition_;
  LeaderEpoch epoch_;
};

// What Python holds.
class Batch {
 public:
  Batch(std::shared_ptr<const HeldBatch> held, Offset first, Offset end = kEndless);

  const HeldBatch& held() const { return *held_; }
  // The first and the last offset that may be wanted, and the position behind them.
  Offset first_offset() const;
  Offset last_offset() const;
  Offset next_offset() const;
  // The same without the records from `end` on.
  Batch Before(Offset end) const { return Batch(held_, first_, std::min(end, end_)); }
  HeldRecords Read() const { return HeldRecords(held_, first_, end_); }
  // How many records are wanted; counts once.
  size_t size() const;
  pybind11::list Records() const;
  pybind11::list Values() const;

 private:
  const std::shared_ptr<const HeldBatch> held_;
  const Offset first_;
  const Offset end_;
  mutable std::optional<size_t> size_;
};

void BindBatch(pybind11::module_& m);

}  // namespace penstock
