#include "base/log.h"

#include <cstdio>
#include <utility>

namespace penstock {
namespace {

bool NeedsQuotes(std::string_view value) {
  if (value.empty()) return true;
  for (const char c : value) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f) {
      return true;
    }
  }
  return false;
}

// Control characters never reach the sink raw: a client's text must not forge a line of its own.
void AppendEscaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '"':
      case '\\':
        out += '\\';
        out += c;
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) {
          char hex[8];
          std::snprintf(hex, sizeof hex, "\\x%02x", static_cast<unsigned char>(c));
          out += hex;
        } else {
          out += c;
        }
    }
  }
}

void AppendField(std::string& out, std::string_view key, std::string_view value) {
  out += ' ';
  out += key;
  out += '=';
  if (NeedsQuotes(value)) {
    out += '"';
    AppendEscaped(out, value);
    out += '"';
  } else {
    out += value;
  }
}

void AppendMessage(std::string& out, std::string_view message) {
  for (const char c : message) out += static_cast<unsigned char>(c) < ' ' || c == 0x7f ? ' ' : c;
}

struct Date {
  int64_t year;
  int month;
  int day;
};

// Days since 1970-01-01 to the Gregorian date, by counting in eras of 400 years from 1 March.
Date DateOf(int64_t days) {
  days += 719468;
  const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const int64_t day_of_era = days - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  const int month =
      static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

}  // namespace

std::string_view NameOf(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "DEBUG";
    case LogLevel::kInfo:
      return "INFO";
    case LogLevel::kWarn:
      return "WARN";
    case LogLevel::kError:
      return "ERROR";
  }
  return "UNKNOWN";
}

std::string FormatUtc(TimestampMs at) {
  constexpr int64_t kDayMs = 86400000;
  int64_t days = at.value() / kDayMs;
  int64_t ms = at.value() % kDayMs;
  if (ms < 0) {
    ms += kDayMs;
    days -= 1;
  }
  const Date date = DateOf(days);
  char text[64];
  std::snprintf(text, sizeof text, "%04lld-%02d-%02dT%02d:%02d:%02d.%03dZ",
                static_cast<long long>(date.year), date.month, date.day,
                static_cast<int>(ms / 3600000), static_cast<int>(ms / 60000 % 60),
                static_cast<int>(ms / 1000 % 60), static_cast<int>(ms % 1000));
  return text;
}

LogLimiter::Cause* LogLimiter::Find(std::string_view cause, TimestampMs now) {
  if (const auto known = causes_.find(cause); known != causes_.end()) return &known->second;
  if (causes_.size() >= kCausesMax) {
    // Causes that are quiet again and owe no count can be forgotten; their order does not show.
    absl::erase_if(causes_, [now](const auto& entry) {
      return entry.second.suppressed == 0 && now.value() - entry.second.last.value() >= kIntervalMs;
    });
  }
  if (causes_.size() >= kCausesMax) return nullptr;
  Cause fresh;
  fresh.last = TimestampMs{now.value() - kIntervalMs};
  return &causes_.emplace(std::string(cause), fresh).first->second;
}

LogLimiter::Verdict LogLimiter::Admit(std::string_view cause, TimestampMs now) {
  Cause* entry = Find(cause, now);
  if (entry == nullptr) {
    entry = &others_;
    if (!others_seen_) entry->last = TimestampMs{now.value() - kIntervalMs};
    others_seen_ = true;
  }
  const int64_t since = now.value() - entry->last.value();
  // A clock that was set back must not silence a cause until it catches up.
  if (since >= 0 && since < kIntervalMs) {
    ++entry->suppressed;
    return {};
  }
  entry->last = now;
  return {.admitted = true, .suppressed = std::exchange(entry->suppressed, 0)};
}

void Logger::Print(LogLevel level, std::string_view message, LogFields fields, uint64_t suppressed,
                   TimestampMs now) const {
  std::string line = FormatUtc(now);
  line += ' ';
  line += NameOf(level);
  line += ' ';
  line += module_;
  line += ' ';
  AppendMessage(line, message);
  for (const LogField& field : fields) AppendField(line, field.key, field.value);
  if (suppressed > 0) AppendField(line, "suppressed", std::to_string(suppressed));
  output_->sink.Write(line);
}

void Logger::Log(LogLevel level, std::string_view message, LogFields fields) const {
  if (Enabled(level)) Print(level, message, fields, 0, output_->clock());
}
void Logger::Debug(std::string_view message, LogFields fields) const {
  Log(LogLevel::kDebug, message, fields);
}
void Logger::Info(std::string_view message, LogFields fields) const {
  Log(LogLevel::kInfo, message, fields);
}
void Logger::Warn(std::string_view message, LogFields fields) const {
  Log(LogLevel::kWarn, message, fields);
}
void Logger::Error(std::string_view message, LogFields fields) const {
  Log(LogLevel::kError, message, fields);
}

void Logger::LogLimited(LogLimiter& limiter, std::string_view cause, LogLevel level,
                        std::string_view message, LogFields fields) const {
  if (!Enabled(level)) return;
  const TimestampMs now = output_->clock();
  const LogLimiter::Verdict verdict = limiter.Admit(cause, now);
  if (verdict.admitted) Print(level, message, fields, verdict.suppressed, now);
}

}  // namespace penstock
