// The worlds on which every port is tried, and what the suites share.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "runtime/linux/linux_world.h"
#include "runtime/sim/memory_disk.h"
#include "runtime/sim/memory_files.h"
#include "runtime/sim/memory_network.h"
#include "runtime/sim/sim_world.h"

namespace penstock {

class WorldUnderTest {
 public:
  virtual ~WorldUnderTest() = default;
  virtual Runtime& runtime() = 0;
  virtual Files& files() { return runtime().files; }
  virtual Network& network() { return runtime().network; }
  virtual void Run(Task<> story) = 0;
  // An empty directory of the test.
  virtual std::string directory() = 0;
};

class LinuxUnderTest final : public WorldUnderTest {
 public:
  LinuxUnderTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "penstock-conformance-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
  }
  ~LinuxUnderTest() override { std::filesystem::remove_all(directory_); }
  Runtime& runtime() override { return world_.runtime(); }
  void Run(Task<> story) override { world_.Run(std::move(story)); }
  std::string directory() override { return directory_; }

 private:
  std::string directory_;
  LinuxWorld world_;
};

class SimUnderTest : public WorldUnderTest {
 public:
  Runtime& runtime() override { return world_.runtime(); }
  void Run(Task<> story) override { world_.Run(std::move(story)); }
  std::string directory() override { return "/"; }

 protected:
  SimWorld world_{1};
};

// Everything takes its time and travels in pieces, but nothing fails.
class SlowSimUnderTest final : public SimUnderTest {
 public:
  SlowSimUnderTest() {
    world_.network().faults() = {
        .delay_min = Microseconds(20), .delay_mean = Microseconds(300), .split_probability = 0.5};
    world_.driver().disk_faults().delay_mean = Microseconds(200);
  }
};

// Files and network in memory, as a node inside a program has them.
class MemoryUnderTest final : public SimUnderTest {
 public:
  Files& files() override { return files_; }
  Network& network() override { return network_; }

 private:
  MemoryDisk disk_;
  MemoryFiles files_{disk_, world_.runtime().clock};
  MemoryNetwork network_{world_.runtime().executor};
};

struct WorldKind {
  const char* name;
  std::function<std::unique_ptr<WorldUnderTest>()> make;
};

inline void PrintTo(const WorldKind& kind, std::ostream* out) { *out << kind.name; }

inline std::vector<WorldKind> AllWorlds() {
  return {{"linux", [] { return std::make_unique<LinuxUnderTest>(); }},
          {"sim", [] { return std::make_unique<SimUnderTest>(); }},
          {"slow_sim", [] { return std::make_unique<SlowSimUnderTest>(); }},
          {"memory", [] { return std::make_unique<MemoryUnderTest>(); }}};
}

class ConformanceTest : public testing::TestWithParam<WorldKind> {
 protected:
  ConformanceTest() : world(GetParam().make()) {}

  const std::unique_ptr<WorldUnderTest> world;
};

inline std::string NameOfWorld(const testing::TestParamInfo<WorldKind>& kind) {
  return kind.param.name;
}

}  // namespace penstock
