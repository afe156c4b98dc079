// Every message in every version: encode, decode, compare, cut at every byte.
#include "tests/unit/protocol/round_trip.h"

#include "protocol/all_messages.h"
#include "protocol/message_table.h"

namespace penstock {
namespace {

TEST(RoundTripTest, EveryMessageInEveryVersion) {
  size_t messages = 0;
#define MESSAGE(name, kind, key)                  \
  testing::ExpectRoundTripInEveryVersion<name>(); \
  ++messages;
#include "protocol/messages.inc"
#undef MESSAGE
  EXPECT_EQ(messages, AllMessages().size());
}

}  // namespace
}  // namespace penstock
