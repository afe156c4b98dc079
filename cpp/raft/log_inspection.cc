#include "raft/log_inspection.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "log/batch_reader.h"
#include "log/checkpoint_format.h"
#include "raft/quorum.h"
#include "raft/quorum_state.h"
#include "raft/snapshot_store.h"

namespace penstock {
namespace {

class Inspection {
 public:
  Inspection(Files& files, LogInspectionOptions options, RaftBatchSink sink)
      : files_(files), options_(std::move(options)), sink_(std::move(sink)) {}

  Task<Status> Run() {
    const std::string directory = options_.directory;
    StatusOr<std::vector<std::string>> names = co_await files_.List(directory);
    if (names.status().code() == StatusCode::kNotFound) names = std::vector<std::string>();
    if (!names.ok()) co_return names.status();
    std::optional<ElectionState> election;
    if (!names->empty()) {
      CO_ASSIGN_OR_RETURN(election, co_await ReadElectionState(files_, directory));
      CO_RETURN_IF_ERROR(co_await TakeSnapshot());
    }
    std::vector<Offset> bases;
    for (const std::string& name : *names) {
      const std::optional<Offset> base = log_files::OffsetOf(name, log_files::kLogSuffix);
      if (base.has_value()) bases.push_back(*base);
    }
    CO_RETURN_IF_ERROR(CheckBeginning(bases));
    CO_RETURN_IF_ERROR(co_await TakeSegments(std::move(bases)));
    co_return Quorum::Start(state_.StartOf(options_.self, election, end_)).status();
  }

 private:
  Task<Status> TakeSnapshot() {
    SnapshotStore snapshots(files_, options_.directory);
    CO_ASSIGN_OR_RETURN(const std::vector<SnapshotId> found, co_await snapshots.Find());
    if (found.empty()) co_return OkStatus();
    const SnapshotId id = found.back();
    CO_ASSIGN_OR_RETURN(SnapshotContent content, co_await snapshots.Read(id));
    const Status taken = state_.TakeSnapshot(id, std::move(content), sink_);
    snapshot_end_ = id.end_offset;
    co_return Annotate(taken, StrCat(options_.directory, "/", id.FileName()));
  }

  Status CheckBeginning(const std::vector<Offset>& bases) const {
    const Offset first = bases.empty() ? Offset(0) : bases.front();
    return CheckLogBeginning(options_.directory, std::max(first, options_.load.log_start_offset),
                             snapshot_end_);
  }

  // From the segment in which the snapshot ends to the first that is not whole.
  Task<Status> TakeSegments(std::vector<Offset> bases) {
    size_t first = 0;
    while (first + 1 < bases.size() && bases[first + 1] <= snapshot_end_) ++first;
    end_ = first < bases.size() ? bases[first] : snapshot_end_;
    torn_ = false;
    for (size_t i = first; i < bases.size() && !torn_; ++i) {
      const std::string path =
          StrCat(options_.directory, "/", log_files::NameOf(bases[i], log_files::kLogSuffix));
      if (bases[i] != end_) {
        CO_RETURN_IF_ERROR(Torn(path, StrCat("the log goes on at offset ", end_)));
        break;
      }
      CO_RETURN_IF_ERROR(co_await TakeSegment(path));
    }
    end_ = std::max(end_, snapshot_end_);
    co_return OkStatus();
  }

  Task<Status> TakeSegment(std::string path) {
    OpenOptions read_only;
    read_only.writable = false;
    CO_ASSIGN_OR_RETURN(std::shared_ptr<File> file, co_await files_.Open(path, read_only));
    CO_ASSIGN_OR_RETURN(const uint64_t size, co_await file->Size());
    BatchReader reader(std::move(file), 0, static_cast<int64_t>(size));
    while (!reader.done()) {
      const std::optional<BatchView> batch = reader.Next();
      if (!batch.has_value()) {
        CO_RETURN_IF_ERROR(co_await reader.Refill());
        continue;
      }
      if (!batch->CrcMatches()) co_return Torn(path, "the checksum of a batch does not match");
      if (batch->base_offset() != end_ || batch->last_offset_delta() < 0) {
        co_return Torn(path, StrCat("a batch has the offset ", batch->base_offset()));
      }
      end_ = batch->next_offset();
      if (end_ <= snapshot_end_) continue;
      const Status taken = state_.TakeBatch(*batch, sink_);
      if (!taken.ok()) co_return Annotate(taken, options_.directory);
    }
    if (!reader.problem().ok()) co_return Torn(path, MessageOf(reader.problem()));
    co_return OkStatus();
  }

  // Only what was never synced may be torn.
  Status Torn(std::string_view path, std::string_view why) {
    torn_ = true;
    const LoadOptions& load = options_.load;
    if (!load.clean_shutdown && load.recovery_point <= std::max(end_, snapshot_end_)) {
      return OkStatus();
    }
    return DataLoss(StrCat(path, ": broken behind offset ", end_, ", where it was durable: ", why));
  }

  Files& files_;
  const LogInspectionOptions options_;
  const RaftBatchSink sink_;
  RaftLogState state_;
  Offset snapshot_end_{0};
  Offset end_{0};
  bool torn_ = false;
};

}  // namespace

Status CheckLogBeginning(std::string_view directory, Offset log_start_offset, Offset snapshot_end) {
  if (log_start_offset <= snapshot_end) return OkStatus();
  return DataLoss(StrCat(directory, ": the log begins at offset ", log_start_offset,
                         ", but no snapshot reaches up to it"));
}

Task<Status> InspectMetadataLog(Files& files, LogInspectionOptions options, RaftBatchSink sink) {
  Inspection inspection(files, std::move(options), std::move(sink));
  co_return co_await inspection.Run();
}

}  // namespace penstock
