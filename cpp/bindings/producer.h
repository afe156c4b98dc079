// penstock._native.Producer and the callables that it gives out: the hot path of sending, on the C
// API throughout.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>

#include "embed/shared_producer.h"

namespace penstock {

void BindProducer(pybind11::module_& m);

pybind11::object MakeProducer(std::shared_ptr<SharedProducer> producer);

}  // namespace penstock
