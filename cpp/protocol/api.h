// The table of APIs: what a key is called, its versions, who serves it and who decides.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/message.h"

namespace penstock {

enum class ApiKey : int16_t {
#define API(key, name, ...) k##name = key,
#include "protocol/api_table.inc"
#undef API
};

// Who answers an API in the end.
enum class ApiRoute : uint8_t {
  kAny,
  kLeader,       // of the partition
  kGroup,        // coordinator of the group
  kTransaction,  // coordinator of the transactional id
  kShare,        // coordinator of the share-group state
  kController,
};

struct ApiInfo {
  ApiKey key;
  std::string_view name;
  VersionRange versions;
  int16_t flexible;  // first flexible version, or kNeverFlexible
  bool on_broker;    // listeners that serve it
  bool on_controller;
  ApiRoute route;
  bool forwarded;        // a broker passes it on to the active controller
  bool latest_unstable;  // the newest version is not offered by default

  constexpr bool IsFlexible(int16_t version) const { return version >= flexible; }
  constexpr int16_t RequestHeaderVersion(int16_t version) const {
    return IsFlexible(version) ? 2 : 1;
  }
  // ApiVersions is answered with the oldest header, so that a client can read the answer to a
  // version that the broker does not know.
  constexpr int16_t ResponseHeaderVersion(int16_t version) const {
    return IsFlexible(version) && key != ApiKey::kApiVersions ? 1 : 0;
  }
};

// In the order of the keys.
std::span<const ApiInfo> AllApis();
// Null if 4.3 has no such API.
const ApiInfo* FindApi(int16_t key);
inline const ApiInfo* FindApi(ApiKey key) { return FindApi(static_cast<int16_t>(key)); }

}  // namespace penstock
