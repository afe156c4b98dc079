// penstock._native.Node: a broker in this process.
#pragma once

#include <pybind11/pybind11.h>

namespace penstock {

void BindNode(pybind11::module_& m);

}  // namespace penstock
