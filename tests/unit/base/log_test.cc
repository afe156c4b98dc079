#include "base/log.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace penstock {
namespace {

class KeepLines final : public LogSink {
 public:
  void Write(std::string_view line) override { lines.emplace_back(line); }
  std::vector<std::string> lines;
};

class LogTest : public testing::Test {
 protected:
  static constexpr int64_t kStart = 1795269600123;  // 2026-11-21T14:00:00.123Z
  KeepLines sink_;
  TimestampMs now_{kStart};
  LogOutput output_{.sink = sink_, .clock = [this] { return now_; }};
  Logger log_{output_, "broker"};
};

TEST_F(LogTest, ALineHasTimeLevelModuleMessageAndFields) {
  log_.Info("listening", {{"kafka", "127.0.0.1:9092"}, {"node", NodeId{1}}, {"ready", true}});
  ASSERT_EQ(sink_.lines.size(), 1u);
  EXPECT_EQ(
      sink_.lines[0],
      "2026-11-21T14:00:00.123Z INFO broker listening kafka=127.0.0.1:9092 node=1 ready=true");
}

TEST_F(LogTest, EveryModuleHasItsOwnName) {
  log_.For("log").Warn("slow sync", {{"ms", 120}});
  EXPECT_EQ(sink_.lines.at(0), "2026-11-21T14:00:00.123Z WARN log slow sync ms=120");
}

TEST_F(LogTest, AValueThatIsNotOneWordIsQuoted) {
  log_.Error("refused", {{"why", "no \"space\" left"}, {"empty", ""}, {"pair", "a=b"}});
  EXPECT_EQ(sink_.lines.at(0),
            "2026-11-21T14:00:00.123Z ERROR broker refused why=\"no \\\"space\\\" left\" "
            "empty=\"\" pair=\"a=b\"");
}

TEST_F(LogTest, AClientsTextCannotForgeALine) {
  log_.Info("bad\nmessage", {{"client", "x\r\n2026 INFO broker all is well\x01"}});
  EXPECT_EQ(sink_.lines.at(0),
            "2026-11-21T14:00:00.123Z INFO broker bad message "
            "client=\"x\\r\\n2026 INFO broker all is well\\x01\"");
}

TEST_F(LogTest, AStatusIsShownByItsMessage) {
  log_.Error("failed", {{"error", DataLoss("segment is torn")}, {"close", OkStatus()}});
  EXPECT_EQ(sink_.lines.at(0),
            "2026-11-21T14:00:00.123Z ERROR broker failed error=\"segment is torn\" close=OK");
}

TEST_F(LogTest, LinesBelowTheLevelAreNotWritten) {
  log_.Debug("detail");
  EXPECT_TRUE(sink_.lines.empty());
  output_.level_min = LogLevel::kDebug;
  log_.Debug("detail");
  EXPECT_EQ(sink_.lines.size(), 1u);
}

TEST_F(LogTest, OneCauseSpeaksOncePerSecondAndSaysWhatWasHeldBack) {
  LogLimiter limiter;
  for (int i = 0; i < 10; ++i) {
    log_.LogLimited(limiter, "corrupt", LogLevel::kWarn, "corrupt batch");
  }
  log_.LogLimited(limiter, "other", LogLevel::kWarn, "other trouble");
  now_ = TimestampMs{kStart + 999};
  log_.LogLimited(limiter, "corrupt", LogLevel::kWarn, "corrupt batch");
  now_ = TimestampMs{kStart + 1000};
  log_.LogLimited(limiter, "corrupt", LogLevel::kWarn, "corrupt batch", {{"topic", "t"}});
  ASSERT_EQ(sink_.lines.size(), 3u);
  EXPECT_EQ(sink_.lines[0], "2026-11-21T14:00:00.123Z WARN broker corrupt batch");
  EXPECT_EQ(sink_.lines[1], "2026-11-21T14:00:00.123Z WARN broker other trouble");
  EXPECT_EQ(sink_.lines[2],
            "2026-11-21T14:00:01.123Z WARN broker corrupt batch topic=t suppressed=10");
}

TEST(LogLimiterTest, AClockThatIsSetBackDoesNotSilence) {
  LogLimiter limiter;
  EXPECT_TRUE(limiter.Admit("cause", TimestampMs{5000}).admitted);
  EXPECT_TRUE(limiter.Admit("cause", TimestampMs{1000}).admitted);
}

TEST(LogLimiterTest, EndlessCausesShareOneBudgetUntilOthersAreQuiet) {
  LogLimiter limiter;
  int admitted = 0;
  for (int i = 0; i < 1000; ++i) {
    admitted += limiter.Admit(std::to_string(i), TimestampMs{5000}).admitted ? 1 : 0;
  }
  EXPECT_EQ(admitted, static_cast<int>(LogLimiter::kCausesMax) + 1);
  EXPECT_TRUE(limiter.Admit("new", TimestampMs{6000}).admitted);
  EXPECT_TRUE(limiter.Admit("newer", TimestampMs{6000}).admitted);
}

TEST(FormatUtcTest, KnowsLeapDaysAndTimesBefore1970) {
  EXPECT_EQ(FormatUtc(TimestampMs{0}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatUtc(TimestampMs{-1}), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(FormatUtc(TimestampMs{951782400000}), "2000-02-29T00:00:00.000Z");
  EXPECT_EQ(FormatUtc(TimestampMs{4107542399999}), "2100-02-28T23:59:59.999Z");
  EXPECT_EQ(FormatUtc(TimestampMs{4107542400000}), "2100-03-01T00:00:00.000Z");
  // The largest number that a record can carry still prints.
  EXPECT_FALSE(FormatUtc(TimestampMs{std::numeric_limits<int64_t>::max()}).empty());
}

}  // namespace
}  // namespace penstock
