// The course of a run. Every number in it comes from the seed.
#include "tests/sim/harness/crash_run.h"

#include <cstdio>
#include <cstdlib>
#include <optional>

#include "base/check.h"
#include "base/strings.h"
#include "runtime/sim/sim_world.h"
#include "tests/sim/harness/consumer_client.h"
#include "tests/sim/harness/producer_client.h"

namespace penstock::sim {
namespace {

constexpr uint64_t kScenarioStream = 100;
constexpr uint64_t kDiskErrorStream = 104;
// Everything must be acknowledged and consumed so long after the last crash.
constexpr Duration kEndTimeMax = std::chrono::seconds(60);

// The seed of the run that a failed CHECK ends; a handler has no other way to know.
uint64_t seed_under_way = 0;

[[noreturn]] void SayTheSeed(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "%s:%d: CHECK(%s) failed in the run of seed %llu\n", file, line, condition,
               static_cast<unsigned long long>(seed_under_way));
  std::abort();
}

class CrashRun {
 public:
  CrashRun(const CrashRunOptions& options, const MakeSubject& make_subject)
      : options_(options),
        random_(options.seed, kScenarioStream),
        disk_random_(options.seed, kDiskErrorStream),
        world_(options.seed),
        machine_(world_.AddNode("broker")),
        producer_machine_(world_.AddNode("producer")),
        consumer_machine_(world_.AddNode("consumer")),
        journal_(1 + random_.Below(3)),
        subject_(make_subject(machine_)),
        producer_(producer_machine_.runtime(), DrawProducer(), journal_, options.seed),
        consumer_(consumer_machine_.runtime(), DrawConsumer(), journal_, options.seed) {
    report_.seed = options.seed;
    DrawFaults();
  }

  // Programs refer to the clients, which go before the world.
  ~CrashRun() {
    machine_.Kill();
    producer_machine_.Kill();
    consumer_machine_.Kill();
  }

  CrashRunReport Run() {
    producer_machine_.Start([this](Runtime&) { return producer_.Run(); });
    consumer_machine_.Start([this](Runtime&) { return consumer_.Run(); });
    for (int i = 0; i < options_.crashes && journal_.anomalies().empty(); ++i) LiveAndCrash();
    report_.consumed_early = journal_.consumed();
    if (journal_.anomalies().empty()) BringHome();
    if (journal_.anomalies().empty()) ReadBack();
    return TakeReport();
  }

 private:
  bool Chance(uint64_t one_in) { return random_.OneOf(1, one_in); }
  int64_t Between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random_.Below(static_cast<uint64_t>(high - low + 1)));
  }
  // Each decade is equally likely.
  Duration DrawTime(int64_t micros_max) {
    int64_t bound = micros_max;
    while (bound > 100 && Chance(3)) bound /= 10;
    return Microseconds(Between(0, bound));
  }

  ProducerOptions DrawProducer();
  ConsumerOptions DrawConsumer();
  void DrawFaults();
  void DrawDiskErrors();
  void EndDiskErrors();
  void StartBroker();
  void Live();
  void LiveAndCrash();
  // True if the broker says that it could not start or stop; an anomaly, unless the disk has failed
  // in this life.
  bool HasFailed(const char* what, int& allowed);
  void CutOneOff();
  void Crash();
  void BringHome();
  void ReadBack();
  // Lets time pass until `reached`; an anomaly if that takes too long.
  void RunUntil(const char* what, const std::function<bool()>& reached);
  bool AllConsumed() const;
  bool AllReadBack() const;
  CrashRunReport TakeReport();

  const CrashRunOptions options_;
  SeededRandom random_;
  SeededRandom
      disk_random_;  // of its own: the same course with and without errors, up to the first
  SimWorld world_;
  SimNode& machine_;
  SimNode& producer_machine_;
  SimNode& consumer_machine_;
  Journal journal_;
  std::unique_ptr<Subject> subject_;
  ProducerClient producer_;
  ConsumerClient consumer_;
  CrashRunReport report_;
  uint64_t disk_errors_before_ = 0;  // when the present life began
};

ProducerOptions CrashRun::DrawProducer() {
  ProducerOptions options;
  options.broker = Address{.host = "broker", .port = kBrokerPort};
  options.topic = "rivers";
  options.produce_version = static_cast<int16_t>(Between(3, 13));
  options.in_flight_max = static_cast<size_t>(Between(1, 5));
  options.records_per_batch_max = static_cast<size_t>(Between(1, 20));
  options.value_bytes_max = static_cast<size_t>(Between(1, 900));
  options.pause_max = Microseconds(Between(500, 6000));
  // Small segments and dense indexes, so that a short run rolls many.
  const auto configure = [&options](std::string_view name, int64_t value) {
    options.topic_configs.emplace_back(name, std::to_string(value));
  };
  configure("internal.segment.bytes", Between(20'000, 100'000));
  configure("index.interval.bytes", Between(0, 4096));
  if (Chance(3)) configure("segment.ms", Between(5, 200));
  if (Chance(4)) configure("segment.index.bytes", Between(64, 1024));
  for (const auto& config : options_.topic_configs) options.topic_configs.push_back(config);
  return options;
}

ConsumerOptions CrashRun::DrawConsumer() {
  ConsumerOptions options;
  options.broker = Address{.host = "broker", .port = kBrokerPort};
  options.topic = "rivers";
  options.fetch_version = static_cast<int16_t>(Between(10, 17));
  options.max_wait_ms = static_cast<int32_t>(Between(0, 100));
  options.partition_max_bytes = static_cast<int32_t>(Between(1, 60'000));
  options.incremental_sessions = Chance(2);
  return options;
}

void CrashRun::DrawFaults() {
  NetworkFaults& network = world_.network().faults();
  network.delay_min = Microseconds(Between(1, 50));
  network.delay_mean = Microseconds(Between(1, 600));
  if (Chance(2)) network.split_probability = 0.3;
  if (Chance(2)) network.reset_probability = 0.004;
  if (Chance(2)) network.refuse_probability = 0.1;
  DiskFaults& disk = machine_.disk_faults();
  disk.delay_min = Microseconds(Between(1, 20));
  disk.delay_mean = Microseconds(Between(5, 400));
  disk.crash.keep_all_probability = random_.Fraction() / 2;
  disk.crash.keep_none_probability = random_.Fraction() / 2;
  disk.crash.tear = Chance(2);
}

// The disk of the life that begins: mostly sound, else it has some of its weaknesses.
void CrashRun::DrawDiskErrors() {
  if (!options_.disk_errors || !disk_random_.OneOf(1, 3)) return;
  DiskFaults& disk = machine_.disk_faults();
  const auto draw = [this](double& probability) {
    if (disk_random_.OneOf(1, 2)) probability = disk_random_.OneOf(1, 3) ? 0.1 : 0.02;
  };
  draw(disk.read_error_probability);
  draw(disk.write_error_probability);
  draw(disk.sync_error_probability);
  if (disk_random_.OneOf(1, 4)) disk.open_error_probability = 0.02;
  if (disk_random_.OneOf(1, 2)) {
    const DiskSpace space = machine_.disk().Space();
    const uint64_t used = space.total_bytes - space.usable_bytes;
    machine_.disk().SetCapacity(used + disk_random_.Below(20'000));
  }
}

void CrashRun::EndDiskErrors() {
  machine_.disk().SetCapacity(MemoryDisk::Options().capacity_bytes);
  DiskFaults& disk = machine_.disk_faults();
  disk.read_error_probability = disk.write_error_probability = 0;
  disk.sync_error_probability = disk.open_error_probability = 0;
}

void CrashRun::StartBroker() {
  // The wall clock may have been set meanwhile, forward or back.
  if (Chance(3)) machine_.clock_faults().wall_offset = Milliseconds(Between(-600'000, 600'000));
  disk_errors_before_ = machine_.disk_counters().errors();
  machine_.Start(subject_->NextStart());
}

bool CrashRun::HasFailed(const char* what, int& allowed) {
  if (subject_->failure().empty()) return false;
  if (machine_.disk_counters().errors() > disk_errors_before_) {
    ++allowed;
  } else {
    journal_.Anomaly(StrCat(what, ": ", subject_->failure()));
  }
  return true;
}

// Up to the moment of the crash.
void CrashRun::Live() {
  if (Chance(3)) CutOneOff();
  world_.RunFor(DrawTime(200'000));
  if (HasFailed("start", report_.starts_failed)) return;
  if (!subject_->serving()) {
    ++report_.crashes_while_starting;
    return;
  }
  // The rest of the life there is space again, and nothing fails any more.
  if (disk_random_.OneOf(1, 2)) EndDiskErrors();
  if (!Chance(6)) {
    ++report_.crashes_while_serving;
    return;
  }
  subject_->Stop();
  world_.RunFor(DrawTime(100'000));
  if (HasFailed("stop", report_.stops_failed)) return;
  ++(machine_.running() ? report_.crashes_while_stopping : report_.stops);
}

void CrashRun::LiveAndCrash() {
  DrawDiskErrors();
  StartBroker();
  Live();
  Crash();
  EndDiskErrors();
}

// One client is alone with the broker for a while; what the other one sends arrives later.
void CrashRun::CutOneOff() {
  SimNode& client = Chance(2) ? producer_machine_ : consumer_machine_;
  world_.network().CutBoth(machine_, client);
  world_.RunFor(DrawTime(50'000));
  world_.network().HealAll();
}

void CrashRun::Crash() {
  if (Chance(5)) {
    machine_.Kill();
  } else {
    machine_.Crash();
  }
  world_.RunFor(DrawTime(20'000));
}

void CrashRun::RunUntil(const char* what, const std::function<bool()>& reached) {
  const Instant limit = world_.now() + kEndTimeMax;
  while (!reached() && journal_.anomalies().empty()) {
    if (!subject_->failure().empty()) return journal_.Anomaly("start: " + subject_->failure());
    if (world_.now() >= limit) {
      return journal_.Anomaly(StrCat(
          what, " takes longer than it may; the producer's last error: ", producer_.last_error(),
          "; the consumer's: ", consumer_.last_error()));
    }
    world_.RunFor(Milliseconds(5));
  }
}

bool CrashRun::AllConsumed() const {
  for (size_t i = 0; i < journal_.partitions(); ++i) {
    if (journal_.consumed_of(i) < journal_.produced_of(i)) return false;
  }
  return true;
}

bool CrashRun::AllReadBack() const {
  for (size_t i = 0; i < journal_.partitions(); ++i) {
    if (journal_.read_back_of(i) < journal_.produced_of(i)) return false;
  }
  return true;
}

// No faults any more: what is left is acknowledged and consumed.
void CrashRun::BringHome() {
  NetworkFaults& network = world_.network().faults();
  network.reset_probability = 0;
  network.refuse_probability = 0;
  StartBroker();
  RunUntil("the start after the last crash", [this] { return subject_->serving(); });
  // Something must have been sent, even if no start before this one got so far.
  RunUntil("the first record", [this] { return journal_.acknowledged() > 0; });
  producer_.Finish();
  RunUntil("acknowledging the last records", [this] { return producer_.done(); });
  RunUntil("consuming the last records", [this] { return AllConsumed(); });
}

// What was acknowledged and seen is there after one more loss of power.
void CrashRun::ReadBack() {
  machine_.Crash();
  StartBroker();
  SimNode& reader_machine = world_.AddNode("reader");
  ConsumerOptions options = DrawConsumer();
  options.last_reader = true;
  ConsumerClient reader(reader_machine.runtime(), std::move(options), journal_, options_.seed);
  reader_machine.Start([&reader](Runtime&) { return reader.Run(); });
  RunUntil("reading everything back", [this] { return AllReadBack(); });
  world_.RunFor(Milliseconds(200));  // for records that should not be there
  reader_machine.Kill();
  journal_.CheckEnd();
}

CrashRunReport CrashRun::TakeReport() {
  TraceHash& trace = world_.trace();
  trace.Add(journal_.acknowledged());
  trace.Add(journal_.consumed());
  report_.trace_hash = trace.value();
  report_.events = trace.events();
  report_.acknowledged = journal_.acknowledged();
  report_.disk = machine_.disk_counters();
  report_.storage_errors = producer_.storage_errors();
  report_.producer_sessions = producer_.sessions();
  report_.consumer_sessions = consumer_.sessions();
  report_.simulated = world_.now().since_start;
  report_.anomalies = journal_.anomalies();
  report_.log_lines = subject_->log_lines();
  return std::move(report_);
}

}  // namespace

CrashRunReport RunCrashes(const CrashRunOptions& options, const MakeSubject& make_subject) {
  seed_under_way = options.seed;
  SetCheckFailureHandler(SayTheSeed);
  CrashRun run(options, make_subject);
  return run.Run();
}

std::string CrashRunReport::Describe() const {
  std::string text =
      StrCat("seed ", seed, ": ", acknowledged, " records acknowledged, ", consumed_early,
             " consumed before the end; crashes: ", crashes_while_starting, " starting, ",
             crashes_while_serving, " serving, ", crashes_while_stopping, " stopping, ", stops,
             " after an orderly stop; failed: ", starts_failed, " starts, ", stops_failed,
             " stops; errors of the disk: ", disk.read_errors, " reads, ", disk.write_errors,
             " writes, ", disk.sync_errors, " syncs, ", disk.open_errors, " opens, ", disk.full,
             " full; ", storage_errors, " storage errors answered; sessions: ", producer_sessions,
             " and ", consumer_sessions, "; ", InMilliseconds(simulated), " ms, ", events,
             " events, trace ", trace_hash, "\n");
  if (anomalies.empty()) return text;
  for (const std::string& anomaly : anomalies) StrAppend(text, "  ", anomaly, "\n");
  for (const std::string& line : log_lines) StrAppend(text, "  | ", line, "\n");
  return text;
}

}  // namespace penstock::sim
