#include "client/fetched_batch.h"

#include "base/check.h"
#include "base/strings.h"

namespace penstock {

std::string NameOf(const TopicPartitionName& partition) {
  return StrCat(partition.topic, "-", partition.partition);
}

BatchView FetchedBatch::view() const {
  const StatusOr<BatchView> view = BatchView::Parse(bytes.span());
  CHECK(view.ok());
  return *view;
}

}  // namespace penstock
