#include "broker/greeting.h"

#include <algorithm>
#include <array>

namespace penstock {

std::string_view RecogniseGreeting(std::span<const uint8_t> bytes) {
  if (bytes.size() < 4) return {};
  // Record type handshake, then the version of the record layer: 3.0 to 3.4.
  if (bytes[0] == 0x16 && bytes[1] == 0x03 && bytes[2] <= 0x04) {
    return "the peer began a TLS handshake, but this listener is PLAINTEXT: set the client's "
           "security.protocol to PLAINTEXT";
  }
  static constexpr std::array<std::string_view, 10> kMethods{
      "GET ", "POST", "PUT ", "HEAD", "DELE", "OPTI", "PATC", "CONN", "TRAC", "PRI ",
  };
  const std::string_view first(reinterpret_cast<const char*>(bytes.data()), 4);
  if (std::find(kMethods.begin(), kMethods.end(), first) != kMethods.end()) {
    return "the peer sent an HTTP request, but this listener speaks the Kafka protocol: metrics "
           "and "
           "health are at the address given to --http";
  }
  return {};
}

}  // namespace penstock
