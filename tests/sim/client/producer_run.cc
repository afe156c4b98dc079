#include "tests/sim/client/producer_run.h"

#include <functional>
#include <memory>
#include <optional>

#include "base/check.h"
#include "base/strings.h"
#include "client/cluster_metadata.h"
#include "client/connection_pool.h"
#include "client/producer.h"
#include "runtime/sim/sim_world.h"
#include "tests/sim/broker/broker_subject.h"
#include "tests/sim/harness/consumer_client.h"
#include "tests/sim/harness/journal.h"

namespace penstock::sim {
namespace {

constexpr uint64_t kScenarioStream = 200;
constexpr Duration kEndTimeMax = std::chrono::seconds(100);

// The program under test: one producer that goes through all crashes.
class OurProducer {
 public:
  OurProducer(const ProducerRunOptions& options, Journal& journal)
      : journal_(journal), random_(options.seed, kScenarioStream + 1), next_(journal.partitions()) {
    config_.enable_idempotence = options.idempotence;
    config_.linger = Milliseconds(Between(0, 3));
    config_.batch_bytes = static_cast<int32_t>(Between(0, 4000));
    config_.buffer_bytes = Between(4000, 40'000);
    config_.max_in_flight = static_cast<int32_t>(Between(1, 5));
    config_.request_timeout = Milliseconds(Between(200, 2000));
    config_.retry_backoff = Milliseconds(Between(1, 50));
    config_.retry_backoff_max = Milliseconds(100);
    config_.compression = Compression::Of(static_cast<Codec>(random_.Below(5)));
    client_.bootstrap_servers.push_back(Address{.host = "broker", .port = kBrokerPort});
    client_.allow_auto_create_topics = true;
    client_.request_timeout = config_.request_timeout;
    client_.connection_setup_timeout = Milliseconds(1000);
    client_.reconnect_backoff = Milliseconds(5);
    client_.reconnect_backoff_max = Milliseconds(50);
    client_.retry_backoff = Milliseconds(5);
    client_.retry_backoff_max = Milliseconds(50);
    pause_us_max_ = static_cast<uint64_t>(Between(100, 4000));
  }

  Task<> Run(Runtime& runtime) {
    ConnectionPool pool(runtime, client_);
    ClusterMetadata metadata(runtime, pool);
    Producer producer(runtime, pool, metadata, config_);
    while (!finishing_) {
      const size_t records = 1 + random_.Below(8);
      for (size_t i = 0; i < records; ++i) co_await AppendOne(producer);
      const auto pause = Microseconds(static_cast<int64_t>(random_.Below(pause_us_max_)));
      co_await runtime.timers.SleepUntil(runtime.clock.Now() + pause);
    }
    co_await producer.Flush();
    const Status closed = co_await producer.Close(Duration(0));
    if (!closed.ok()) journal_.Anomaly(StrCat("Close after Flush: ", MessageOf(closed)));
    co_await metadata.Close();
    co_await pool.Close();
    done_ = true;
  }

  void Finish() { finishing_ = true; }
  bool done() const { return done_; }

 private:
  int64_t Between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random_.Below(static_cast<uint64_t>(high - low + 1)));
  }

  Task<> AppendOne(Producer& producer) {
    const size_t partition = random_.Below(next_.size());
    const size_t index = next_[partition]++;
    std::string value = StrCat("partition ", partition, " record ", index, " ");
    value.resize(value.size() + random_.Below(700), 'x');
    journal_.Produced(partition, value);
    DeliveryHandler handler = [this, partition, index](const StatusOr<RecordMetadata>& result) {
      if (result.ok()) {
        journal_.Acknowledged(partition, index, 1, result->offset);
      } else {
        journal_.Anomaly(
            StrCat("partition ", partition, " record ", index, ": ", MessageOf(result.status())));
      }
    };
    ProducerRecord record;
    record.topic = "rivers";
    record.partition = PartitionId(static_cast<int32_t>(partition));
    record.value = AsBytes(value);
    const Status taken = co_await producer.Append(record, std::move(handler));
    if (!taken.ok()) journal_.Anomaly(StrCat("Append: ", MessageOf(taken)));
  }

  Journal& journal_;
  SeededRandom random_;
  ProducerConfig config_;
  ClientOptions client_;
  std::vector<size_t> next_;
  uint64_t pause_us_max_ = 0;
  bool finishing_ = false;
  bool done_ = false;
};

ConfigMap BrokerConfigOf(size_t partitions) {
  return ConfigMap{{"num.partitions", std::to_string(partitions)}};
}

ConsumerOptions ReaderOf(bool last) {
  ConsumerOptions options;
  options.broker = Address{.host = "broker", .port = kBrokerPort};
  options.topic = "rivers";
  options.last_reader = last;
  return options;
}

class ProducerRun {
 public:
  explicit ProducerRun(const ProducerRunOptions& options)
      : options_(options),
        random_(options.seed, kScenarioStream),
        world_(options.seed),
        machine_(world_.AddNode("broker")),
        producer_machine_(world_.AddNode("producer")),
        reader_machine_(world_.AddNode("reader")),
        journal_(1 + random_.Below(3)),
        subject_(machine_, BrokerConfigOf(journal_.partitions())),
        producer_(options, journal_),
        reader_(reader_machine_.runtime(), ReaderOf(false), journal_, options.seed),
        last_reader_(reader_machine_.runtime(), ReaderOf(true), journal_, options.seed) {
    NetworkFaults& network = world_.network().faults();
    network.delay_min = Microseconds(Between(1, 50));
    network.delay_mean = Microseconds(Between(1, 600));
    if (Chance(2)) network.split_probability = 0.3;
    if (Chance(2)) network.reset_probability = 0.004;
    if (Chance(2)) network.refuse_probability = 0.1;
  }

  // Programs refer to the clients, which go before the world.
  ~ProducerRun() {
    machine_.Kill();
    producer_machine_.Kill();
    reader_machine_.Kill();
  }

  ProducerRunReport Run() {
    producer_machine_.Start([this](Runtime& runtime) { return producer_.Run(runtime); });
    for (int i = 0; i < options_.crashes && fine(); ++i) LiveAndCrash();
    ProducerRunReport report;
    report.before_the_end = journal_.acknowledged();
    if (fine()) BringHome();
    report.seed = options_.seed;
    report.acknowledged = journal_.acknowledged();
    world_.trace().Add(journal_.acknowledged());
    report.trace_hash = world_.trace().value();
    report.anomalies = journal_.anomalies();
    report.log_lines = subject_.log_lines();
    return report;
  }

 private:
  bool fine() const { return journal_.anomalies().empty(); }
  bool Chance(uint64_t one_in) { return random_.OneOf(1, one_in); }
  int64_t Between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random_.Below(static_cast<uint64_t>(high - low + 1)));
  }
  void RunFor(int64_t micros_max) { world_.RunFor(Microseconds(Between(0, micros_max))); }

  void LiveAndCrash() {
    machine_.Start(subject_.NextStart());
    RunFor(150'000);
    if (Chance(3)) {
      // What is on its way arrives later, or its connection is given up first.
      world_.network().CutBoth(machine_, producer_machine_);
      RunFor(Chance(4) ? 4'000'000 : 50'000);
      world_.network().HealAll();
      RunFor(50'000);
    }
    if (!subject_.failure().empty()) journal_.Anomaly("broker: " + subject_.failure());
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
    machine_.Start(subject_.NextStart());
    RunUntil("the first record", [this] { return journal_.acknowledged() > 0; });
    producer_.Finish();
    RunUntil("delivering the last records", [this] { return producer_.done(); });
    reader_machine_.Start([this](Runtime&) { return reader_.Run(); });
    RunUntil("consuming", [this] { return AllSeen(&Journal::consumed_of); });
    reader_machine_.Kill();
    machine_.Crash();
    machine_.Start(subject_.NextStart());
    reader_machine_.Start([this](Runtime&) { return last_reader_.Run(); });
    RunUntil("reading back", [this] { return AllSeen(&Journal::read_back_of); });
    world_.RunFor(Milliseconds(200));  // for records that should not be there
    journal_.CheckEnd();
  }

  bool AllSeen(size_t (Journal::*seen)(size_t) const) const {
    for (size_t i = 0; i < journal_.partitions(); ++i) {
      if ((journal_.*seen)(i) < journal_.produced_of(i)) return false;
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

  const ProducerRunOptions options_;
  SeededRandom random_;
  SimWorld world_;
  SimNode& machine_;
  SimNode& producer_machine_;
  SimNode& reader_machine_;
  Journal journal_;
  BrokerSubject subject_;
  OurProducer producer_;
  ConsumerClient reader_;
  ConsumerClient last_reader_;
};

}  // namespace

ProducerRunReport RunProducer(const ProducerRunOptions& options) {
  ProducerRun run(options);
  return run.Run();
}

std::string ProducerRunReport::Describe() const {
  std::string text = StrCat("seed ", seed, ": ", acknowledged, " records acknowledged, ",
                            before_the_end, " of them between crashes, trace ", trace_hash, "\n");
  for (const std::string& anomaly : anomalies) StrAppend(text, "  ", anomaly, "\n");
  if (anomalies.empty()) return text;
  for (const std::string& line : log_lines) StrAppend(text, "  | ", line, "\n");
  return text;
}

}  // namespace penstock::sim
