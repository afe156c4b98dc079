#include "log/batch_reader.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"

namespace penstock {

BatchReader::BatchReader(std::shared_ptr<File> file, int64_t position, int64_t end,
                         size_t chunk_bytes)
    : file_(std::move(file)),
      position_(position),
      end_(end),
      chunk_bytes_(chunk_bytes),
      batch_position_(position),
      buffer_position_(position) {}

std::optional<BatchView> BatchReader::Next() {
  if (done()) return std::nullopt;
  const std::span<const uint8_t> rest =
      buffer_.span().subspan(static_cast<size_t>(position_ - buffer_position_));
  const size_t left_in_file = static_cast<size_t>(end_ - position_);
  if (rest.size() < batch_format::kLogOverhead) {
    wanted_bytes_ = batch_format::kLogOverhead;
    if (left_in_file < wanted_bytes_)
      problem_ = DataLoss("the last batch is cut off in its header");
    return std::nullopt;
  }
  const StatusOr<size_t> size = BatchSizeInBytes(rest);
  if (!size.ok()) {
    problem_ = size.status();
    return std::nullopt;
  }
  if (*size > left_in_file) {
    problem_ = DataLoss(StrCat("a batch of ", *size, " bytes has only ", left_in_file, " left"));
    return std::nullopt;
  }
  if (*size > rest.size()) {
    wanted_bytes_ = *size;
    return std::nullopt;
  }
  const StatusOr<BatchView> batch = BatchView::Parse(rest);
  if (!batch.ok()) {
    problem_ = batch.status();
    return std::nullopt;
  }
  batch_position_ = position_;
  position_ += static_cast<int64_t>(*size);
  return *batch;
}

Task<Status> BatchReader::Refill() {
  if (done()) co_return OkStatus();
  const size_t left = static_cast<size_t>(end_ - position_);
  const size_t size = std::min(left, std::max(chunk_bytes_, wanted_bytes_));
  const uint64_t position = static_cast<uint64_t>(position_);
  CO_ASSIGN_OR_RETURN(buffer_, co_await file_->ReadAt(position, size));
  buffer_position_ = position_;
  bytes_read_ += static_cast<int64_t>(buffer_.size());
  if (buffer_.size() < size) {
    problem_ = DataLoss(StrCat("the file ends ", size - buffer_.size(), " bytes too early"));
  }
  co_return OkStatus();
}

bool BatchReader::NextBeginsIn(Offset first, Offset last) const {
  if (done()) return false;
  const std::span<const uint8_t> rest =
      buffer_.span().subspan(static_cast<size_t>(position_ - buffer_position_));
  if (rest.size() < batch_format::kHeaderSize) return false;
  const Offset base_offset(LoadBig<int64_t>(rest.data() + batch_format::kBaseOffsetAt));
  return base_offset >= first && base_offset <= last && BatchSizeInBytes(rest).ok() &&
         static_cast<int8_t>(rest[batch_format::kMagicAt]) == batch_format::kMagic;
}

}  // namespace penstock
