// Slices share bytes; chains cut and join them.
#include "base/slice.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(SliceTest, SubSharesTheBytesOfItsSlice) {
  Slice whole = Slice::CopyOf("penstock");
  Slice pen = whole.Sub(0, 3);
  EXPECT_EQ(pen.text(), "pen");
  EXPECT_EQ(pen.data(), whole.data());
  EXPECT_FALSE(whole.unique());
  pen = Slice();
  EXPECT_TRUE(whole.unique());
}

TEST(SliceTest, ChainsAreEqualByBytesHoweverTheyAreCut) {
  SliceChain a(Slice::CopyOf("penstock"));
  SliceChain b;
  b.Append(Slice::CopyOf("pen"));
  b.Append(Slice());
  b.Append(Slice::CopyOf("stock"));
  EXPECT_EQ(b.slices().size(), 2U);
  EXPECT_EQ(a, b);
  EXPECT_EQ(b.Flatten().text(), "penstock");
}

TEST(SliceTest, RemovePrefixCutsInsideAndBetweenSlices) {
  for (size_t count = 0; count <= 8; ++count) {
    SliceChain chain(Slice::CopyOf("pen"));
    chain.Append(Slice::CopyOf("stock"));
    chain.RemovePrefix(count);
    EXPECT_EQ(chain.Flatten().text(), std::string_view("penstock").substr(count));
    EXPECT_EQ(chain.size(), 8 - count);
  }
}

}  // namespace
}  // namespace penstock
