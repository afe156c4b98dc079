// Which segments have an open file or an index in memory: the least recently used ones are closed
// when there are too many. Whoever is using a file at that moment keeps it open until it is done.
#pragma once

#include <cstddef>
#include <list>

namespace penstock {

class Segment;

class SegmentCache {
 public:
  SegmentCache(size_t open_segments_max, size_t index_bytes_max)
      : open_segments_max_(open_segments_max), index_bytes_max_(index_bytes_max) {}
  SegmentCache(const SegmentCache&) = delete;
  SegmentCache& operator=(const SegmentCache&) = delete;

  // `segment` was used just now: it opened its file or loaded an index of `index_bytes`.
  void Touch(Segment& segment);
  // The segment keeps nothing any more, or dies.
  void Forget(Segment& segment);

  size_t open_segments() const { return segments_.size(); }
  size_t index_bytes() const { return index_bytes_; }

 private:
  friend class Segment;

  size_t open_segments_max_;
  size_t index_bytes_max_;
  size_t index_bytes_ = 0;
  std::list<Segment*> segments_;  // most recently used first
};

}  // namespace penstock
