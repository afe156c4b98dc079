// The version of the library that runs, as "1.2.3".
#pragma once

#include <penstock/export.hpp>
#include <string_view>

namespace penstock {
inline namespace v0 {

PENSTOCK_API std::string_view Version();

}  // namespace v0
}  // namespace penstock
