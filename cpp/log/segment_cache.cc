#include "log/segment_cache.h"

#include "base/check.h"
#include "log/segment.h"

namespace penstock {

void SegmentCache::Touch(Segment& segment) {
  if (segment.cached_) {
    segments_.splice(segments_.begin(), segments_, segment.cache_position_);
    index_bytes_ -= segment.cached_index_bytes_;
  } else {
    segments_.push_front(&segment);
    segment.cached_ = true;
    segment.cache_position_ = segments_.begin();
  }
  const size_t bytes = segment.loaded_index_ == nullptr ? 0 : segment.loaded_index_->bytes().size();
  segment.cached_index_bytes_ = bytes;
  index_bytes_ += bytes;
  // The one that is in use stays whatever it takes.
  while (segments_.size() > 1 &&
         (segments_.size() > open_segments_max_ || index_bytes_ > index_bytes_max_)) {
    segments_.back()->Release();
  }
}

void SegmentCache::Forget(Segment& segment) {
  if (!segment.cached_) return;
  segment.cached_ = false;
  index_bytes_ -= segment.cached_index_bytes_;
  segment.cached_index_bytes_ = 0;
  segments_.erase(segment.cache_position_);
}

}  // namespace penstock
