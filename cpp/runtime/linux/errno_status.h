// errno as Status: "context: reason".
#pragma once

#include <string_view>

#include "base/status.h"

namespace penstock {

Status ErrnoStatus(int error, std::string_view context);

}  // namespace penstock
