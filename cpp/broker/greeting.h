// What a peer that does not speak the Kafka protocol sends first, so that the log can say what went
// wrong.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace penstock {

// One sentence for the log if the first bytes of a connection (at least four) are the beginning of
// an HTTP request or of a TLS handshake; else empty.
std::string_view RecogniseGreeting(std::span<const uint8_t> bytes);

}  // namespace penstock
