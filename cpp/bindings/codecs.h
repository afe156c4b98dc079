// The codecs of record batches, for those who read files of a log in Python.
#pragma once

#include <pybind11/pybind11.h>

namespace penstock {

void BindCodecs(pybind11::module_& m);

}  // namespace penstock
