#include "bindings/notifier.h"

#include <poll.h>
#include <pybind11/stl.h>

#include <cerrno>
#include <optional>
#include <vector>

#include "bindings/wait.h"

namespace penstock {

namespace py = pybind11;

namespace {

std::vector<uint64_t> WaitAndDrain(Notifier& notifier, std::optional<double> seconds) {
  const Deadline deadline(seconds);
  while (true) {
    std::vector<uint64_t> tokens = notifier.Drain();
    if (!tokens.empty()) return tokens;
    const std::optional<Duration> left = deadline.left();
    if (left.has_value() && left->count() == 0) return {};
    // Rounded up, so that the last round is not one of zero.
    const int64_t milliseconds = left.has_value() ? left->count() / 1'000'000 + 1 : -1;
    pollfd readable{.fd = notifier.fd(), .events = POLLIN, .revents = 0};
    int result = 0;
    {
      const py::gil_scoped_release released;
      result = ::poll(&readable, 1, static_cast<int>(std::min<int64_t>(milliseconds, 1 << 30)));
    }
    if (result < 0 && PyErr_CheckSignals() != 0) throw py::error_already_set();
  }
}

}  // namespace

std::shared_ptr<Notifier> NotifierOf(PyObject* object) {
  return py::cast<std::shared_ptr<Notifier>>(py::handle(object));
}

void BindNotifier(py::module_& m) {
  py::class_<Notifier, std::shared_ptr<Notifier>>(m, "Notifier")
      .def(py::init<>())
      .def("fileno", &Notifier::fd)
      .def("drain", &Notifier::Drain)
      .def("tell", &Notifier::Tell, py::arg("token"))
      .def("wait", &WaitAndDrain, py::arg("timeout") = py::none());
}

}  // namespace penstock
