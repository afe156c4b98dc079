// Messages with random content, as much of it as a version can carry. For tests; the definitions
// are in the library penstock_protocol_random.
#pragma once

#include <cstdint>

namespace penstock {

// The same message for the same seed on every machine. `version` is one of M::kVersions.
template <class M>
M RandomMessage(uint64_t seed, int16_t version);

}  // namespace penstock
