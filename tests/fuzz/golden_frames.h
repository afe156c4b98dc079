// The requests and responses of the golden vectors, as good inputs.
#pragma once

#include <string>
#include <vector>

#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {

struct GoldenFrame {
  bool is_request = false;
  int16_t api_key = 0;
  int16_t version = 0;
  Bytes bytes;  // header and body, without the length
};

// All of them, in the order of their files; at least one, or the tree is not complete (CHECK).
const std::vector<GoldenFrame>& GoldenFrames();

}  // namespace penstock::fuzz
