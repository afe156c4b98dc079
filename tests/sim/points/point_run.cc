// The course of one run.
#include "tests/sim/points/point_run.h"

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "runtime/sim/sim_world.h"
#include "tests/sim/broker/broker_subject.h"
#include "tests/sim/points/directory_check.h"

namespace penstock::sim {
namespace {

constexpr Duration kChapterTimeMax = std::chrono::seconds(30);
constexpr size_t kValueBytes = 300;

// After the crash: everything that was promised is there and can be written to. Nothing is made
// anew, so that what the start left unsynced stays so.
Task<Status> LookAndProduce(StoryClient& client) {
  CO_RETURN_IF_ERROR(co_await client.CheckEverything());
  std::vector<std::pair<std::string, size_t>> partitions;
  for (const auto& [name, topic] : client.ledger().topics) {
    for (size_t i = 0; i < topic.partitions.size(); ++i) partitions.emplace_back(name, i);
  }
  for (const auto& [name, partition] : partitions) {
    CO_RETURN_IF_ERROR(co_await client.Produce(name, partition, kValueBytes));
  }
  co_return OkStatus();
}

// After the loss of power: the same, and a new topic.
Task<Status> LookAndGoOn(StoryClient& client) {
  CO_RETURN_IF_ERROR(co_await LookAndProduce(client));
  const std::string fresh = StrCat("after-", client.ledger().topics.size());
  StoryClient::Configs no_configs;
  CO_RETURN_IF_ERROR(co_await client.CreateTopic(fresh, 1, std::move(no_configs)));
  co_return co_await client.Produce(fresh, 0, kValueBytes);
}

class PointRun {
 public:
  PointRun(const Story& story, uint64_t seed, const Persistence& persistence)
      : story_(story),
        persistence_(persistence),
        world_(seed),
        machine_(world_.AddNode("broker")),
        client_machine_(world_.AddNode("client")),
        subject_(machine_, story.broker_config) {
    machine_.disk_faults().delay_min = Microseconds(2);
    machine_.disk_faults().delay_mean = Microseconds(20);
    world_.network().faults().delay_min = Microseconds(5);
    world_.network().faults().delay_mean = Microseconds(20);
  }
  ~PointRun() {
    machine_.Kill();
    client_machine_.Kill();
  }

  PointReport Run(uint64_t point) {
    if (story_.before != nullptr) {
      Start();
      Tell(story_.before);
      WaitForClient("what comes before");
    }
    const uint64_t first = machine_.disk_counters().changes;
    if (story_.before == nullptr) Start();
    if (story_.act != nullptr) {
      Tell(story_.act);
    } else {
      subject_.Stop();
    }
    const auto reached = [&] {
      return machine_.disk_counters().changes - first >= point || ActIsOver();
    };
    RunUntil("the story", reached);
    report_.points = machine_.disk_counters().changes - first;
    Crash();
    LiveOn("the start after the crash", LookAndProduce);
    machine_.disk_faults().crash = kNothingUnsynced;
    machine_.Crash();
    LiveOn("the start after the loss of power", LookAndGoOn);
    StopInOrder();
    for (std::string& orphan : Orphans(machine_.disk(), ledger_)) {
      ledger_.Anomaly(std::move(orphan));
    }
    report_.anomalies = ledger_.anomalies;
    report_.log_lines = subject_.log_lines();
    return std::move(report_);
  }

 private:
  static constexpr CrashFaults kNothingUnsynced{
      .keep_all_probability = 0, .keep_none_probability = 1, .keep_no_names_probability = 1};

  void Start() { machine_.Start(subject_.NextStart()); }

  void Tell(Chapter chapter) {
    told_.reset();
    client_machine_.Start([this, chapter](Runtime& runtime) { return Client(runtime, chapter); });
  }

  Task<> Client(Runtime& runtime, Chapter chapter) {
    StoryClient client(runtime, ledger_);
    Status status = co_await client.Connect();
    if (status.ok()) status = co_await chapter(client);
    told_ = std::move(status);
  }

  bool ActIsOver() const { return story_.act != nullptr ? told_.has_value() : !machine_.running(); }

  void Crash() {
    if (told_.has_value() && !told_->ok()) {
      ledger_.Anomaly(StrCat("the story before the crash: ", MessageOf(*told_)));
    }
    client_machine_.Kill();
    if (!persistence_.power_lost) return machine_.Kill();
    machine_.disk_faults().crash = persistence_.faults;
    machine_.Crash();
  }

  void LiveOn(const char* what, Chapter chapter) {
    Start();
    RunUntil(what, [this] { return subject_.serving(); });
    Tell(chapter);
    WaitForClient(what);
  }

  void WaitForClient(const char* what) {
    RunUntil(what, [this] { return told_.has_value(); });
    if (told_.has_value() && !told_->ok()) {
      ledger_.Anomaly(StrCat(what, ": ", MessageOf(*told_)));
    }
    client_machine_.Kill();
  }

  void StopInOrder() {
    if (!subject_.serving()) return;
    subject_.Stop();
    RunUntil("the stop", [this] { return !machine_.running(); });
  }

  void RunUntil(const char* what, const std::function<bool()>& reached) {
    const Instant limit = world_.now() + kChapterTimeMax;
    while (!reached() && ledger_.anomalies.empty()) {
      if (!subject_.failure().empty()) {
        ledger_.Anomaly(StrCat(what, ": ", subject_.failure()));
      } else if (world_.now() >= limit || !world_.Step()) {
        ledger_.Anomaly(StrCat(what, " does not end"));
      }
    }
  }

  const Story& story_;
  const Persistence& persistence_;
  SimWorld world_;
  SimNode& machine_;
  SimNode& client_machine_;
  BrokerSubject subject_;
  Ledger ledger_;
  std::optional<Status> told_;
  PointReport report_;
};

}  // namespace

PointReport RunPoint(const Story& story, uint64_t seed, uint64_t point,
                     const Persistence& persistence) {
  PointRun run(story, seed, persistence);
  return run.Run(point);
}

std::string PointReport::Describe() const {
  std::string text = StrCat(points, " operations of the disk\n");
  for (const std::string& anomaly : anomalies) StrAppend(text, "  ", anomaly, "\n");
  for (const std::string& line : log_lines) StrAppend(text, "  | ", line, "\n");
  return text;
}

}  // namespace penstock::sim
