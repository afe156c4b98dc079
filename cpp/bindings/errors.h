// From a Status to a Python exception. What the exception is, is Python's choice: the package
// registers the callable that makes it.
#pragma once

#include <pybind11/pybind11.h>

#include "base/status.h"

namespace penstock {

void BindErrors(pybind11::module_& m);

// The exception for `status`, which is not OK; a new reference. With the GIL.
pybind11::object MakeError(const Status& status);
// Sets it, for functions of the C API that return null then.
void SetError(const Status& status);
// Throws it, for functions of pybind11.
[[noreturn]] void Raise(const Status& status);

inline void RaiseIfError(const Status& status) {
  if (!status.ok()) Raise(status);
}
template <class T>
T ValueOrRaise(StatusOr<T> result) {
  if (!result.ok()) Raise(result.status());
  return *std::move(result);
}

}  // namespace penstock
