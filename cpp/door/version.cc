// The version that CMake read from python/penstock/VERSION.
#include <penstock/version.hpp>

namespace penstock {
inline namespace v0 {

std::string_view Version() { return PENSTOCK_VERSION; }

}  // namespace v0
}  // namespace penstock
