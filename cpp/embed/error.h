// From the Status of the core to the Error of the public headers.
#pragma once

#include <penstock/result.hpp>

#include "base/status.h"

namespace penstock {

// `status` must not be OK.
Error ErrorOf(const Status& status);

}  // namespace penstock
