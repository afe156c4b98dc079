// Which names a topic may have, and which of them would share their metrics' names.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace penstock {

inline constexpr size_t kTopicNameBytesMax = 249;

// INVALID_TOPIC_EXCEPTION, in Kafka's words.
Status CheckTopicName(std::string_view name);

// Names with '.' or '_' collide when they differ in these characters only.
bool HasCollisionCharacters(std::string_view name);
std::string UnifyCollisionCharacters(std::string_view name);

}  // namespace penstock
