// Producer ids [first, first + count).
#pragma once

#include <cstdint>

#include "base/ids.h"

namespace penstock {

struct ProducerIdBlock {
  static constexpr int64_t kSize = 1000;
  ProducerId first{0};
  int64_t count = kSize;
};

}  // namespace penstock
