#include "client/offset_reset.h"

#include <algorithm>
#include <cctype>
#include <string>

#include "base/strings.h"
#include "client/admin_types.h"

namespace penstock {
namespace {

constexpr std::string_view kByDurationPrefix = "by_duration:";
constexpr int64_t kSecondsMax = int64_t{100} * 365 * 24 * 60 * 60;
constexpr size_t kFractionDigitsMax = 9;

// Takes the parts of a duration off the front of a text, largest unit first.
class DurationReader {
 public:
  explicit DurationReader(std::string_view text) : rest_(text) {}

  bool empty() const { return rest_.empty(); }
  bool failed() const { return failed_; }
  bool found_any() const { return found_any_; }
  Duration sum() const { return std::chrono::seconds(seconds_) + std::chrono::nanoseconds(nanos_); }

  bool Take(char letter) {
    if (rest_.empty() || std::toupper(static_cast<unsigned char>(rest_.front())) != letter) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }
  // -1 after a minus, else 1.
  int64_t TakeSign() {
    if (Take('-')) return -1;
    Take('+');
    return 1;
  }
  // A number with this unit, if that is what comes next.
  void TakePart(char unit, int64_t seconds_each) {
    DurationReader ahead = *this;
    const int64_t sign = ahead.TakeSign();
    const std::string_view digits = ahead.TakeDigits();
    if (digits.empty()) return;
    std::string_view fraction;
    if (unit == 'S' && (ahead.Take('.') || ahead.Take(','))) fraction = ahead.TakeDigits();
    if (!ahead.Take(unit)) return;
    *this = ahead;
    found_any_ = true;
    const auto number = ParseInt64(digits);
    if (!number.has_value() || *number > kSecondsMax / seconds_each ||
        fraction.size() > kFractionDigitsMax) {
      failed_ = true;
      return;
    }
    seconds_ += sign * *number * seconds_each;
    std::string nanos(fraction);
    nanos.resize(kFractionDigitsMax, '0');
    nanos_ += sign * ParseInt64(nanos).value_or(0);
  }

 private:
  std::string_view TakeDigits() {
    size_t count = 0;
    while (count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9') ++count;
    const std::string_view digits = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return digits;
  }

  std::string_view rest_;
  int64_t seconds_ = 0;  // of at most four parts, each of at most kSecondsMax
  int64_t nanos_ = 0;
  bool found_any_ = false;
  bool failed_ = false;
};

}  // namespace

StatusOr<Duration> ParseIsoDuration(std::string_view text) {
  DurationReader reader(text);
  const int64_t sign = reader.TakeSign();
  bool well_formed = reader.Take('P');
  reader.TakePart('D', 24 * 60 * 60);
  if (reader.Take('T')) {
    well_formed = well_formed && !reader.empty();
    reader.TakePart('H', 60 * 60);
    reader.TakePart('M', 60);
    reader.TakePart('S', 1);
  }
  if (!well_formed || !reader.found_any() || !reader.empty()) {
    return InvalidArgument(StrCat("'", text, "' is no duration of the form PnDTnHnMn.nS"));
  }
  const bool too_long = reader.failed() || reader.sum() > std::chrono::seconds(kSecondsMax) ||
                        reader.sum() < -std::chrono::seconds(kSecondsMax);
  if (too_long) return InvalidArgument(StrCat("the duration ", text, " is too long"));
  return sign * reader.sum();
}

StatusOr<OffsetReset> OffsetReset::Parse(std::string_view text) {
  if (text == "earliest") return OffsetReset{.kind = Kind::kEarliest};
  if (text == "latest") return OffsetReset{.kind = Kind::kLatest};
  if (text == "none") return OffsetReset{.kind = Kind::kNone};
  if (!text.starts_with(kByDurationPrefix)) {
    return InvalidArgument(StrCat("unknown auto offset reset strategy: ", text));
  }
  ASSIGN_OR_RETURN(const Duration age, ParseIsoDuration(text.substr(kByDurationPrefix.size())));
  if (age < Duration(0)) return InvalidArgument("the duration is negative");
  return OffsetReset{.kind = Kind::kByDuration, .age = age};
}

std::optional<TimestampMs> OffsetReset::Target(TimestampMs now) const {
  switch (kind) {
    case Kind::kEarliest:
      return kEarliestOffset;
    case Kind::kLatest:
      return kLatestOffset;
    case Kind::kNone:
      return std::nullopt;
    case Kind::kByDuration:
      break;
  }
  return TimestampMs(std::max<int64_t>(now.value() - InMilliseconds(age), 0));
}

}  // namespace penstock
