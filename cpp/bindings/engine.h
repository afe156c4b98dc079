// penstock._native.Engine: the client of one cluster. Producers and consumers are made here;
// administration is one call with plain data in and out.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>

#include "embed/engine.h"

namespace penstock {

void BindEngine(pybind11::module_& m);

// Plain data of the call `name`; see _native.pyi for the shapes. Throws.
pybind11::object CallAdmin(Engine& engine, const std::string& name, const pybind11::dict& arguments,
                           std::optional<double> timeout);

}  // namespace penstock
