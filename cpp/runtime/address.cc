// Address as text. The interfaces of network.h have no code of their own.
#include <optional>

#include "base/strings.h"
#include "runtime/network.h"

namespace penstock {

std::string Address::ToString() const {
  if (host.find(':') != std::string::npos) return StrCat("[", host, "]:", port);
  return StrCat(host, ":", port);
}

StatusOr<Address> Address::Parse(std::string_view text) {
  const auto bad = [text](std::string_view why) {
    return InvalidArgument(
        StrCat("\"", text, "\" is not an address: ", why, "; expected host:port or [host]:port"));
  };
  std::string_view host;
  std::string_view port_text;
  if (text.starts_with('[')) {
    const size_t close = text.find(']');
    if (close == std::string_view::npos) return bad("']' is missing");
    host = text.substr(1, close - 1);
    if (host.empty()) return bad("the host in brackets is empty");
    const std::string_view rest = text.substr(close + 1);
    if (!rest.starts_with(':')) return bad("no port");
    port_text = rest.substr(1);
  } else {
    const size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return bad("no port");
    host = text.substr(0, colon);
    if (host.find(':') != std::string_view::npos) return bad("an IPv6 number needs brackets");
    port_text = text.substr(colon + 1);
  }
  for (const char letter : host) {
    if (letter <= ' ' || letter == '/' || letter == '[')
      return bad("the host has a letter that no host has");
  }
  const std::optional<int64_t> port = ParseInt64(port_text);
  if (!port.has_value() || *port < 0 || *port > 65535) {
    return bad(StrCat("\"", port_text, "\" is not a port (0 to 65535)"));
  }
  return Address{.host = std::string(host), .port = static_cast<uint16_t>(*port)};
}

}  // namespace penstock
