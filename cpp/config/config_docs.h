// The text of docs/configs.md, from the table.
#pragma once

#include <string>

namespace penstock {

std::string RenderConfigDocs();

}  // namespace penstock
