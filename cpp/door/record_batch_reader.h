// Makes the RecordBatch of what a consumer has fetched.
#pragma once

#include <memory>

#include "door/core.h"

namespace penstock {
inline namespace v0 {

class RecordBatchReader {
 public:
  // INVALID_RECORD and others of RecordIterator: the records cannot be read.
  static Result<RecordBatch> Read(std::shared_ptr<const HeldBatch> held);
};

}  // namespace v0
}  // namespace penstock
