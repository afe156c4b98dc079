// Records as Arrow columns, by the Arrow C data and stream interfaces: no Arrow library is needed.
//
//   partition int32 | offset int64 | timestamp timestamp[ms, UTC] | key | value |
//   headers list<struct<key: utf8, value: binary>>
//
// key and value are binary, or utf8 where text was asked for.
#pragma once

#include <pybind11/pybind11.h>

namespace penstock {

void BindArrow(pybind11::module_& m);

// A capsule "arrow_schema".
pybind11::object ArrowSchemaCapsule(bool text);
// A capsule "arrow_array_stream". `batches` is an iterator of lists of Batch; each list becomes one
// chunk, and is taken when somebody wants it.
pybind11::object ArrowStreamCapsule(pybind11::iterator batches, bool text);

}  // namespace penstock
