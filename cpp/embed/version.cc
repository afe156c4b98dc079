// The version that CMake read from python/penstock/VERSION.
#include <penstock/version.hpp>

namespace penstock {

std::string_view Version() { return PENSTOCK_VERSION; }

}  // namespace penstock
