#include "config/config_docs.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace penstock {
namespace {

TEST(ConfigDocsTest, TheDocumentIsWhatTheTableSays) {
  std::ifstream file(PENSTOCK_SOURCE_DIR "/docs/configs.md");
  ASSERT_TRUE(file.good());
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_TRUE(text == RenderConfigDocs()) << "run config_docs > docs/configs.md";
}

}  // namespace
}  // namespace penstock
