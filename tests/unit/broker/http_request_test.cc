#include "broker/http_request.h"

#include <gtest/gtest.h>

#include "base/strings.h"

namespace penstock {
namespace {

StatusOr<std::optional<HttpRequest>> Parse(std::string_view bytes) {
  size_t size = 0;
  return ParseHttpRequest(bytes, &size);
}

TEST(HttpRequest, AGetWithItsHeaders) {
  const std::string bytes =
      "GET /metrics?x=1 HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\nrest";
  size_t size = 0;
  const auto request = ParseHttpRequest(bytes, &size);
  ASSERT_TRUE(request.ok());
  ASSERT_TRUE(request->has_value());
  EXPECT_EQ((*request)->method, "GET");
  EXPECT_EQ((*request)->path, "/metrics");
  EXPECT_TRUE((*request)->keep_alive);
  EXPECT_EQ(bytes.substr(size), "rest");
}

TEST(HttpRequest, IsNotThereBeforeItsHeadIsComplete) {
  const std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto request = Parse(std::string_view(bytes).substr(0, i));
    ASSERT_TRUE(request.ok()) << i;
    EXPECT_FALSE(request->has_value()) << i;
  }
  EXPECT_TRUE(Parse(bytes)->has_value());
}

TEST(HttpRequest, TheConnectionLivesAsTheClientWants) {
  EXPECT_TRUE((*Parse("GET / HTTP/1.1\r\n\r\n"))->keep_alive);
  EXPECT_FALSE((*Parse("GET / HTTP/1.1\r\nConnection: Close\r\n\r\n"))->keep_alive);
  EXPECT_FALSE((*Parse("GET / HTTP/1.0\r\n\r\n"))->keep_alive);
  EXPECT_TRUE((*Parse("GET / HTTP/1.0\r\nconnection: keep-alive\r\n\r\n"))->keep_alive);
}

TEST(HttpRequest, BodiesAndGarbageAreRefused) {
  EXPECT_FALSE(Parse("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n").ok());
  EXPECT_FALSE(Parse("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n").ok());
  EXPECT_TRUE(Parse("POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n").ok());
  EXPECT_FALSE(Parse("GET /\r\n\r\n").ok());
  EXPECT_FALSE(Parse("GET / HTTP/2\r\n\r\n").ok());
  EXPECT_FALSE(Parse("GET x HTTP/1.1\r\n\r\n").ok());
  EXPECT_FALSE(Parse("GET / HTTP/1.1\r\nno colon\r\n\r\n").ok());
  EXPECT_FALSE(Parse("\r\n\r\n").ok());
}

TEST(HttpResponse, SaysHowLongItIs) {
  HttpRequest request{.method = "GET", .path = "/", .keep_alive = false};
  const std::string text = FormatHttpResponse({.body = "hello"}, request);
  EXPECT_TRUE(text.starts_with("HTTP/1.1 200 OK\r\n")) << text;
  EXPECT_NE(text.find("Content-Length: 5\r\n"), std::string::npos);
  EXPECT_NE(text.find("Connection: close\r\n\r\nhello"), std::string::npos);
}

TEST(HttpResponse, AHeadHasNoBody) {
  HttpRequest request{.method = "HEAD", .path = "/", .keep_alive = true};
  const std::string text = FormatHttpResponse({.body = "hello"}, request);
  EXPECT_NE(text.find("Content-Length: 5\r\n"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\r\n\r\n")) << text;
}

}  // namespace
}  // namespace penstock
