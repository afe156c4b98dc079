#include <gtest/gtest.h>

#include "record/compression.h"
#include "tests/unit/record/samples.h"

namespace penstock {
namespace {

TEST(GzipTest, SeveralMembersAreReadAsOneText) {
  std::vector<uint8_t> members;
  for (const char* text : {"one, ", "two, ", "", "three"}) {
    const StatusOr<Slice> member = Compress(Compression::Of(Codec::kGzip), AsBytes(text));
    ASSERT_TRUE(member.ok());
    members.insert(members.end(), member->data(), member->data() + member->size());
  }
  const StatusOr<Slice> back = Decompress(Codec::kGzip, members, 100);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->text(), "one, two, three");
  members.pop_back();
  EXPECT_FALSE(Decompress(Codec::kGzip, members, 100).ok());
}

TEST(GzipTest, AWrongChecksumAtTheEndIsRefused) {
  const StatusOr<Slice> compressed = Compress(Compression::Of(Codec::kGzip), AsBytes("a text"));
  std::vector<uint8_t> bytes = BytesOf(*compressed);
  bytes[bytes.size() - 8] ^= 1;  // the CRC stands before the length
  EXPECT_EQ(ErrorCodeOf(Decompress(Codec::kGzip, bytes, 100).status()), ErrorCode::kInvalidRecord);
}

}  // namespace
}  // namespace penstock
