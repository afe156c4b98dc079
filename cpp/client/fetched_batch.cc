#include "client/fetched_batch.h"

#include "base/check.h"

namespace penstock {

BatchView FetchedBatch::view() const {
  const StatusOr<BatchView> view = BatchView::Parse(bytes.span());
  CHECK(view.ok());
  return *view;
}

}  // namespace penstock
