#include "bindings/errors.h"

#include <string>

namespace penstock {

namespace py = pybind11;

namespace {

// Lives as long as the module; never freed, since the interpreter may be gone by then.
PyObject* error_factory = nullptr;

const char* KindOf(const Status& status) {
  switch (status.code()) {
    case StatusCode::kInvalidArgument:
    case StatusCode::kOutOfRange:
    case StatusCode::kUnimplemented:
      return "invalid_argument";
    case StatusCode::kNotFound:
      return "not_found";
    case StatusCode::kAlreadyExists:
      return "already_exists";
    case StatusCode::kFailedPrecondition:
    case StatusCode::kPermissionDenied:
      return "not_possible_now";
    case StatusCode::kUnavailable:
    case StatusCode::kAborted:
      return "unavailable";
    case StatusCode::kDeadlineExceeded:
      return "timeout";
    case StatusCode::kCancelled:
      return "cancelled";
    case StatusCode::kResourceExhausted:
      return "out_of_space";
    case StatusCode::kDataLoss:
      return "data_loss";
    default:
      return "internal";
  }
}

py::list ErrorTable() {
  py::list rows;
  for (const ErrorInfo& info : AllErrors()) {
    rows.append(py::make_tuple(static_cast<int>(info.code), std::string(info.name), info.retriable,
                               std::string(info.message)));
  }
  return rows;
}

}  // namespace

py::object MakeError(const Status& status) {
  py::dict details;
  for (const StatusDetail& detail : DetailsOf(status)) details[py::str(detail.name)] = detail.text;
  const std::string message(status.message());
  const int code = static_cast<int>(GivenErrorCodeOf(status));
  if (error_factory == nullptr) {
    return py::reinterpret_borrow<py::object>(PyExc_RuntimeError)(message);
  }
  return py::handle(error_factory)(KindOf(status), code, py::str(message), details);
}

void SetError(const Status& status) {
  const py::object error = MakeError(status);
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(error.ptr())), error.ptr());
}

void Raise(const Status& status) {
  SetError(status);
  throw py::error_already_set();
}

void BindErrors(py::module_& m) {
  m.def(
      "set_error_factory",
      [](const py::object& make) {
        Py_XDECREF(error_factory);
        error_factory = make.inc_ref().ptr();
      },
      py::arg("make"));
  m.def("error_table", &ErrorTable);
}

}  // namespace penstock
