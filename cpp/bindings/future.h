// penstock.Future: what becomes of one send, or of one send_many. Made by the engine's side only.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>

#include "embed/parcel.h"
#include "embed/shared_producer.h"

namespace penstock {

void BindFuture(pybind11::module_& m);

// New references, or null with an exception set.
PyObject* MakeFuture(const std::shared_ptr<SharedProducer>& producer,
                     SharedProducer::Ticket ticket);
PyObject* MakeFuture(const std::shared_ptr<SharedProducer>& producer, std::shared_ptr<Bulk> bulk);

}  // namespace penstock
