// The limits of what a peer can make the broker hold, besides those that are configs.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace penstock {

// A frame without a full request header (api key, version, correlation id, client id length).
inline constexpr int32_t kFrameBytesMin = 10;

// Frames of one connection that are handled before others get their turn.
inline constexpr size_t kFramesPerTurnMax = 64;
// Requests of one connection that are dispatched and not answered.
inline constexpr size_t kRequestsInFlightMax = 512;
// While more bytes of answers wait for the peer to read them, no further request is started.
inline constexpr size_t kUnsentBytesMax = 1 << 20;
// Bytes of requests under way, all connections together, where queued.max.request.bytes sets none.
inline constexpr uint64_t kRequestBytesDefault = 512 << 20;
// One connection holds at most this part of them (or one request).
inline constexpr uint64_t kRequestBytesShareOfConnection = 4;

// A peer that has begun a frame must go on within this time: it holds memory.
inline constexpr Duration kFrameStallMax = std::chrono::seconds(60);
// Answers of a broker that stops, and of a peer that has closed its side, are waited for this long.
inline constexpr Duration kDrainMax = std::chrono::seconds(5);

// HTTP: connections at a time, bytes of a request head, time for the whole exchange.
inline constexpr size_t kHttpConnectionsMax = 16;
inline constexpr size_t kHttpHeadBytesMax = 8 << 10;
inline constexpr Duration kHttpExchangeMax = std::chrono::seconds(10);

}  // namespace penstock
