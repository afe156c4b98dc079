#include "broker/greeting.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

std::string_view Recognise(std::string_view bytes) {
  return RecogniseGreeting({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
}

TEST(Greeting, ATlsHandshakeIsNamed) {
  EXPECT_NE(Recognise("\x16\x03\x01\x02").find("TLS"), std::string_view::npos);
  EXPECT_NE(Recognise("\x16\x03\x03\x02").find("security.protocol"), std::string_view::npos);
}

TEST(Greeting, AnHttpRequestIsNamed) {
  EXPECT_NE(Recognise("GET / HTTP/1.1\r\n").find("HTTP"), std::string_view::npos);
  EXPECT_NE(Recognise("POST /topics").find("--http"), std::string_view::npos);
  EXPECT_NE(Recognise("PRI * HTTP/2.0").find("HTTP"), std::string_view::npos);
}

TEST(Greeting, AKafkaFrameIsNone) {
  EXPECT_EQ(Recognise(std::string_view("\0\0\0\x20\0\x12\0\x04", 8)), "");
  EXPECT_EQ(Recognise(std::string_view("\0\x16\x03\x01", 4)), "");
}

TEST(Greeting, TooFewBytesAreNone) {
  EXPECT_EQ(Recognise("GET"), "");
  EXPECT_EQ(Recognise(""), "");
}

}  // namespace
}  // namespace penstock
