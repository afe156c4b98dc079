#include "log/segment.h"

#include <utility>

#include "base/check.h"
#include "log/checkpoint_format.h"
#include "log/small_file.h"

namespace penstock {

Segment::Segment(SegmentCache& cache, std::string directory, Offset base_offset)
    : cache_(cache), directory_(std::move(directory)), base_offset_(base_offset) {
  max_timestamp.offset = base_offset;
}

Segment::~Segment() { cache_.Forget(*this); }

std::string Segment::LogPath() const {
  return StrCat(directory_, '/', log_files::NameOf(base_offset_, log_files::kLogSuffix));
}
std::string Segment::IndexPath() const {
  return StrCat(directory_, '/', log_files::NameOf(base_offset_, log_files::kIndexSuffix));
}
std::string Segment::TimeIndexPath() const {
  return StrCat(directory_, '/', log_files::NameOf(base_offset_, log_files::kTimeIndexSuffix));
}
std::string Segment::SnapshotPath() const {
  return StrCat(directory_, '/', log_files::NameOf(base_offset_, log_files::kSnapshotSuffix));
}

void Segment::Account(const BatchView& batch, Offset base_offset, int32_t index_interval_bytes) {
  CHECK(is_active());
  const Offset last_offset = base_offset + batch.last_offset_delta();
  if (size == 0) first_timestamp = batch.max_timestamp();
  if (batch.max_timestamp() > max_timestamp.timestamp) {
    max_timestamp = {.timestamp = batch.max_timestamp(), .offset = last_offset};
  }
  // Tested before the batch is counted: an entry points at the first batch that begins more than an
  // interval after the last entry.
  if (bytes_since_index_entry > index_interval_bytes) {
    offset_index_->Append(last_offset, size);
    time_index_->MaybeAppend(max_timestamp);
    bytes_since_index_entry = 0;
  }
  size += static_cast<int64_t>(batch.size_in_bytes());
  bytes_since_index_entry += static_cast<int64_t>(batch.size_in_bytes());
}

Task<StatusOr<std::shared_ptr<File>>> Segment::OpenFile(Files& files) {
  if (file_ == nullptr) {
    OpenOptions options;
    auto opened = co_await files.Open(LogPath(), options);
    if (!opened.ok()) co_return opened.status();
    // Somebody else may have opened it meanwhile.
    if (file_ == nullptr) file_ = *std::move(opened);
  }
  std::shared_ptr<File> file = file_;
  cache_.Touch(*this);
  co_return file;
}

Task<StatusOr<std::shared_ptr<const OffsetIndex>>> Segment::LoadOffsetIndex(Files& files) {
  if (loaded_index_ == nullptr) {
    constexpr uint64_t kIndexBytesMax = uint64_t{1} << 31;
    const std::string path = IndexPath();
    auto bytes = co_await ReadWholeFile(files, path, kIndexBytesMax);
    if (bytes.status().code() == StatusCode::kNotFound) {
      co_return DataLoss(StrCat(path, " is missing"));
    }
    if (!bytes.ok()) co_return bytes.status();
    auto index = std::make_shared<OffsetIndex>(
        OffsetIndex::FromBytes(base_offset_, bytes->span(), written_size));
    if (index->bytes().size() != bytes->size()) {
      co_return DataLoss(StrCat(path, " has entries that are not valid"));
    }
    loaded_index_ = std::move(index);
  }
  std::shared_ptr<const OffsetIndex> index = loaded_index_;
  cache_.Touch(*this);
  co_return index;
}

void Segment::Release() {
  cache_.Forget(*this);
  file_.reset();
  loaded_index_.reset();
}

void Segment::Activate(OffsetIndex offset_index, TimeIndex time_index) {
  loaded_index_.reset();
  offset_index_ = std::make_unique<OffsetIndex>(std::move(offset_index));
  time_index_ = std::make_unique<TimeIndex>(std::move(time_index));
}

void Segment::Deactivate() {
  CHECK(is_active());
  loaded_index_ = std::shared_ptr<OffsetIndex>(std::move(offset_index_));
  time_index_.reset();
  cache_.Touch(*this);
}

}  // namespace penstock
