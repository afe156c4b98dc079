// Named texts that a Status carries beside its message, for whoever takes it apart. Annotate keeps
// them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace penstock {

// OK stays OK.
Status WithDetail(Status status, std::string_view name, std::string_view text);
// Nothing if there is no such detail.
std::optional<std::string> DetailOf(const Status& status, std::string_view name);

}  // namespace penstock
