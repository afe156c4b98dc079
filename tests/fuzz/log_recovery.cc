// A log directory after a crash and with damage that no crash makes: it opens or refuses to, and
// whatever can be read was once written, in order.
// Input: damages of 5 bytes each: kind, file, position (2), value.
#include <map>
#include <memory>
#include <optional>

#include "base/check.h"
#include "base/log.h"
#include "base/strings.h"
#include "log/log_manager.h"
#include "record/batch_builder.h"
#include "record/record_iterator.h"
#include "runtime/sim/sim_world.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/input.h"

namespace penstock::fuzz {
namespace {

constexpr char kDirectory[] = "/data";
constexpr int kBatches = 24;
constexpr int kRecordsPerBatch = 3;

using FileMap = std::map<std::string, std::string>;  // by path

class NoLog final : public LogSink {
 public:
  void Write(std::string_view) override {}
};

// One machine with one log directory.
class LogHost {
 public:
  LogHost() : output_{sink_, [] { return TimestampMs(0); }, LogLevel::kError} { MakeManager(); }
  // A crash: nothing is written any more.
  ~LogHost() { world_.Run(manager_->Abandon()); }

  SimWorld& world() { return world_; }
  Files& files() { return world_.runtime().files; }
  LogManager& manager() { return *manager_; }

 private:
  void MakeManager() {
    Runtime& runtime = world_.runtime();
    LogManagerOptions options;
    options.directory = kDirectory;
    manager_.emplace(LogPorts{runtime.clock, runtime.executor, runtime.timers, runtime.files,
                              runtime.random, Logger(output_, "log")},
                     options);
  }

  SimWorld world_{1};
  NoLog sink_;
  LogOutput output_;
  std::optional<LogManager> manager_;
};

std::shared_ptr<const TopicConfig> Config() {
  auto config = std::make_shared<TopicConfig>();
  config->segment_bytes = 700;
  config->index_interval_bytes = 100;
  return config;
}

TopicPartition Rivers() { return {.topic = "rivers", .partition = PartitionId(0)}; }

Slice MakeBatch(int number) {
  BatchOptions options;
  options.compression = Compression::Of(static_cast<Codec>(number % 5));
  options.producer_id = ProducerId(7);
  options.producer_epoch = ProducerEpoch(0);
  options.base_sequence = Sequence(number * kRecordsPerBatch);
  BatchBuilder builder(options);
  for (int i = 0; i < kRecordsPerBatch; ++i) {
    const std::string value = StrCat(number * kRecordsPerBatch + i);
    NewRecord record;
    record.timestamp = TimestampMs(1'767'225'600'000 + number);
    record.value = AsBytes(value);
    builder.Append(record);
  }
  auto batch = builder.Build();
  CHECK(batch.ok());
  return *std::move(batch);
}

Task<Status> WriteWhole(Files& files, std::string path, std::string text) {
  OpenOptions options{.create = true};
  CO_ASSIGN_OR_RETURN(std::unique_ptr<File> file, co_await files.Open(std::move(path), options));
  SliceChain data(Slice::CopyOf(text));
  co_return co_await file->WriteAt(0, std::move(data));
}

Task<StatusOr<std::string>> ReadWhole(Files& files, std::string path) {
  OpenOptions options{.writable = false};
  CO_ASSIGN_OR_RETURN(std::unique_ptr<File> file, co_await files.Open(std::move(path), options));
  CO_ASSIGN_OR_RETURN(const uint64_t size, co_await file->Size());
  CO_ASSIGN_OR_RETURN(const Slice bytes, co_await file->ReadAt(0, size));
  co_return std::string(bytes.text());
}

void Collect(LogHost& host, const std::string& path, FileMap& files) {
  const auto names = host.world().Run(host.files().List(path));
  CHECK(names.ok());
  for (const std::string& name : *names) {
    const std::string inside = StrCat(path, "/", name);
    const auto info = host.world().Run(host.files().Describe(inside));
    CHECK(info.ok());
    if (info->directory) {
      Collect(host, inside, files);
    } else {
      files[inside] = *host.world().Run(ReadWhole(host.files(), inside));
    }
  }
}

// What a running broker has on its disk.
FileMap MakeDirectory() {
  LogHost host;
  SimWorld& world = host.world();
  CHECK(world.Run(host.files().CreateDirectory(kDirectory)).ok());
  CHECK(world.Run(host.manager().Start()).ok());
  const Uuid id = *Uuid::FromRandomBits(1, 2);
  Log* log = *world.Run(host.manager().Create(Rivers(), id, Config()));
  for (int number = 0; number < kBatches; ++number) {
    AppendOptions options{.leader_epoch = LeaderEpoch(number / 10)};
    CHECK(log->Append(MakeBatch(number), options).ok());
    CHECK(world.Run(log->Flush()).ok());
  }
  FileMap files;
  Collect(host, kDirectory, files);
  return files;
}

void Damage(Input& input, FileMap& files) {
  const uint8_t kind = input.TakeByte();
  const size_t which = input.TakeByte() % files.size();
  const uint16_t position = input.TakeShort();
  const uint8_t value = input.TakeByte();
  auto file = std::next(files.begin(), static_cast<ptrdiff_t>(which));
  std::string& bytes = file->second;
  const size_t at = bytes.empty() ? 0 : position % bytes.size();
  switch (kind % 6) {
    case 0:
      if (!bytes.empty()) bytes[at] = static_cast<char>(value);
      break;
    case 1:
      bytes.resize(at);
      break;
    case 2:
      bytes.append(value, static_cast<char>(position));
      break;
    case 3:
      for (size_t i = at; i < bytes.size() && i < at + value; ++i) bytes[i] = 0;
      break;
    case 4:
      bytes.insert(at, 1, static_cast<char>(value));
      break;
    default:
      if (files.size() > 1) files.erase(file);
  }
}

// Every record from the log's start on; ends at what cannot be read.
void CheckContent(SimWorld& world, Log& log) {
  int64_t last_number = -1;
  Offset from = log.log_start_offset();
  RecordScratch scratch;
  while (from < log.log_end_offset()) {
    ReadOptions options{.bytes_max = 300};
    const auto read = world.Run(log.Read(from, options));
    if (!read.ok() || read->records.empty()) return;
    CHECK(read->next_offset > from);
    const Slice bytes = read->records.Flatten();
    for (size_t at = 0; at < bytes.size();) {
      const auto batch = BatchView::Parse(bytes.span().subspan(at));
      CHECK(batch.ok());
      CHECK(batch->CrcMatches());
      at += batch->size_in_bytes();
      RecordIterator records(*batch, scratch);
      RecordView record;
      while (records.Next(record)) {
        const auto number = ParseInt64(AsText(*record.value));
        CHECK(number.has_value());
        CHECK(*number > last_number);
        last_number = *number;
      }
      CHECK(records.status().ok());
    }
    from = read->next_offset;
  }
}

}  // namespace

void RunLogRecovery(std::span<const uint8_t> bytes) {
  static const FileMap whole = MakeDirectory();
  FileMap files = whole;
  for (Input input(bytes); !input.empty();) Damage(input, files);

  LogHost host;
  SimWorld& world = host.world();
  CHECK(world.Run(host.files().CreateDirectory(StrCat(kDirectory, "/rivers-0"))).ok());
  for (const auto& [path, text] : files) {
    CHECK(world.Run(WriteWhole(host.files(), path, text)).ok());
  }
  if (!world.Run(host.manager().Start()).ok()) return;
  const auto opened = world.Run(host.manager().Open(Rivers(), Config()));
  if (!opened.ok()) return;
  Log& log = **opened;
  CHECK(log.log_start_offset() <= log.log_end_offset());
  CheckContent(world, log);
  // It goes on from there: with the next sequence, or without when the state of producers is gone.
  const Offset end = log.log_end_offset();
  BatchBuilder builder(BatchOptions{});
  NewRecord record;
  record.timestamp = TimestampMs(1'767'225'700'000);
  record.value = AsBytes("1000000");
  builder.Append(record);
  const auto batch = builder.Build();
  CHECK(batch.ok());
  AppendOptions options{.leader_epoch = LeaderEpoch(9)};
  const auto appended = log.Append(*batch, options);
  CHECK(appended.ok());
  CHECK(appended->base_offset == end);
  const Status flushed = world.Run(log.Flush());
  CHECK(flushed.ok());
  const auto read = world.Run(log.Read(end, ReadOptions{}));
  CHECK(read.ok());
  CHECK(read->next_offset == end + 1);
}

Corpus LogRecoveryCorpus() {
  // One damage of each kind in each file, and nothing at all.
  Corpus corpus{{}};
  for (uint8_t kind = 0; kind < 6; ++kind) {
    for (uint8_t file = 0; file < 20; ++file) {
      corpus.push_back({kind, file, 0, static_cast<uint8_t>(7 * file + 3), 200});
    }
  }
  return corpus;
}

}  // namespace penstock::fuzz
