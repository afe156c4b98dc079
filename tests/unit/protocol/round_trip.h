// What holds for every message in every version.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/slice.h"
#include "gtest/gtest.h"
#include "protocol/codec.h"
#include "protocol/random_message.h"

namespace penstock::testing {

inline constexpr uint64_t kSeeds = 12;

// What a random message of this version looks like on the wire is as long as it was said to be,
// reads back as the same message, and cannot be read from any shorter piece of itself.
template <class M>
void ExpectRoundTrip(int16_t version, uint64_t seed) {
  SCOPED_TRACE(::testing::Message() << M::kName << " version " << version << " seed " << seed);
  const M sent = RandomMessage<M>(seed, version);
  const auto size = SizeOf(sent, version);
  ASSERT_TRUE(size.ok()) << size.status();
  const auto chain = Encode(sent, version);
  ASSERT_TRUE(chain.ok()) << chain.status();
  ASSERT_EQ(chain->size(), size->total);

  const Slice bytes = chain->Flatten();
  const auto received = DecodeAll<M>(bytes, version);
  ASSERT_TRUE(received.ok()) << received.status();
  ASSERT_TRUE(*received == sent);
  for (size_t cut = 0; cut < bytes.size(); ++cut) {
    WireReader reader(bytes.Sub(0, cut));
    M message;
    ASSERT_FALSE(Decode(reader, message, version).ok()) << "cut at byte " << cut;
  }
}

template <class M>
void ExpectRoundTripInEveryVersion() {
  for (int16_t version = M::kVersions.min; version <= M::kVersions.max; ++version) {
    for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
      ExpectRoundTrip<M>(version, seed);
      if (::testing::Test::HasFatalFailure()) return;
    }
  }
  const M message;
  EXPECT_FALSE(Encode(message, static_cast<int16_t>(M::kVersions.max + 1)).ok()) << M::kName;
  EXPECT_FALSE(Encode(message, static_cast<int16_t>(M::kVersions.min - 1)).ok()) << M::kName;
}

}  // namespace penstock::testing
