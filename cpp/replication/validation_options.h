// What a topic's configs ask of the batches that clients produce to it.
#pragma once

#include "base/ids.h"
#include "config/topic_config.h"
#include "record/validator.h"

namespace penstock {

ValidationOptions ValidationOptionsOf(const TopicConfig& config, TimestampMs now);

}  // namespace penstock
