// penstock._native.Notifier: how completions reach an event loop or a waiting thread of Python.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>

#include "embed/signal.h"

namespace penstock {

void BindNotifier(pybind11::module_& m);

// Throws TypeError for another object.
std::shared_ptr<Notifier> NotifierOf(PyObject* object);

}  // namespace penstock
