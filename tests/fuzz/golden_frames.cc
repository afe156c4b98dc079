// Reads tests/protocol/golden.
#include "tests/fuzz/golden_frames.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "base/check.h"
#include "base/strings.h"

namespace penstock::fuzz {
namespace {

Bytes FromHex(std::string_view hex) {
  Bytes bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

void ReadFile(const std::filesystem::path& path, std::vector<GoldenFrame>& frames) {
  const std::string name = path.filename();
  const auto key = ParseInt32(name.substr(0, name.find('_')));
  CHECK(key.has_value());
  std::ifstream file(path);
  GoldenFrame frame{.api_key = static_cast<int16_t>(*key)};
  for (std::string line; std::getline(file, line);) {
    const size_t space = line.find(' ');
    if (space == std::string::npos) continue;
    const std::string word = line.substr(0, space);
    const std::string rest = line.substr(space + 1);
    if (word == "version") frame.version = static_cast<int16_t>(*ParseInt32(rest));
    if (word != "request" && word != "response") continue;
    frame.is_request = word == "request";
    frame.bytes = FromHex(rest);
    frames.push_back(frame);
  }
}

std::vector<GoldenFrame> ReadAll() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(PENSTOCK_GOLDEN)) {
    if (entry.path().extension() == ".txt") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<GoldenFrame> frames;
  for (const auto& path : paths) ReadFile(path, frames);
  CHECK(!frames.empty());
  return frames;
}

}  // namespace

const std::vector<GoldenFrame>& GoldenFrames() {
  static const std::vector<GoldenFrame> frames = ReadAll();
  return frames;
}

}  // namespace penstock::fuzz
