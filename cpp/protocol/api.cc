#include "protocol/api.h"

namespace penstock {
namespace {

constexpr ApiInfo kApis[] = {
#define API(key, name, min, max, flexible, broker, controller, route, forwarded, unstable) \
  {ApiKey::k##name, #name,           {min, max}, flexible, broker,                         \
   controller,      ApiRoute::route, forwarded,  unstable},
#include "protocol/api_table.inc"
#undef API
};

}  // namespace

std::span<const ApiInfo> AllApis() { return kApis; }

const ApiInfo* FindApi(int16_t key) {
  size_t low = 0;
  size_t high = std::size(kApis);
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (static_cast<int16_t>(kApis[middle].key) < key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < std::size(kApis) && static_cast<int16_t>(kApis[low].key) == key ? &kApis[low]
                                                                               : nullptr;
}

}  // namespace penstock
