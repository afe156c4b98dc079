#include "bindings/wait.h"

#include <algorithm>
#include <cmath>
#include <ctime>

namespace penstock {

namespace {

int64_t NowNs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// A year: as good as no limit, and a point in time can be reckoned with it.
constexpr double kLongestSeconds = 365.0 * 86400.0;

}  // namespace

Deadline::Deadline(std::optional<double> seconds) {
  if (!seconds.has_value() || std::isnan(*seconds) || *seconds > kLongestSeconds) return;
  at_ns_ = NowNs() + static_cast<int64_t>(std::max(*seconds, 0.0) * 1e9);
}

std::optional<Duration> Deadline::left() const {
  if (!at_ns_.has_value()) return std::nullopt;
  return Duration(std::max<int64_t>(*at_ns_ - NowNs(), 0));
}

// A signal that arrives between the last look at signals and the wait does not end the wait: its
// handler has run by then. So the first waits are short, and the signal is seen behind them; once a
// thread sleeps, a signal wakes it.
bool WaitFor(Waiter& waiter, const Deadline& deadline) {
  constexpr int kShortWaits = 2;
  constexpr Duration kShort = Milliseconds(20);
  for (int waits = 0;; ++waits) {
    const std::optional<Duration> left = deadline.left();
    const bool cut = waits < kShortWaits && (!left.has_value() || *left > kShort);
    Waiter::End end;
    {
      const pybind11::gil_scoped_release released;
      end = waiter.Wait(cut ? std::optional(kShort) : left);
    }
    if (end == Waiter::End::kTold) return true;
    if (PyErr_CheckSignals() != 0) throw pybind11::error_already_set();
    if (end == Waiter::End::kTimeout && !cut) return false;
  }
}

}  // namespace penstock
