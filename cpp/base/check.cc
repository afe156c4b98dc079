#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace penstock {
namespace {
CheckFailureHandler failure_handler = nullptr;
}  // namespace

void SetCheckFailureHandler(CheckFailureHandler handler) { failure_handler = handler; }

void CheckFailed(const char* file, int line, const char* condition) {
  if (failure_handler != nullptr) failure_handler(file, line, condition);
  std::fprintf(stderr, "CHECK failed at %s:%d: %s\n", file, line, condition);
  std::abort();
}

}  // namespace penstock
