// penstock.Record: one record as Python sees it, with its fields as plain members, so that reading
// one is no call.
#pragma once

#include <pybind11/pybind11.h>

#include "base/ids.h"
#include "record/record_view.h"

namespace penstock {

void BindRecord(pybind11::module_& m);

// A new reference, or null with an exception set. `topic` and `partition` are shared by the records
// of a batch. The bytes of `record` are copied.
PyObject* MakeRecord(PyObject* topic, PyObject* partition, LeaderEpoch epoch, Offset offset,
                     TimestampMs timestamp, const RecordView& record);

}  // namespace penstock
