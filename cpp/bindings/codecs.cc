#include "bindings/codecs.h"

#include <span>
#include <string>

#include "base/crc32c.h"
#include "bindings/errors.h"
#include "record/compression.h"

namespace penstock {

namespace py = pybind11;

namespace {

// The bytes of anything that has contiguous ones, without a copy.
class View {
 public:
  explicit View(const py::buffer& buffer) {
    if (PyObject_GetBuffer(buffer.ptr(), &view_, PyBUF_SIMPLE) != 0) {
      throw py::error_already_set();
    }
  }
  View(const View&) = delete;
  View& operator=(const View&) = delete;
  ~View() { PyBuffer_Release(&view_); }

  std::span<const uint8_t> bytes() const {
    return {static_cast<const uint8_t*>(view_.buf), static_cast<size_t>(view_.len)};
  }

 private:
  Py_buffer view_{};
};

uint32_t Crc32cOf(const py::buffer& data) { return Crc32c(View(data).bytes()); }

py::bytes DecompressBytes(int codec, const py::buffer& data, size_t size_max) {
  if (codec < 0 || codec > static_cast<int>(Codec::kZstd)) {
    throw py::value_error("codec is " + std::to_string(codec) + "; there are 0 to 4");
  }
  const View view(data);
  const StatusOr<Slice> plain = Decompress(static_cast<Codec>(codec), view.bytes(), size_max);
  if (!plain.ok()) throw py::value_error(std::string(plain.status().message()));
  return py::bytes(reinterpret_cast<const char*>(plain->data()), plain->size());
}

}  // namespace

void BindCodecs(py::module_& m) {
  m.def("crc32c", &Crc32cOf, py::arg("data"), py::pos_only(),
        "CRC-32C (Castagnoli), the checksum of record batches.");
  m.def("decompress", &DecompressBytes, py::arg("codec"), py::arg("data"), py::arg("size_max"),
        "The records of a batch: `codec` are bits 0 to 2 of its attributes.");
}

}  // namespace penstock
