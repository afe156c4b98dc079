#include "replication/high_watermark_watch.h"

namespace penstock {

void HighWatermarkWatchers::Progress(int64_t bytes) {
  RunQueue still_waiting;
  while (!watches_.empty()) {
    auto& watch = static_cast<HighWatermarkWatch&>(watches_.PopFront());
    watch.waiter().Progress(bytes);
    if (!watch.waiter().satisfied()) still_waiting.PushBack(watch);
  }
  while (!still_waiting.empty()) watches_.PushBack(still_waiting.PopFront());
}

void HighWatermarkWatchers::InterruptAll() {
  while (!watches_.empty()) watches_.PopFront().Run();
}

int64_t BatchSizes::TakeBelow(Offset high_watermark) {
  int64_t bytes = 0;
  while (!above_.empty() && above_.front().end_offset <= high_watermark) {
    bytes += above_.front().bytes;
    above_.pop_front();
  }
  return bytes;
}

}  // namespace penstock
