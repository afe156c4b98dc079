// The command line of penstockd. What it takes is the same for every program that runs a node.
#pragma once

#include <string>
#include <variant>

#include "base/log.h"
#include "base/status.h"
#include "broker/broker.h"

namespace penstock {

struct ProgramOptions {
  BrokerOptions broker;
  LogLevel log_level = LogLevel::kInfo;
};

// The program has nothing to run: it prints `text` and ends.
struct ProgramText {
  std::string text;  // of --help or --version
};

// An error is one line that says what was wrong.
StatusOr<std::variant<ProgramOptions, ProgramText>> ParseProgramOptions(int argc,
                                                                        const char* const* argv);

}  // namespace penstock
