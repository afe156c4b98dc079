// From a frame to its answer: header, version, handler, response, metrics. What happens to every
// request happens here, once; what is particular to an API is in its handler.
#pragma once

#include <optional>
#include <string>

#include "base/slice.h"
#include "base/status.h"
#include "broker/handler_table.h"
#include "broker/request_context.h"
#include "broker/request_metrics.h"
#include "runtime/clock.h"
#include "runtime/task.h"

namespace penstock {

class Faults;

struct PipelineOptions {
  // Offers the newest version of an API also where Kafka calls it unstable
  // (unstable.api.versions.enable).
  bool unstable_versions = false;
  // What is to go wrong; null: nothing is. Outlives the pipeline.
  Faults* faults = nullptr;
};

class Pipeline {
 public:
  // All outlive it.
  Pipeline(const HandlerTable& handlers, const Clock& clock, RequestMetrics& metrics,
           PipelineOptions options)
      : handlers_(handlers), clock_(clock), metrics_(metrics), options_(options) {}

  // The response frame to the request in `frame` (without its length), empty if none is to be sent.
  // Fills the header facts of `context`, which outlives the Task. An error means that the stream of
  // the connection is not to be trusted, or that it must end: its message is the cause.
  Task<StatusOr<SliceChain>> Answer(RequestContext& context, Slice frame);

 private:
  StatusOr<SliceChain> RefuseVersion(const RequestContext& context) const;
  // The answer of a broker that could not do what was asked.
  StatusOr<SliceChain> Refuse(const HandlerRow& row, RequestContext& context, WireReader& reader,
                              ErrorCode code) const;

  const HandlerTable& handlers_;
  const Clock& clock_;
  RequestMetrics& metrics_;
  const PipelineOptions options_;
};

// The newest version of a row that is served.
int16_t NewestVersion(const HandlerRow& row, bool unstable_versions);

}  // namespace penstock
