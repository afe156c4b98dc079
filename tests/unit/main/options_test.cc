#include "main/options.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <vector>

namespace penstock {
namespace {

using Parsed = StatusOr<std::variant<ProgramOptions, ProgramText>>;

Parsed Parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "penstockd");
  return ParseProgramOptions(static_cast<int>(arguments.size()), arguments.data());
}

ProgramOptions OptionsOf(std::vector<const char*> arguments) {
  Parsed parsed = Parse(std::move(arguments));
  EXPECT_TRUE(parsed.ok()) << MessageOf(parsed.status());
  if (!parsed.ok() || !std::holds_alternative<ProgramOptions>(*parsed)) return ProgramOptions();
  return std::get<ProgramOptions>(*std::move(parsed));
}

std::string ErrorOf(std::vector<const char*> arguments) {
  const Parsed parsed = Parse(std::move(arguments));
  EXPECT_FALSE(parsed.ok());
  return std::string(MessageOf(parsed.status()));
}

TEST(Options, ADirectoryIsEnough) {
  const ProgramOptions options = OptionsOf({"data"});
  EXPECT_EQ(options.broker.directory, "data");
  EXPECT_TRUE(options.broker.kafka.empty());
  EXPECT_FALSE(options.broker.http.has_value());
  EXPECT_FALSE(options.broker.insecure);
  EXPECT_EQ(options.log_level, LogLevel::kInfo);
}

TEST(Options, AddressesAndAssignmentsRepeat) {
  const ProgramOptions options =
      OptionsOf({"--kafka", "127.0.0.1:1", "--kafka", "[::1]:2", "--http", "localhost:3", "-X",
                 "num.partitions=4", "-X", "num.partitions=5", "-X", "log.retention.ms=6", "data",
                 "--log-level", "debug", "--insecure"});
  EXPECT_EQ(options.broker.directory, "data");
  ASSERT_EQ(options.broker.kafka.size(), 2u);
  EXPECT_EQ(options.broker.kafka[0], (Address{"127.0.0.1", 1}));
  EXPECT_EQ(options.broker.kafka[1], (Address{"::1", 2}));
  EXPECT_EQ(options.broker.http, (Address{"localhost", 3}));
  EXPECT_EQ(options.broker.config.at("num.partitions"), "5");
  EXPECT_EQ(options.broker.config.at("log.retention.ms"), "6");
  EXPECT_TRUE(options.broker.insecure);
  EXPECT_EQ(options.log_level, LogLevel::kDebug);
}

TEST(Options, TheCommandLineWinsOverTheFile) {
  const std::filesystem::path file =
      std::filesystem::path(::testing::TempDir()) / "options_test.properties";
  std::ofstream(file) << "num.partitions=2\nlog.retention.ms=7\n";
  const ProgramOptions options =
      OptionsOf({"data", "-X", "num.partitions=3", "--config", file.c_str()});
  EXPECT_EQ(options.broker.config.at("num.partitions"), "3");
  EXPECT_EQ(options.broker.config.at("log.retention.ms"), "7");
  std::ofstream(file) << "num.partitions=2\n\nnum.partition=7\n";
  EXPECT_NE(ErrorOf({"data", "--config", file.c_str()}).find("options_test.properties:3"),
            std::string::npos);
  std::filesystem::remove(file);
  EXPECT_NE(ErrorOf({"data", "--config", file.c_str()}).find("cannot be read"), std::string::npos);
}

TEST(Options, HelpAndVersionAreTexts) {
  const Parsed help = Parse({"--help"});
  ASSERT_TRUE(help.ok());
  EXPECT_NE(std::get<ProgramText>(*help).text.find("--kafka"), std::string::npos);
  const Parsed version = Parse({"--version"});
  ASSERT_TRUE(version.ok());
  EXPECT_EQ(std::get<ProgramText>(*version).text, "penstockd " PENSTOCK_VERSION "\n");
}

TEST(Options, MistakesAreNamed) {
  EXPECT_NE(ErrorOf({}).find("DIR"), std::string::npos);
  EXPECT_NE(ErrorOf({""}).find("DIR is empty"), std::string::npos);
  EXPECT_NE(ErrorOf({"data", "--config", "/"}).find("a directory"), std::string::npos);
  EXPECT_NE(ErrorOf({"data", "--kafak", "x"}).find("--kafak"), std::string::npos);
  EXPECT_NE(ErrorOf({"data", "--kafka", "nowhere"}).find("--kafka"), std::string::npos);
  EXPECT_NE(ErrorOf({"data", "--http", "127.0.0.1:70000"}).find("70000"), std::string::npos);
  EXPECT_NE(ErrorOf({"data", "-X", "num.partitions"}).find("key=value"), std::string::npos);
  EXPECT_NE(ErrorOf({"data", "-X", "num.partitions=-3"}).find("num.partitions"), std::string::npos);
  EXPECT_NE(ErrorOf({"data", "--log-level", "loud"}).find("loud"), std::string::npos);
}

}  // namespace
}  // namespace penstock
