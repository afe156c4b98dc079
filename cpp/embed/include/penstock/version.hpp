// The version of the library that runs, as "1.2.3".
#pragma once

#include <penstock/export.hpp>
#include <string_view>

namespace penstock {

PENSTOCK_API std::string_view Version();

}  // namespace penstock
