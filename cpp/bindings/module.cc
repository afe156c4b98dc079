// The extension module penstock._native: what Python needs from the core, one Bind call per concept
// in an explicit order. Private: users see the typed modules of python/penstock.
#include <pybind11/pybind11.h>

#include <cstdint>
#include <span>

#include "base/crc32c.h"

namespace {

namespace py = pybind11;

// CRC-32C of anything that has contiguous bytes, without a copy of them.
uint32_t Crc32cOfBuffer(const py::buffer& buffer) {
  Py_buffer view;
  if (PyObject_GetBuffer(buffer.ptr(), &view, PyBUF_SIMPLE) != 0) throw py::error_already_set();
  const std::span bytes(static_cast<const uint8_t*>(view.buf), static_cast<size_t>(view.len));
  const uint32_t crc = penstock::Crc32c(bytes);
  PyBuffer_Release(&view);
  return crc;
}

}  // namespace

PYBIND11_MODULE(_native, m) {
  m.doc() = "The native core of penstock; private, see the package penstock.";
  m.attr("__version__") = PENSTOCK_VERSION;
  m.def("crc32c", &Crc32cOfBuffer, py::arg("data"), py::pos_only(),
        "CRC-32C (Castagnoli), the checksum of record batches.");
}
