// Addresses as text, both ways.
#include <gtest/gtest.h>

#include "base/strings.h"
#include "runtime/network.h"

namespace penstock {
namespace {

TEST(AddressTest, TextAndBack) {
  for (const std::string_view text : {"127.0.0.1:9092", "localhost:0", "[::1]:65535", ":9092"}) {
    const auto address = Address::Parse(text);
    ASSERT_TRUE(address.ok()) << address.status();
    EXPECT_EQ(address->ToString(), text);
  }
  EXPECT_EQ(Address::Parse("[::1]:9092")->host, "::1");
}

TEST(AddressTest, SaysWhatIsWrong) {
  for (const std::string_view text :
       {"", "9092", "localhost", "localhost:", "localhost:65536", "localhost:-1", "localhost:x",
        "::1:9092", "[::1", "[::1]", "[]:1", "a b:1", "http://a:1"}) {
    const auto address = Address::Parse(text);
    ASSERT_FALSE(address.ok()) << text;
    EXPECT_NE(MessageOf(address.status()).find(StrCat("\"", text, "\"")), std::string_view::npos);
    EXPECT_NE(MessageOf(address.status()).find("expected host:port"), std::string_view::npos);
  }
}

}  // namespace
}  // namespace penstock
