// penstock._native.Faults: what is to go wrong in a broker in this process.
#pragma once

#include <pybind11/pybind11.h>

namespace penstock {

void BindFaults(pybind11::module_& m);

}  // namespace penstock
