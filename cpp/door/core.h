// The core as the door sees it, and the public headers. They have types of the same names, as in
// Producer: in this module the plain name is the public one, and core:: says that of the core.
//
// Sources of the door include this and nothing else of ours, for the names of the core must have
// been read before the public ones are known.
#pragma once

#include "base/ids.h"
#include "base/status.h"
#include "base/strings.h"
#include "base/time.h"
#include "client/admin.h"
#include "client/client_config.h"
#include "config/config_def.h"
#include "embed/engine.h"
#include "embed/node_core.h"
#include "embed/parcel.h"
#include "embed/shared_consumer.h"
#include "embed/shared_producer.h"
#include "embed/signal.h"
#include "record/record_iterator.h"
#include "record/record_view.h"
#include "runtime/network.h"

namespace penstock::core {

using penstock::Admin;
using penstock::AdminOptions;
using penstock::ClusterDescription;
using penstock::ConfigEntry;
using penstock::NewTopic;
using penstock::RecordMetadata;
using penstock::TopicDescription;

}  // namespace penstock::core

#include <penstock/penstock.hpp>

namespace penstock {
inline namespace v0 {

// `status` must not be OK.
Error ErrorOf(const Status& status);
// The same, where there is nothing to give.
Result<void> ResultOf(const Status& status);

ConfigMap MapOf(const Configs& configs);
// Not below zero; nothing: no limit.
std::optional<Duration> LimitOf(Timeout timeout);
// As a Duration with which a point of time can be reckoned.
Duration DurationOf(Timeout timeout);

TopicPartitionName NameOf(const TopicPartition& partition);
std::vector<TopicPartitionName> NamesOf(const std::vector<TopicPartition>& partitions);

inline TimestampMs MillisecondsOf(Timestamp timestamp) {
  return TimestampMs(timestamp.time_since_epoch().count());
}
inline Timestamp TimestampOf(TimestampMs milliseconds) {
  return Timestamp(std::chrono::milliseconds(milliseconds.value()));
}
// The bytes of a text, null for nothing.
inline RecordBytes BytesOf(const std::optional<std::string_view>& text) {
  if (!text.has_value()) return std::nullopt;
  return AsBytes(*text);
}

// A limit of time from now on.
class TimeLimit {
 public:
  explicit TimeLimit(std::optional<Duration> limit);
  // Nothing: no limit. Not below zero.
  std::optional<Duration> left() const;

 private:
  std::optional<int64_t> at_ns_;
};

// True once the waiter was told, false at the deadline. Signal handlers do not end it.
bool WaitFor(Waiter& waiter, const TimeLimit& deadline);

}  // namespace v0
}  // namespace penstock
