// For functions of Python's C API: an exception of C++ becomes one of Python.
#pragma once

#include <pybind11/pybind11.h>

#include <exception>

namespace penstock {

template <class Function>
PyObject* Guarded(Function function) {
  try {
    return function();
  } catch (pybind11::error_already_set& error) {
    error.restore();
  } catch (const pybind11::builtin_exception& error) {
    error.set_error();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  }
  return nullptr;
}

}  // namespace penstock
