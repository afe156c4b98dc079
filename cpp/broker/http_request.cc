#include "broker/http_request.h"

#include <algorithm>

#include "base/strings.h"

namespace penstock {

namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string_view ReasonOf(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    default:
      return "Service Unavailable";
  }
}

Status ParseRequestLine(std::string_view line, HttpRequest& request) {
  const std::vector<std::string_view> words = Split(line, ' ');
  if (words.size() != 3 || words[0].empty() || !words[1].starts_with('/') ||
      (words[2] != "HTTP/1.1" && words[2] != "HTTP/1.0")) {
    return InvalidArgument("not an HTTP/1 request");
  }
  request.method = words[0];
  request.path = words[1].substr(0, words[1].find('?'));
  request.keep_alive = words[2] == "HTTP/1.1";
  return OkStatus();
}

Status ParseHeader(std::string_view line, HttpRequest& request) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return InvalidArgument("a header without a colon");
  const std::string name = Lower(line.substr(0, colon));
  const std::string value = Lower(StripSpaces(line.substr(colon + 1)));
  if (name == "connection") {
    if (value == "close") request.keep_alive = false;
    if (value == "keep-alive") request.keep_alive = true;
  }
  const bool has_body = name == "transfer-encoding" || (name == "content-length" && value != "0");
  if (has_body) return InvalidArgument("a request with a body");
  return OkStatus();
}

}  // namespace

StatusOr<std::optional<HttpRequest>> ParseHttpRequest(std::string_view bytes, size_t* size) {
  const size_t end = bytes.find(kHeadEnd);
  if (end == std::string_view::npos) return std::optional<HttpRequest>();
  *size = end + kHeadEnd.size();
  std::string_view head = bytes.substr(0, end);
  HttpRequest request;
  const size_t first_end = std::min(head.find(kLineEnd), head.size());
  RETURN_IF_ERROR(ParseRequestLine(head.substr(0, first_end), request));
  head.remove_prefix(first_end);
  while (!head.empty()) {
    head.remove_prefix(kLineEnd.size());
    const size_t line_end = std::min(head.find(kLineEnd), head.size());
    RETURN_IF_ERROR(ParseHeader(head.substr(0, line_end), request));
    head.remove_prefix(line_end);
  }
  return std::optional<HttpRequest>(std::move(request));
}

std::string FormatHttpResponse(const HttpResponse& response, const HttpRequest& request) {
  std::string text = StrCat("HTTP/1.1 ", response.status, ' ', ReasonOf(response.status), kLineEnd,
                            "Content-Type: ", response.content_type, kLineEnd,
                            "Content-Length: ", response.body.size(), kLineEnd);
  if (response.status == 405) StrAppend(text, "Allow: GET, HEAD", kLineEnd);
  StrAppend(text, "Connection: ", request.keep_alive ? "keep-alive" : "close", kHeadEnd);
  if (request.method != "HEAD") text += response.body;
  return text;
}

}  // namespace penstock
