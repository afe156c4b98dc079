// The head of an HTTP/1.1 request, as far as a metrics endpoint needs it, and the text of a
// response. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace penstock {

struct HttpRequest {
  std::string method;
  std::string path;  // without the query
  bool keep_alive = true;
};

// The request at the front of `bytes`; nothing as long as its head is not complete. An error if it
// is no HTTP/1 request or has a body. `*size` is set to the size of the head.
StatusOr<std::optional<HttpRequest>> ParseHttpRequest(std::string_view bytes, size_t* size);

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

// Head and body; without the body for a HEAD request.
std::string FormatHttpResponse(const HttpResponse& response, const HttpRequest& request);

}  // namespace penstock
