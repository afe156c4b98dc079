// Runs a state machine over a log: requests are handled one after the other, their records are
// appended and replayed at once, their answers wait until the records are committed. There is one
// way to change the state, Replay, used for live records and for those of the log alike.
//
// A machine is a class with
//   using Record = ...;
//   static EncodedRecord Encode(const Record&);
//   static StatusOr<Record> Decode(const EncodedRecord&);
//   Status Replay(const Record&, Offset);            // one record; an error means that log and
//   code do not fit void EndBatch(const BatchPosition&);             // all records of the batch
//   have been replayed void Commit(Offset end);                         // everything below is
//   committed: tell the world
// Its handlers are functions of the machine that return MachineResult and change nothing.
//
// Thread: everything on one shard.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/check.h"
#include "machine/commit_queue.h"
#include "machine/partition_writer.h"
#include "runtime/executor.h"

namespace penstock {

template <class Record, class Response>
struct MachineResult {
  std::vector<Record> records;  // one batch: all or nothing; may be empty
  Response response;
};

template <class Machine>
class MachineRuntime final : private CommitListener, private LoadSink {
 public:
  using Record = typename Machine::Record;
  using Factory = std::function<std::unique_ptr<Machine>()>;
  template <class Response>
  using Handler = std::function<MachineResult<Record, Response>(const Machine&)>;

  // An answer with the offset that must be committed before it may leave.
  template <class Response>
  struct Parked {
    Response response;
    Offset end;
  };

  // `executor` and `writer` outlive the runtime, which outlives the Tasks it returns.
  MachineRuntime(Executor& executor, PartitionWriter& writer, Factory factory)
      : executor_(executor),
        writer_(writer),
        factory_(std::move(factory)),
        queue_(executor),
        publish_(*this) {
    writer_.SetListener(this);
  }
  ~MachineRuntime() override { writer_.SetListener(nullptr); }
  MachineRuntime(const MachineRuntime&) = delete;
  MachineRuntime& operator=(const MachineRuntime&) = delete;

  // Makes the machine anew and replays the log into it. Until it is done, and after an error,
  // requests fail.
  Task<Status> Load() {
    machine_ = nullptr;
    loading_ = factory_();
    LoadSink& sink = *this;
    const Status loaded = co_await writer_.Load(sink);
    if (!loaded.ok()) {
      loading_ = nullptr;
      failure_ = loaded;
      queue_.Fail(loaded);
      co_return loaded;
    }
    loading_->EndLoad();
    machine_ = std::move(loading_);
    failure_ = OkStatus();
    writer_failure_ = OkStatus();
    queue_.Reset(writer_.committed_offset());
    machine_->Commit(queue_.committed());
    co_return OkStatus();
  }

  bool loaded() const { return machine_ != nullptr; }
  // Only while loaded(). The state with everything that was appended, committed or not.
  const Machine& machine() const {
    CHECK(loaded());
    return *machine_;
  }

  // Handles a request, appends and replays its records. The answer belongs to the caller only when
  // WaitCommitted(end) is OK. After an error of the log the machine is unloaded: Load brings it
  // back.
  template <class Response>
  StatusOr<Parked<Response>> Submit(const Handler<Response>& handler) {
    if (!loaded()) return NotLoaded();
    MachineResult<Record, Response> result = handler(*machine_);
    if (!result.records.empty()) RETURN_IF_ERROR(AppendAndReplay(result.records));
    return Parked<Response>{std::move(result.response), writer_.end_offset()};
  }
  Task<Status> WaitCommitted(Offset end) { return queue_.Wait(end); }

  // Submit and wait. A handler without records is a read: it is answered when everything that it
  // may have seen is committed.
  template <class Response>
  Task<StatusOr<Response>> Run(Handler<Response> handler) {
    StatusOr<Parked<Response>> parked = Submit<Response>(handler);
    if (!parked.ok()) co_return parked.status();
    const Offset end = parked->end;
    const Status committed = co_await queue_.Wait(end);
    if (!committed.ok()) co_return committed;
    co_return std::move(parked->response);
  }

  // Everything parked fails with `why`, and so does every request until the next Load.
  void Unload(const Status& why) {
    machine_ = nullptr;
    failure_ = why;
    queue_.Fail(why);
  }

 private:
  // Commits are passed on from the loop, so that the machine's publishers never run inside the
  // log's own code.
  class PublishLater final : public Runnable {
   public:
    explicit PublishLater(MachineRuntime& runtime) : runtime_(runtime) {}
    void Run() override { runtime_.PassOnCommits(); }

   private:
    MachineRuntime& runtime_;
  };

  Status NotLoaded() const {
    return failure_.ok() ? Unavailable("the state machine is not loaded") : failure_;
  }

  Status AppendAndReplay(const std::vector<Record>& records) {
    std::vector<EncodedRecord> encoded;
    encoded.reserve(records.size());
    for (const Record& record : records) encoded.push_back(Machine::Encode(record));
    const StatusOr<BatchPosition> position = writer_.Append(encoded);
    if (!position.ok()) {
      Unload(position.status());
      return position.status();
    }
    const Status replayed = ReplayBatch(*machine_, *position, records);
    if (!replayed.ok()) Unload(replayed);
    return replayed;
  }

  static Status ReplayBatch(Machine& machine, const BatchPosition& position,
                            const std::vector<Record>& records) {
    Offset offset = position.base_offset;
    for (const Record& record : records) {
      RETURN_IF_ERROR(machine.Replay(record, offset));
      ++offset;
    }
    machine.EndBatch(position);
    return OkStatus();
  }

  Status OnBatch(const BatchPosition& position,
                 const std::vector<EncodedRecord>& encoded) override {
    std::vector<Record> records;
    records.reserve(encoded.size());
    for (const EncodedRecord& one : encoded) {
      ASSIGN_OR_RETURN(Record record, Machine::Decode(one));
      records.push_back(std::move(record));
    }
    return ReplayBatch(*loading_, position, records);
  }

  void OnCommitted(Offset) override {
    if (!publish_.queued()) executor_.Post(publish_);
  }
  void OnWriterFailed(const Status& why) override {
    writer_failure_ = why;
    if (!publish_.queued()) executor_.Post(publish_);
  }

  // What is committed is published before a failure shows: its answers are owed.
  void PassOnCommits() {
    PublishCommitted();
    if (!writer_failure_.ok()) Unload(writer_failure_);
  }

  void PublishCommitted() {
    if (!loaded()) return;
    const Offset end = writer_.committed_offset();
    if (end <= queue_.committed()) return;
    machine_->Commit(end);
    queue_.Commit(end);
  }

  Executor& executor_;
  PartitionWriter& writer_;
  Factory factory_;
  std::unique_ptr<Machine> machine_;
  std::unique_ptr<Machine> loading_;
  Status failure_;
  Status writer_failure_;
  CommitQueue queue_;
  PublishLater publish_;
};

}  // namespace penstock
