#include "protocol/receive_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "base/endian.h"

namespace penstock {
namespace {

// A stream of frames, each filled with its own letter.
std::string StreamOf(const std::vector<size_t>& frame_bytes) {
  std::string stream;
  for (size_t i = 0; i < frame_bytes.size(); ++i) {
    uint8_t prefix[4];
    StoreBig(prefix, static_cast<int32_t>(frame_bytes[i]));
    stream.append(reinterpret_cast<const char*>(prefix), sizeof prefix);
    stream.append(frame_bytes[i], static_cast<char>('a' + i % 26));
  }
  return stream;
}

// Reads at most `read_bytes` at a time, and takes frames as soon as they are complete.
std::vector<std::string> Receive(ReceiveWindow& window, std::string_view stream,
                                 size_t read_bytes) {
  std::vector<std::string> frames;
  while (true) {
    while (window.complete()) frames.emplace_back(window.TakeFrame().text());
    if (stream.empty()) return frames;
    Slice room = window.Room();
    const size_t size = std::min({room.size(), read_bytes, stream.size()});
    std::copy_n(stream.begin(), size, room.mutable_data());
    stream.remove_prefix(size);
    room = Slice();
    window.Commit(size);
  }
}

std::vector<std::string> FramesOf(const std::vector<size_t>& frame_bytes) {
  std::vector<std::string> frames;
  for (size_t i = 0; i < frame_bytes.size(); ++i) {
    frames.emplace_back(frame_bytes[i], static_cast<char>('a' + i % 26));
  }
  return frames;
}

TEST(ReceiveWindow, NothingIsKnownBeforeFourBytes) {
  ReceiveWindow window;
  EXPECT_TRUE(window.empty());
  Receive(window, std::string_view("\0\0\0", 3), 3);
  EXPECT_EQ(window.next_length(), std::nullopt);
  EXPECT_FALSE(window.empty());
  EXPECT_FALSE(window.complete());
}

TEST(ReceiveWindow, TellsAnyLengthSoThatItCanBeRefused) {
  ReceiveWindow window;
  Receive(window, "\xff\xff\xff\xfe", 4);
  EXPECT_EQ(window.next_length(), -2);
  EXPECT_FALSE(window.complete());
}

TEST(ReceiveWindow, FramesComeOutAsTheyWentInWhereverTheStreamIsCut) {
  const std::vector<size_t> sizes{10, 200, 4096, 4097, 30'000, 11, 70'000, 3, 64 << 10, 1, 0, 500};
  const std::string stream = StreamOf(sizes);
  for (const size_t read_bytes : {1, 2, 3, 4, 5, 100, 4095, 8192, 65536, 1 << 20}) {
    ReceiveWindow window;
    EXPECT_EQ(Receive(window, stream, read_bytes), FramesOf(sizes)) << read_bytes;
    EXPECT_TRUE(window.empty());
  }
}

TEST(ReceiveWindow, RandomStreamsWithFramesThatStayInUse) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  std::vector<size_t> sizes;
  for (int i = 0; i < 2000; ++i) {
    sizes.push_back(random() % 4 == 0 ? random() % 100'000 : random() % 2'000);
  }
  std::string stream = StreamOf(sizes);
  std::string_view rest = stream;
  ReceiveWindow window;
  std::vector<Slice> in_use;
  std::vector<std::string> frames;
  while (true) {
    while (window.complete()) {
      Slice frame = window.TakeFrame();
      frames.emplace_back(frame.text());
      if (random() % 3 == 0) in_use.push_back(std::move(frame));
      if (in_use.size() > 20) in_use.clear();
    }
    if (rest.empty()) break;
    Slice room = window.Room();
    const size_t size = std::min<size_t>({room.size(), 1 + random() % 50'000, rest.size()});
    std::copy_n(rest.begin(), size, room.mutable_data());
    rest.remove_prefix(size);
    room = Slice();
    window.Commit(size);
  }
  EXPECT_EQ(frames, FramesOf(sizes));
}

TEST(ReceiveWindow, AFrameThatIsHeldIsNotOverwritten) {
  ReceiveWindow window;
  const std::string stream = StreamOf(std::vector<size_t>(100, 1000));
  std::vector<Slice> frames;
  std::string_view rest = stream;
  while (frames.size() < 100) {
    Slice room = window.Room();
    const size_t size = std::min(room.size(), rest.size());
    std::copy_n(rest.begin(), size, room.mutable_data());
    rest.remove_prefix(size);
    room = Slice();
    window.Commit(size);
    while (window.complete()) frames.push_back(window.TakeFrame());
  }
  for (size_t i = 0; i < frames.size(); ++i) {
    EXPECT_EQ(frames[i].text(), std::string(1000, static_cast<char>('a' + i % 26))) << i;
  }
}

TEST(ReceiveWindow, PayloadOfLargeFramesIsNotMovedOnceTheyAreExpected) {
  const std::vector<size_t> sizes(20, 1 << 20);
  ReceiveWindow window;
  Receive(window, StreamOf(sizes), SIZE_MAX);
  // Of the first frame the beginning is received before it is known to be large.
  EXPECT_LE(window.bytes_moved(), kWindowBytesMin);
}

TEST(ReceiveWindow, SmallFramesMoveOnlyWhereABlockEnds) {
  const std::vector<size_t> sizes(10'000, 1'000);
  ReceiveWindow window;
  Receive(window, StreamOf(sizes), SIZE_MAX);
  EXPECT_LE(window.bytes_moved(), sizes.size() * 1'000 / 50);
}

TEST(ReceiveWindow, ABusyConnectionGetsALargeWindowAndAQuietOneASmall) {
  ReceiveWindow window;
  EXPECT_EQ(window.Room().size(), kWindowBytesMin);
  Receive(window, StreamOf(std::vector<size_t>(200, 1'000)), SIZE_MAX);
  EXPECT_GT(window.Room().size(), kWindowBytesMin);
  for (int i = 0; i < 100; ++i) Receive(window, StreamOf({100}), SIZE_MAX);
  EXPECT_LE(window.Room().size(), kWindowBytesMin);
}

// The slices of a peer in the same memory, frames cut where `cuts` says.
std::vector<std::string> AdoptAll(ReceiveWindow& window, std::string_view stream,
                                  const std::vector<size_t>& cuts) {
  std::vector<std::string> frames;
  for (size_t i = 0; !stream.empty(); ++i) {
    const size_t size = std::min(cuts[i % cuts.size()], stream.size());
    window.Adopt(Slice::CopyOf(stream.substr(0, size)));
    stream.remove_prefix(size);
    while (window.complete()) frames.emplace_back(window.TakeFrame().text());
  }
  return frames;
}

TEST(ReceiveWindow, AFrameInOneSliceOfThePeersStaysWhereItIs) {
  ReceiveWindow window;
  const std::string stream = StreamOf({100'000, 20});
  const Slice sent = Slice::CopyOf(stream);
  window.Adopt(sent);
  ASSERT_TRUE(window.complete());
  EXPECT_EQ(window.TakeFrame().data(), sent.data() + 4);
  ASSERT_TRUE(window.complete());
  EXPECT_EQ(window.TakeFrame().data(), sent.data() + 4 + 100'000 + 4);
  EXPECT_TRUE(window.empty());
  EXPECT_EQ(window.bytes_moved(), 0u);
}

TEST(ReceiveWindow, FramesAcrossSlicesOfThePeersArePutTogether) {
  const std::vector<size_t> sizes{10, 200, 4096, 4097, 30'000, 11, 70'000, 3, 1, 0, 500};
  const std::string stream = StreamOf(sizes);
  const std::vector<std::vector<size_t>> all_cuts{
      {1}, {2, 3}, {7, 5000}, {1 << 20}, {64, 30'000, 9}};
  for (const std::vector<size_t>& cuts : all_cuts) {
    ReceiveWindow window;
    EXPECT_EQ(AdoptAll(window, stream, cuts), FramesOf(sizes)) << cuts.front();
    EXPECT_TRUE(window.empty());
  }
}

TEST(ReceiveWindow, BytesOfThePeersAreNotWrittenTo) {
  ReceiveWindow window;
  const std::string first = StreamOf({300});
  const Slice sent = Slice::CopyOf(first.substr(0, 200));
  window.Adopt(sent);
  window.Adopt(Slice::CopyOf(first.substr(200)));
  EXPECT_EQ(window.TakeFrame().text(), std::string(300, 'a'));
  EXPECT_EQ(sent.text(), first.substr(0, 200));
}

}  // namespace
}  // namespace penstock
