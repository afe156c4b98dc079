#include "main/options.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "config/broker_config.h"

namespace penstock {

namespace {

struct Arguments {
  std::string directory;
  std::vector<std::string> kafka;
  std::string http;
  std::string config_file;
  std::vector<std::string> assignments;
  std::string log_level = "info";
  bool insecure = false;
};

void Declare(CLI::App& app, Arguments& arguments) {
  app.add_option("DIR", arguments.directory, "Data directory; made and formatted if it is missing")
      ->required();
  app.add_option("--kafka", arguments.kafka,
                 "Serve Kafka clients at HOST:PORT; port 0 picks a free one; repeat for more "
                 "addresses (default: the config 'listeners', which is 127.0.0.1:9092)")
      ->type_name("HOST:PORT")
      ->allow_extra_args(false);
  app.add_option("--http", arguments.http, "Serve /metrics, /healthz and /readyz at HOST:PORT")
      ->type_name("HOST:PORT");
  app.add_option("--config", arguments.config_file, "A Kafka-style .properties file")
      ->type_name("FILE");
  app.add_option("-X", arguments.assignments, "Set a config; wins over --config; repeat for more")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  app.add_option("--log-level", arguments.log_level, "debug, info, warn or error")
      ->type_name("LEVEL");
  app.add_flag("--insecure", arguments.insecure,
               "Listen also where other machines can connect, without TLS and authentication");
  app.set_version_flag("--version", "penstockd " PENSTOCK_VERSION);
}

StatusOr<Address> ParseAddress(std::string_view option, const std::string& text) {
  StatusOr<Address> address = Address::Parse(text);
  if (!address.ok()) return Annotate(address.status(), option);
  return address;
}

Status ReadConfigFile(const std::string& name, ConfigMap& config) {
  std::error_code ignored;  // what cannot be looked at cannot be opened either
  if (std::filesystem::is_directory(name, ignored)) {
    return InvalidArgument(StrCat("--config ", name, ": a directory; name a .properties file"));
  }
  std::ifstream file(name);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file) {
    return NotFound(StrCat("--config ", name, ": the file cannot be read (check path and mode)"));
  }
  return AddConfigFile(name, text.str(), config);
}

StatusOr<LogLevel> ParseLogLevel(std::string_view text) {
  if (text == "debug") return LogLevel::kDebug;
  if (text == "info") return LogLevel::kInfo;
  if (text == "warn") return LogLevel::kWarn;
  if (text == "error") return LogLevel::kError;
  return InvalidArgument(StrCat("--log-level ", text, ": there are debug, info, warn and error"));
}

StatusOr<ProgramOptions> Convert(const Arguments& arguments) {
  ProgramOptions options;
  if (arguments.directory.empty()) return InvalidArgument("DIR is empty; name a data directory");
  options.broker.directory = arguments.directory;
  options.broker.insecure = arguments.insecure;
  for (const std::string& text : arguments.kafka) {
    ASSIGN_OR_RETURN(Address address, ParseAddress("--kafka", text));
    options.broker.kafka.push_back(std::move(address));
  }
  if (!arguments.http.empty()) {
    ASSIGN_OR_RETURN(options.broker.http, ParseAddress("--http", arguments.http));
  }
  if (!arguments.config_file.empty()) {
    RETURN_IF_ERROR(ReadConfigFile(arguments.config_file, options.broker.config));
  }
  for (const std::string& assignment : arguments.assignments) {
    RETURN_IF_ERROR(AddConfigAssignment(assignment, options.broker.config));
  }
  ASSIGN_OR_RETURN(options.log_level, ParseLogLevel(arguments.log_level));
  return options;
}

}  // namespace

// The parser reports by exceptions; they end here.
StatusOr<std::variant<ProgramOptions, ProgramText>> ParseProgramOptions(int argc,
                                                                        const char* const* argv) {
  CLI::App app("A Kafka-compatible broker.", "penstockd");
  Arguments arguments;
  Declare(app, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return ProgramText{app.help()};
  } catch (const CLI::CallForVersion& version) {
    return ProgramText{StrCat(version.what(), '\n')};
  } catch (const CLI::ParseError& error) {
    return InvalidArgument(StrCat(error.what(), " (penstockd --help shows the options)"));
  }
  ASSIGN_OR_RETURN(ProgramOptions options, Convert(arguments));
  return options;
}

}  // namespace penstock
