// The fields of a record as Python gives them: views on bytes that stay alive and in place until
// the object goes.
#pragma once

#include <pybind11/pybind11.h>

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "embed/parcel.h"
#include "record/record_view.h"

namespace penstock {

// Bytes of a key or a value. With the GIL.
class BytesField {
 public:
  BytesField() = default;
  BytesField(const BytesField&) = delete;
  BytesField& operator=(const BytesField&) = delete;
  ~BytesField();

  // None, bytes and whatever has contiguous bytes, or str as UTF-8; anything else goes through
  // `encode` (may be null or None), which gives one of those. False with an exception set; `what`
  // names the field in it.
  bool Take(PyObject* object, PyObject* encode, const char* what);
  const RecordBytes& bytes() const { return bytes_; }

 private:
  bool TakePlain(PyObject* object, bool& taken);

  RecordBytes bytes_;
  PyObject* kept_ = nullptr;
  Py_buffer buffer_{};
  bool has_buffer_ = false;
};

// All fields of one record. With the GIL.
class RecordFields {
 public:
  // Null: not given. False with an exception set.
  bool TakeHeaders(PyObject* object);    // None, pairs of str and bytes | str | None, or a dict
  bool TakeTimestamp(PyObject* object);  // None, ms since 1970 UTC, or a datetime
  bool TakePartition(PyObject* object);  // None or an int

  OutgoingRecord record() const {
    return {.partition = partition_,
            .timestamp = timestamp_,
            .key = key.bytes(),
            .value = value.bytes(),
            .headers = headers_};
  }

  BytesField key;
  BytesField value;

 private:
  bool TakeHeader(PyObject* name, PyObject* header);

  std::optional<PartitionId> partition_;
  TimestampMs timestamp_ = kNoTimestamp;
  std::deque<std::string> texts_;  // of headers; stay in place
  std::vector<RecordHeaderView> headers_;
};

}  // namespace penstock
