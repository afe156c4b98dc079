#include "client/backoff.h"

#include <algorithm>

#include "base/check.h"

namespace penstock {

Duration Backoff::After(int failures, Random& random) const {
  CHECK(failures >= 1);
  Duration wait = std::min(first, max);
  for (int i = 1; i < failures && wait < max; ++i) wait = wait > max / 2 ? max : wait * 2;
  const auto fifth = static_cast<uint64_t>((wait / 5).count());
  const Duration moved = wait - wait / 5 + Duration(random.Below(2 * fifth + 1));
  return std::min(moved, max);
}

}  // namespace penstock
