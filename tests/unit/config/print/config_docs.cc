// Prints docs/configs.md: `config_docs > docs/configs.md` after a change of the table.
#include "config/config_docs.h"

#include <cstdio>
#include <string>

int main() {
  const std::string text = penstock::RenderConfigDocs();
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : 1;
}
