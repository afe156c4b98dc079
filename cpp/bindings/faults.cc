#include "bindings/faults.h"

#include <pybind11/stl.h>

#include <memory>
#include <string>
#include <utility>

#include "bindings/errors.h"
#include "embed/node_faults.h"

namespace penstock {

namespace py = pybind11;

namespace {

void ErrorNext(NodeFaults& faults, std::string api, int32_t code, int32_t times) {
  Status asked;
  {
    const py::gil_scoped_release released;
    asked = faults.ErrorNext(std::move(api), code, times);
  }
  RaiseIfError(asked);
}

void Delay(NodeFaults& faults, std::string api, int32_t milliseconds) {
  Status asked;
  {
    const py::gil_scoped_release released;
    asked = faults.Delay(std::move(api), milliseconds);
  }
  RaiseIfError(asked);
}

int64_t DropConnections(NodeFaults& faults) {
  StatusOr<int64_t> dropped = Unavailable("not dropped");
  {
    const py::gil_scoped_release released;
    dropped = faults.DropConnections();
  }
  return ValueOrRaise(std::move(dropped));
}

void Clear(NodeFaults& faults) {
  Status cleared;
  {
    const py::gil_scoped_release released;
    cleared = faults.Clear();
  }
  RaiseIfError(cleared);
}

}  // namespace

void BindFaults(py::module_& m) {
  py::class_<NodeFaults, std::shared_ptr<NodeFaults>>(m, "Faults")
      .def("error_next", &ErrorNext, py::arg("api"), py::arg("code"), py::arg("times") = 1)
      .def("delay", &Delay, py::arg("api"), py::arg("milliseconds"))
      .def("drop_connections", &DropConnections)
      .def("clear", &Clear);
}

}  // namespace penstock
