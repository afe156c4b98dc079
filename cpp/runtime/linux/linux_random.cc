#include "runtime/linux/linux_random.h"

#include <sys/random.h>

#include <cerrno>
#include <utility>

#include "base/check.h"

namespace penstock {

uint64_t LinuxRandom::NextSecret() {
  if (left_ == 0) {
    ssize_t bytes = -1;
    do {
      bytes = ::getrandom(secrets_.data(), sizeof secrets_, 0);
    } while (bytes < 0 && errno == EINTR);
    CHECK(bytes == static_cast<ssize_t>(sizeof secrets_));  // never short up to 256 bytes
    left_ = secrets_.size();
  }
  return std::exchange(secrets_[--left_], 0);
}

}  // namespace penstock
