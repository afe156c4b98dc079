// The extension module penstock._native: what Python needs from the core, one Bind call per concept
// in an explicit order. Private: users see the typed modules of python/penstock.
#include <pybind11/pybind11.h>

PYBIND11_MODULE(_native, m) {
  m.doc() = "The native core of penstock; private, see the package penstock.";
  m.attr("__version__") = PENSTOCK_VERSION;
}
