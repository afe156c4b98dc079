// The broker as the program of a simulated machine.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "broker/broker.h"
#include "runtime/event.h"
#include "runtime/task.h"
#include "tests/sim/harness/subject.h"

namespace penstock::sim {

// Keeps the last lines of a log.
class LastLines final : public LogSink {
 public:
  void Write(std::string_view line) override {
    if (lines_.size() == kLinesMax) lines_.pop_front();
    lines_.emplace_back(line);
  }
  std::vector<std::string> lines() const { return {lines_.begin(), lines_.end()}; }

 private:
  static constexpr size_t kLinesMax = 60;
  std::deque<std::string> lines_;
};

class BrokerSubject final : public Subject {
 public:
  BrokerSubject(SimNode& machine, ConfigMap config)
      : machine_(machine),
        config_(std::move(config)),
        output_{log_, [&machine] { return machine.WallNow(); }, LogLevel::kInfo} {}

  SimNode::Program NextStart() override;
  bool serving() const override { return serving_; }
  void Stop() override { stop_->Set(); }
  const std::string& failure() const override { return failure_; }
  std::vector<std::string> log_lines() const override { return log_.lines(); }

 private:
  Task<> Serve(Runtime& runtime);

  SimNode& machine_;
  const ConfigMap config_;
  LastLines log_;
  const LogOutput output_;
  bool serving_ = false;
  std::optional<Event> stop_;
  std::string failure_;
};

std::unique_ptr<Subject> MakeBrokerSubject(SimNode& machine);

}  // namespace penstock::sim
