// The bytes that a connection has received and not yet taken as frames. A frame is a slice of the
// block that it came in; nothing is copied but the beginning of a small frame that a block has no
// room for. Pure: the connection does the reading.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/slice.h"

namespace penstock {

// The window of a quiet connection, and of one that fills it.
inline constexpr size_t kWindowBytesMin = 8 << 10;
inline constexpr size_t kWindowBytesMax = 64 << 10;
// Frames above this are received into a block of their own, so that their payload is not moved.
inline constexpr size_t kOwnBlockBytes = 4 << 10;

class ReceiveWindow {
 public:
  // The length that the next frame announces, as soon as its four bytes are there. Any number:
  // whoever reads it checks it before going on.
  std::optional<int32_t> next_length() const;
  // The bytes after the length prefix that are already there; at most next_length().
  size_t received_of_next() const;
  // The first bytes of the next frame with its prefix, as many as are there.
  std::span<const uint8_t> next_bytes() const { return {block_.data() + begin_, end_ - begin_}; }

  // True if the next frame is complete. Its length must have been found good.
  bool complete() const;
  // The next frame without its prefix; only if complete().
  Slice TakeFrame();

  // Where to read to: never empty. The length of the next frame, where it is known, must have been
  // found good: a large one gets its block here. After a Read of n bytes call Commit(n).
  Slice Room();
  void Commit(size_t size);
  // Bytes of the peer's memory, in the place of a Room and its Commit; not empty. A frame that lies
  // in one slice stays there, one that spans several is put together. The length of the next frame,
  // where it is known, must have been found good.
  void Adopt(Slice bytes);

  // True if nothing of a further frame has been received.
  bool empty() const { return begin_ == end_; }
  // Payload that was moved to another block, since the beginning.
  uint64_t bytes_moved() const { return bytes_moved_; }

 private:
  // Reads that left most of a large window empty, after which it becomes small again.
  static constexpr int kQuietReadsMax = 64;

  // A new block with what has been received of the next frame in front.
  void MoveTo(size_t block_bytes);
  // Makes the window ready for a prefix or for a small frame of `frame_bytes` with prefix.
  void MakeRoomFor(size_t frame_bytes);

  Slice block_;
  size_t begin_ = 0;  // of the next frame
  size_t end_ = 0;    // of what has been received
  size_t window_bytes_ = kWindowBytesMin;
  size_t room_bytes_ = 0;       // of the last Room()
  int quiet_reads_ = 0;         // in a row
  bool own_block_ = false;      // block_ was made for one large frame, or is of the peer's memory
  bool expects_large_ = false;  // the last frame was large: read only a prefix first
  uint64_t bytes_moved_ = 0;
};

}  // namespace penstock
