// Structured log lines: `2026-11-21T14:00:00.123Z INFO broker listening kafka=127.0.0.1:9092`.
// A Logger is passed down by whoever builds the objects; there is no global one, and no clock in
// here.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/btree_map.h"
#include "base/ids.h"
#include "base/status.h"
#include "base/strong_int.h"

namespace penstock {

enum class LogLevel : uint8_t { kDebug, kInfo, kWarn, kError };
std::string_view NameOf(LogLevel level);

// Where lines go. The program writes them to stderr, tests and the simulator keep them.
class LogSink {
 public:
  virtual ~LogSink() = default;
  // One line without its end. Called on whatever thread logs; an implementation that is shared
  // between threads takes care of that itself. Must not block for long.
  virtual void Write(std::string_view line) = 0;
};

// "kafka=127.0.0.1:9092": a value with spaces, quotes or control characters is quoted when printed.
struct LogField {
  LogField(std::string_view name, std::string_view text) : key(name), value(text) {}
  LogField(std::string_view name, const char* text) : key(name), value(text) {}
  LogField(std::string_view name, const std::string& text) : key(name), value(text) {}
  LogField(std::string_view name, bool yes) : key(name), value(yes ? "true" : "false") {}
  LogField(std::string_view name, const Status& status)
      : key(name), value(status.ok() ? "OK" : MessageOf(status)) {}
  template <std::integral T>
  LogField(std::string_view name, T number) : key(name), value(std::to_string(number)) {}
  template <class Tag, class Rep>
  LogField(std::string_view name, StrongInt<Tag, Rep> number)
      : key(name), value(std::to_string(number.value())) {}

  std::string_view key;
  std::string value;
};
using LogFields = std::initializer_list<LogField>;

// "2026-11-21T14:00:00.123Z".
std::string FormatUtc(TimestampMs at);

// "At most once per second per cause": counts what it holds back. One per module that needs it,
// used on one thread.
class LogLimiter {
 public:
  static constexpr int64_t kIntervalMs = 1000;
  // Causes that are remembered; those beyond share one budget, so that input cannot make it grow.
  static constexpr size_t kCausesMax = 256;

  struct Verdict {
    bool admitted = false;
    uint64_t suppressed = 0;  // lines of this cause held back since the last one admitted
  };
  Verdict Admit(std::string_view cause, TimestampMs now);

 private:
  struct Cause {
    TimestampMs last{0};
    uint64_t suppressed = 0;
  };
  Cause* Find(std::string_view cause, TimestampMs now);

  BTreeMap<std::string, Cause> causes_;
  Cause others_;
  bool others_seen_ = false;
};

// What all Loggers of a node share. Outlives them. The clock may be called on any thread that logs.
struct LogOutput {
  LogSink& sink;
  std::function<TimestampMs()> clock;
  LogLevel level_min = LogLevel::kInfo;
};

// A value: copy it freely, one per module. `output` must outlive every copy.
class Logger {
 public:
  Logger(const LogOutput& output, std::string_view module) : output_(&output), module_(module) {}

  // The same output under another module's name.
  Logger For(std::string_view module) const { return Logger(*output_, module); }
  bool Enabled(LogLevel level) const { return level >= output_->level_min; }

  void Log(LogLevel level, std::string_view message, LogFields fields = {}) const;
  void Debug(std::string_view message, LogFields fields = {}) const;
  void Info(std::string_view message, LogFields fields = {}) const;
  void Warn(std::string_view message, LogFields fields = {}) const;
  void Error(std::string_view message, LogFields fields = {}) const;

  // The same if `limiter` admits `cause` now; `suppressed=N` is added where lines were held back.
  void LogLimited(LogLimiter& limiter, std::string_view cause, LogLevel level,
                  std::string_view message, LogFields fields = {}) const;

 private:
  void Print(LogLevel level, std::string_view message, LogFields fields, uint64_t suppressed,
             TimestampMs now) const;

  const LogOutput* output_;
  std::string module_;
};

}  // namespace penstock
