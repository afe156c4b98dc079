// The producer ids that this broker may hand out: a block at a time from the metadata log.
#pragma once

#include <cstdint>

#include "base/ids.h"
#include "base/status.h"
#include "metadata/metadata_node.h"
#include "runtime/executor.h"
#include "runtime/semaphore.h"
#include "runtime/task.h"

namespace penstock {

class ProducerIds {
 public:
  // Both outlive it.
  ProducerIds(Executor& executor, MetadataNode& metadata)
      : metadata_(metadata), block_lock_(executor, 1) {}

  // An id that nobody has been given before, also not before a crash: the rest of a block that was
  // not used up is lost with the process. The error of the metadata log where it cannot give one.
  Task<StatusOr<ProducerId>> Next();

 private:
  ProducerId Take();

  MetadataNode& metadata_;
  ProducerId next_{0};
  int64_t left_ = 0;
  Semaphore block_lock_;  // of one unit: one request for a block at a time
};

}  // namespace penstock
