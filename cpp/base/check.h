// Assertions that stay on in production: what must be true of our own code. Never for input from
// network or disk.
#pragma once

namespace penstock {

// Prints the message and ends the process. In a simulated run the handler is replaced, so that a
// failed CHECK names its seed. Set before any thread starts.
using CheckFailureHandler = void (*)(const char* file, int line, const char* condition);
void SetCheckFailureHandler(CheckFailureHandler handler);

[[noreturn]] void CheckFailed(const char* file, int line, const char* condition);

}  // namespace penstock

#define CHECK(condition)                             \
  (__builtin_expect(static_cast<bool>(condition), 1) \
       ? (void)0                                     \
       : ::penstock::CheckFailed(__FILE__, __LINE__, #condition))
