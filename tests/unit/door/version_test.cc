#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <penstock/version.hpp>
#include <string>

namespace penstock {
namespace {

TEST(Version, IsThreeNumbers) {
  EXPECT_THAT(std::string(Version()), testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
}

}  // namespace
}  // namespace penstock
