#include "tests/sim/client/consumer_run.h"

#include <functional>
#include <utility>

#include "base/strings.h"
#include "client/cluster_metadata.h"
#include "client/connection_pool.h"
#include "client/consumer.h"
#include "runtime/race.h"
#include "runtime/sim/sim_world.h"
#include "tests/sim/broker/broker_subject.h"
#include "tests/sim/harness/journal.h"
#include "tests/sim/harness/producer_client.h"

namespace penstock::sim {
namespace {

constexpr uint64_t kScenarioStream = 100;
constexpr uint64_t kReaderStream = 105;
constexpr Duration kEndTimeMax = std::chrono::seconds(60);

Address BrokerAddress() { return Address{.host = "broker", .port = kBrokerPort}; }

// Reads all partitions with the consumer of cpp/client.
class OurReader {
 public:
  OurReader(const ConsumerRunOptions& options, Journal& journal)
      : loses_its_place_(options.loses_its_place),
        journal_(journal),
        random_(options.seed, kReaderStream),
        seen_(journal.partitions()) {
    config_.auto_offset_reset.kind = OffsetReset::Kind::kNone;
    config_.read_committed = random_.OneOf(1, 2);
    config_.fetch_wait_max = Milliseconds(Between(0, 100));
    config_.fetch_bytes_max = static_cast<int32_t>(Between(1, 100'000));
    config_.partition_fetch_bytes_max = static_cast<int32_t>(Between(1, 60'000));
    config_.request_timeout = Milliseconds(Between(100, 1'000));
    config_.retry_backoff = Milliseconds(5);
    config_.retry_backoff_max = Milliseconds(50);
    client_.bootstrap_servers.push_back(BrokerAddress());
    client_.request_timeout = config_.request_timeout;
    client_.connection_setup_timeout = Milliseconds(1'000);
    client_.reconnect_backoff = Milliseconds(5);
    client_.reconnect_backoff_max = Milliseconds(50);
    client_.retry_backoff = Milliseconds(5);
    client_.retry_backoff_max = Milliseconds(50);
    for (size_t i = 0; i < seen_.size(); ++i) partitions_.push_back(NameOfPartition(i));
  }

  // One consumer after the other, until it is cancelled.
  Task<> Run(Runtime& runtime) {
    while (true) {
      ++lives_;
      ConnectionPool lookups(runtime, client_);
      ConnectionPool fetches(runtime, client_);
      ClusterMetadata metadata(runtime, lookups);
      Consumer consumer(runtime, fetches, lookups, metadata, config_);
      const Instant end = runtime.clock.Now() + Milliseconds(Between(1, 3'000));
      co_await Live(runtime, consumer, end);
      co_await consumer.Close();
      co_await metadata.Close();
      co_await fetches.Close();
      co_await lookups.Close();
    }
  }

  // From now on it only reads.
  void CalmDown() { calm_ = true; }

  size_t read_again() const { return read_again_; }
  int lives() const { return lives_; }

 private:
  static TopicPartitionName NameOfPartition(size_t i) {
    return {"rivers", PartitionId(static_cast<int32_t>(i))};
  }
  static size_t IndexOf(const TopicPartitionName& partition) {
    return static_cast<size_t>(partition.partition.value());
  }
  int64_t Between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random_.Below(static_cast<uint64_t>(high - low + 1)));
  }
  Offset NextOf(size_t partition) const {
    return Offset(static_cast<int64_t>(seen_[partition].size()));
  }

  Task<> Live(Runtime& runtime, Consumer& consumer, Instant end) {
    consumer.Assign(partitions_);
    for (size_t i = 0; i < seen_.size(); ++i) {
      int64_t place = NextOf(i).value();
      if (loses_its_place_ && place > 3) ++place;
      Expect(consumer.Seek(partitions_[i], Offset(place)), "Seek");
    }
    while (runtime.clock.Now() < end) {
      const Instant until = runtime.clock.Now() + Microseconds(Between(10, 20'000));
      if (random_.OneOf(1, 2)) {
        auto next = consumer.Next();
        auto batch = co_await Before(runtime.timers, until, std::move(next));
        if (batch.has_value()) TakeResult(*batch);
      } else {
        const auto bytes_max = static_cast<size_t>(Between(1, 50'000));
        const auto batches = co_await consumer.Poll(bytes_max, until);
        if (!batches.ok()) TakeResult(batches.status());
        if (batches.ok()) {
          for (const FetchedBatch& batch : *batches) Take(batch);
        }
      }
      if (calm_) {
        Expect(consumer.Resume(consumer.paused()), "Resume");
      } else {
        Disturb(consumer);
      }
    }
  }

  void Disturb(Consumer& consumer) {
    const TopicPartitionName& partition = partitions_[random_.Below(partitions_.size())];
    if (random_.OneOf(1, 40)) {
      const int64_t place = Between(0, NextOf(IndexOf(partition)).value());
      Expect(consumer.Seek(partition, Offset(place)), "Seek");
    }
    if (random_.OneOf(1, 20)) Expect(consumer.Pause({partition}), "Pause");
    if (random_.OneOf(1, 8)) Expect(consumer.Resume(consumer.paused()), "Resume");
  }

  void Expect(const Status& status, const char* what) {
    if (!status.ok()) journal_.Anomaly(StrCat(what, ": ", MessageOf(status)));
  }

  void TakeResult(const StatusOr<FetchedBatch>& batch) {
    if (batch.ok()) return Take(*batch);
    // What was acknowledged is there, and nobody is shut out: no error is to be told.
    journal_.Anomaly(StrCat("consumer: ", MessageOf(batch.status())));
  }

  void Take(const FetchedBatch& batch) {
    const size_t partition = IndexOf(batch.partition);
    std::vector<std::string>& seen = seen_[partition];
    FetchedRecords records(batch, scratch_);
    RecordView record;
    while (records.Next(record)) {
      const Offset offset = records.OffsetOf(record);
      const std::string_view value = AsText(*record.value);
      if (offset >= batch.ends.high_watermark) {
        journal_.Anomaly(StrCat("partition ", partition, ": ", offset, " is beyond the end"));
      }
      if (offset >= NextOf(partition)) {
        journal_.Consumed(partition, offset, value);
        seen.emplace_back(value);
        continue;
      }
      ++read_again_;
      if (seen[static_cast<size_t>(offset.value())] != value) {
        journal_.Anomaly(StrCat("partition ", partition, ": another record at ", offset));
      }
    }
    Expect(records.status(), "a batch");
  }

  const bool loses_its_place_;
  Journal& journal_;
  SeededRandom random_;
  ConsumerConfig config_;
  ClientOptions client_;
  std::vector<TopicPartitionName> partitions_;
  std::vector<std::vector<std::string>> seen_;  // records of each partition, from offset 0 on
  RecordScratch scratch_;
  size_t read_again_ = 0;
  int lives_ = 0;
  bool calm_ = false;
};

class ConsumerRun {
 public:
  explicit ConsumerRun(const ConsumerRunOptions& options)
      : options_(options),
        random_(options.seed, kScenarioStream),
        world_(options.seed),
        machine_(world_.AddNode("broker")),
        producer_machine_(world_.AddNode("producer")),
        reader_machine_(world_.AddNode("reader")),
        journal_(1 + random_.Below(3)),
        subject_(MakeBrokerSubject(machine_)),
        producer_(producer_machine_.runtime(), DrawProducer(), journal_, options.seed),
        reader_(options, journal_) {
    NetworkFaults& network = world_.network().faults();
    network.delay_min = Microseconds(Between(1, 50));
    network.delay_mean = Microseconds(Between(1, 600));
    if (Chance(2)) network.split_probability = 0.3;
    if (Chance(2)) network.reset_probability = 0.004;
    if (Chance(2)) network.refuse_probability = 0.1;
  }

  // Programs refer to the clients, which go before the world.
  ~ConsumerRun() {
    machine_.Kill();
    producer_machine_.Kill();
    reader_machine_.Kill();
  }

  ConsumerRunReport Run() {
    producer_machine_.Start([this](Runtime&) { return producer_.Run(); });
    reader_machine_.Start([this](Runtime& runtime) { return reader_.Run(runtime); });
    for (int i = 0; i < options_.crashes && fine(); ++i) LiveAndCrash();
    ConsumerRunReport report;
    report.consumed_early = journal_.consumed();
    if (fine()) BringHome();
    report.seed = options_.seed;
    report.acknowledged = journal_.acknowledged();
    report.read_again = reader_.read_again();
    report.lives = reader_.lives();
    world_.trace().Add(journal_.consumed());
    report.trace_hash = world_.trace().value();
    report.anomalies = journal_.anomalies();
    report.log_lines = subject_->log_lines();
    return report;
  }

 private:
  bool fine() const { return journal_.anomalies().empty(); }
  bool Chance(uint64_t one_in) { return random_.OneOf(1, one_in); }
  int64_t Between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random_.Below(static_cast<uint64_t>(high - low + 1)));
  }
  void RunFor(int64_t micros_max) { world_.RunFor(Microseconds(Between(0, micros_max))); }

  ProducerOptions DrawProducer() {
    ProducerOptions options;
    options.broker = BrokerAddress();
    options.topic = "rivers";
    options.records_per_batch_max = static_cast<size_t>(Between(1, 20));
    options.value_bytes_max = static_cast<size_t>(Between(1, 900));
    options.pause_max = Microseconds(Between(3'000, 30'000));
    options.topic_configs.emplace_back("internal.segment.bytes",
                                       std::to_string(Between(20'000, 100'000)));
    return options;
  }

  void LiveAndCrash() {
    machine_.Start(subject_->NextStart());
    RunFor(150'000);
    if (Chance(3)) {
      world_.network().CutBoth(machine_, reader_machine_);
      RunFor(Chance(4) ? 3'000'000 : 50'000);
      world_.network().HealAll();
      RunFor(50'000);
    }
    if (!subject_->failure().empty()) journal_.Anomaly("broker: " + subject_->failure());
    if (Chance(4)) {
      machine_.Kill();
    } else {
      machine_.Crash();
    }
    RunFor(20'000);
  }

  void BringHome() {
    NetworkFaults& network = world_.network().faults();
    network.reset_probability = 0;
    network.refuse_probability = 0;
    machine_.Start(subject_->NextStart());
    RunUntil("the first record", [this] { return journal_.acknowledged() > 0; });
    producer_.Finish();
    reader_.CalmDown();
    RunUntil("delivering the last records", [this] { return producer_.done(); });
    RunUntil("consuming", [this] { return AllConsumed(); });
    world_.RunFor(Milliseconds(200));  // for records that should not be there
    for (size_t i = 0; i < journal_.partitions(); ++i) {
      if (journal_.consumed_of(i) != journal_.produced_of(i)) {
        journal_.Anomaly(StrCat("partition ", i, ": ", journal_.consumed_of(i), " records of ",
                                journal_.produced_of(i)));
      }
    }
  }

  bool AllConsumed() const {
    for (size_t i = 0; i < journal_.partitions(); ++i) {
      if (journal_.consumed_of(i) < journal_.produced_of(i)) return false;
    }
    return true;
  }

  void RunUntil(const char* what, const std::function<bool()>& reached) {
    const Instant limit = world_.now() + kEndTimeMax;
    while (!reached() && fine()) {
      if (world_.now() >= limit) return journal_.Anomaly(StrCat(what, " takes too long"));
      world_.RunFor(Milliseconds(5));
    }
  }

  const ConsumerRunOptions options_;
  SeededRandom random_;
  SimWorld world_;
  SimNode& machine_;
  SimNode& producer_machine_;
  SimNode& reader_machine_;
  Journal journal_;
  std::unique_ptr<Subject> subject_;
  ProducerClient producer_;
  OurReader reader_;
};

}  // namespace

ConsumerRunReport RunConsumer(const ConsumerRunOptions& options) {
  ConsumerRun run(options);
  return run.Run();
}

std::string ConsumerRunReport::Describe() const {
  std::string text = StrCat("seed ", seed, ": ", acknowledged, " records acknowledged, ",
                            consumed_early, " consumed between crashes, ", read_again,
                            " read again, ", lives, " consumers, trace ", trace_hash, "\n");
  for (const std::string& anomaly : anomalies) StrAppend(text, "  ", anomaly, "\n");
  if (anomalies.empty()) return text;
  for (const std::string& line : log_lines) StrAppend(text, "  | ", line, "\n");
  return text;
}

}  // namespace penstock::sim
