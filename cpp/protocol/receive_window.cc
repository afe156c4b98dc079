#include "protocol/receive_window.h"

#include <algorithm>
#include <cstring>

#include "base/endian.h"

namespace penstock {

namespace {
constexpr size_t kPrefixBytes = sizeof(int32_t);
}  // namespace

std::optional<int32_t> ReceiveWindow::next_length() const {
  if (end_ - begin_ < kPrefixBytes) return std::nullopt;
  return LoadBig<int32_t>(block_.data() + begin_);
}

bool ReceiveWindow::complete() const {
  const std::optional<int32_t> length = next_length();
  return length.has_value() && end_ - begin_ - kPrefixBytes >= static_cast<size_t>(*length);
}

size_t ReceiveWindow::received_of_next() const {
  const std::optional<int32_t> length = next_length();
  if (!length.has_value()) return 0;
  return std::min(end_ - begin_ - kPrefixBytes, static_cast<size_t>(*length));
}

Slice ReceiveWindow::TakeFrame() {
  CHECK(complete());
  const size_t length = static_cast<size_t>(*next_length());
  Slice frame = block_.Sub(begin_ + kPrefixBytes, length);
  begin_ += kPrefixBytes + length;
  expects_large_ = length > kOwnBlockBytes;
  return frame;
}

// A large frame is never received together with payload of the one after it: what lies behind its
// end but the next prefix would have to move when the block is full.
Slice ReceiveWindow::Room() {
  const std::optional<int32_t> length = next_length();
  size_t room_end = 0;
  if (!length.has_value()) {
    MakeRoomFor(kPrefixBytes);
    room_end = expects_large_ ? begin_ + kPrefixBytes : block_.size();
  } else if (static_cast<size_t>(*length) <= kOwnBlockBytes) {
    MakeRoomFor(kPrefixBytes + static_cast<size_t>(*length));
    room_end = block_.size();
  } else {
    const size_t bytes = kPrefixBytes + static_cast<size_t>(*length) + kPrefixBytes;
    if (block_.size() - begin_ < bytes) {
      MoveTo(bytes);
      own_block_ = true;
    }
    room_end = begin_ + bytes;
  }
  Slice room = block_.Sub(end_, room_end - end_);
  CHECK(!room.empty());
  room_bytes_ = room.size();
  return room;
}

void ReceiveWindow::Commit(size_t size) {
  CHECK(size <= room_bytes_);
  end_ += size;
  if (own_block_ || expects_large_) return;
  if (size == room_bytes_) {
    window_bytes_ = kWindowBytesMax;
    quiet_reads_ = 0;
  } else if (size > kWindowBytesMin) {
    quiet_reads_ = 0;
  } else if (++quiet_reads_ >= kQuietReadsMax) {
    window_bytes_ = kWindowBytesMin;
    quiet_reads_ = 0;
  }
}

void ReceiveWindow::Adopt(Slice bytes) {
  if (empty()) {
    begin_ = 0;
    end_ = bytes.size();
    block_ = std::move(bytes);
    own_block_ = true;
    return;
  }
  if (block_.size() - end_ < bytes.size()) {  // never room in a block that was adopted: it is full
    const size_t frame_bytes = kPrefixBytes + static_cast<size_t>(next_length().value_or(0));
    MoveTo(std::max(frame_bytes, end_ - begin_ + bytes.size()));
    own_block_ = true;
  }
  std::memcpy(block_.mutable_data() + end_, bytes.data(), bytes.size());
  end_ += bytes.size();
}

void ReceiveWindow::MakeRoomFor(size_t frame_bytes) {
  if (empty() && block_.size() == window_bytes_ && block_.unique()) {
    begin_ = end_ = 0;
    return;
  }
  const bool wrong_block = own_block_ || (empty() && block_.size() != window_bytes_);
  if (wrong_block || block_.size() - begin_ < frame_bytes || block_.size() == end_) {
    MoveTo(window_bytes_);
    own_block_ = false;
  }
}

void ReceiveWindow::MoveTo(size_t block_bytes) {
  const size_t received = end_ - begin_;
  CHECK(received < block_bytes);
  Slice block = Slice::Allocate(block_bytes);
  if (received > 0) std::memcpy(block.mutable_data(), block_.data() + begin_, received);
  if (received > kPrefixBytes) bytes_moved_ += received - kPrefixBytes;
  block_ = std::move(block);
  begin_ = 0;
  end_ = received;
}

}  // namespace penstock
