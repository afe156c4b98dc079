// A directory as its bytes, to see that nothing in it was touched.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/strings.h"
#include "log/small_file.h"
#include "runtime/files.h"

namespace penstock {

inline constexpr uint64_t kContentBytesMax = uint64_t{1} << 30;

// Path -> content, for everything below `directory`; of directories the path ends with '/'. The
// lock says who holds it and is left out.
inline Task<std::map<std::string, std::string>> ContentBelow(Files& files, std::string directory) {
  std::map<std::string, std::string> content;
  const auto names = co_await files.List(directory);
  EXPECT_TRUE(names.ok()) << names.status();
  if (!names.ok()) co_return content;
  for (const std::string& name : *names) {
    if (name == ".lock") continue;
    const std::string path = StrCat(directory, "/", name);
    const auto info = co_await files.Describe(path);
    EXPECT_TRUE(info.ok()) << info.status();
    if (info.ok() && info->directory) {
      content.emplace(path + "/", "");
      const auto below = co_await ContentBelow(files, path);
      content.insert(below.begin(), below.end());
      continue;
    }
    const auto bytes = co_await ReadWholeFile(files, path, kContentBytesMax);
    EXPECT_TRUE(bytes.ok()) << bytes.status();
    if (bytes.ok()) content.emplace(path, bytes->text());
  }
  co_return content;
}

// Writes `bytes` at `position`, or behind the end of the file, which is made if it is missing.
inline constexpr uint64_t kBehindTheEnd = ~uint64_t{0};
inline Task<Status> WriteInto(Files& files, std::string path, uint64_t position, Slice bytes) {
  OpenOptions options;
  options.create = true;
  CO_ASSIGN_OR_RETURN(std::unique_ptr<File> file, co_await files.Open(path, options));
  CO_ASSIGN_OR_RETURN(const uint64_t size, co_await file->Size());
  SliceChain data(std::move(bytes));
  const uint64_t at = position == kBehindTheEnd ? size : position;
  CO_RETURN_IF_ERROR(co_await file->WriteAt(at, std::move(data)));
  co_return co_await file->Sync();
}

}  // namespace penstock
