// Plain data of Python: parts of a dict, with an error that names the part.
#pragma once

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <string>

#include "base/status.h"
#include "bindings/errors.h"

namespace penstock {

template <class T>
T Get(const pybind11::dict& item, const char* name) {
  if (!item.contains(name)) throw pybind11::key_error(std::string(name) + " is missing");
  try {
    return pybind11::cast<T>(item[name]);
  } catch (const pybind11::cast_error&) {
    throw pybind11::type_error(std::string(name) + " is " +
                               pybind11::cast<std::string>(pybind11::repr(item[name])) +
                               ", which has the wrong type or is out of range");
  }
}

template <class T>
T GetOr(const pybind11::dict& item, const char* name, T otherwise) {
  if (!item.contains(name) || item[name].is_none()) return otherwise;
  return Get<T>(item, name);
}

inline pybind11::list ListOf(const pybind11::dict& item, const char* name) {
  return GetOr<pybind11::list>(item, name, pybind11::list());
}

// What the package's errors are made of, or None.
inline pybind11::object ErrorOrNone(const Status& status) {
  if (status.ok()) return pybind11::none();
  return MakeError(status);
}

}  // namespace penstock
