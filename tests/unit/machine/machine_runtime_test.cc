#include "machine/machine_runtime.h"

#include <gtest/gtest.h>

#include <map>

#include "base/strings.h"
#include "runtime/sim/sim_world.h"
#include "runtime/task_group.h"

namespace penstock {
namespace {

// A log in memory that commits when it is told to.
class FakeWriter final : public PartitionWriter {
 public:
  StatusOr<BatchPosition> Append(const std::vector<EncodedRecord>& records) override {
    if (!failure.ok()) return failure;
    const BatchPosition position{end_, end_ + (static_cast<int64_t>(records.size()) - 1),
                                 LeaderEpoch(1), TimestampMs(0)};
    batches.emplace_back(position, records);
    end_ = position.last_offset + 1;
    return position;
  }
  Offset end_offset() const override { return end_; }
  Offset committed_offset() const override { return committed_; }
  Task<Status> Load(LoadSink& sink) override {
    for (const auto& [position, records] : batches) {
      CO_RETURN_IF_ERROR(sink.OnBatch(position, records));
    }
    co_return OkStatus();
  }
  void SetListener(CommitListener* listener) override { listener_ = listener; }

  void CommitAll() {
    committed_ = end_;
    listener_->OnCommitted(end_);
  }
  // What is not committed is gone.
  void Fail(const Status& why) {
    while (!batches.empty() && batches.back().first.last_offset >= committed_) batches.pop_back();
    listener_->OnWriterFailed(why);
  }
  void Heal() {
    failure = OkStatus();
    end_ = committed_;
  }

  std::vector<std::pair<BatchPosition, std::vector<EncodedRecord>>> batches;
  Status failure;

 private:
  Offset end_{0};
  Offset committed_{0};
  CommitListener* listener_ = nullptr;
};

// Accounts: a record is "name=amount".
class Accounts {
 public:
  struct Record {
    std::string name;
    int64_t amount = 0;
  };

  static EncodedRecord Encode(const Record& record) {
    return {Slice::CopyOf(record.name), Slice::CopyOf(std::to_string(record.amount))};
  }
  static StatusOr<Record> Decode(const EncodedRecord& record) {
    const auto amount = ParseInt64(record.value->text());
    if (!amount.has_value()) return InvalidArgument("no amount");
    return Record{std::string(record.key->text()), *amount};
  }
  Status Replay(const Record& record, Offset) {
    if (record.name.empty()) return InvalidArgument("an account without a name");
    amounts[record.name] += record.amount;
    return OkStatus();
  }
  void EndBatch(const BatchPosition&) { ++batches; }
  void EndLoad() {}
  void Commit(Offset end) { committed = end; }

  std::map<std::string, int64_t> amounts;
  int batches = 0;
  Offset committed{0};
};

using Runtime1 = MachineRuntime<Accounts>;
using Result = MachineResult<Accounts::Record, int64_t>;

Runtime1::Handler<int64_t> Deposit(std::string name, int64_t amount) {
  return [name, amount](const Accounts& accounts) {
    const auto found = accounts.amounts.find(name);
    const int64_t before = found == accounts.amounts.end() ? 0 : found->second;
    return Result{{{name, amount}}, before + amount};
  };
}

Runtime1::Handler<int64_t> Balance(std::string name) {
  return [name](const Accounts& accounts) {
    const auto found = accounts.amounts.find(name);
    return Result{{}, found == accounts.amounts.end() ? 0 : found->second};
  };
}

Task<> RunInto(Runtime1& machine, Runtime1::Handler<int64_t> handler,
               std::optional<StatusOr<int64_t>>& answer) {
  StatusOr<int64_t> result = co_await machine.Run<int64_t>(std::move(handler));
  answer = std::move(result);
}

class MachineRuntimeTest : public ::testing::Test {
 protected:
  using Answer = std::optional<StatusOr<int64_t>>;

  void SetUp() override { ASSERT_EQ(world_.Run(machine_.Load()), OkStatus()); }
  void Start(Runtime1::Handler<int64_t> handler, Answer& answer) {
    group_.Start(RunInto(machine_, std::move(handler), answer));
    world_.RunUntilQuiet();
  }
  void TearDown() override { group_.CancelAll(); }

  SimWorld world_{1};
  FakeWriter writer_;
  Runtime1 machine_{world_.runtime().executor, writer_,
                    [] { return std::make_unique<Accounts>(); }};
  TaskGroup group_{world_.runtime().executor, [](const Status&) {}};
};

TEST_F(MachineRuntimeTest, AnAnswerWaitsUntilItsRecordsAreCommitted) {
  Answer answer;
  Start(Deposit("ann", 10), answer);
  EXPECT_FALSE(answer.has_value());
  writer_.CommitAll();
  world_.RunUntilQuiet();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(**answer, 10);
  EXPECT_EQ(machine_.machine().committed, Offset(1));
}

TEST_F(MachineRuntimeTest, TheNextRequestSeesWhatIsNotCommittedYet) {
  Answer first, second;
  Start(Deposit("ann", 10), first);
  Start(Deposit("ann", 5), second);
  writer_.CommitAll();
  world_.RunUntilQuiet();
  EXPECT_EQ(**second, 15);
}

TEST_F(MachineRuntimeTest, AReadWaitsForWhatItSaw) {
  Answer write, read;
  Start(Deposit("ann", 10), write);
  Start(Balance("ann"), read);
  EXPECT_FALSE(read.has_value());
  writer_.CommitAll();
  world_.RunUntilQuiet();
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(**read, 10);
  // Nothing is in flight: it is answered at once.
  Answer later;
  Start(Balance("ann"), later);
  ASSERT_TRUE(later.has_value());
}

TEST_F(MachineRuntimeTest, AFailedLogFailsEverybodyWhoWaitsAndTheMachineIsMadeAnew) {
  Answer committed, lost;
  Start(Deposit("ann", 10), committed);
  writer_.CommitAll();
  world_.RunUntilQuiet();
  Start(Deposit("ann", 90), lost);
  writer_.Fail(Unavailable("the disk is gone"));
  world_.RunUntilQuiet();
  ASSERT_TRUE(lost.has_value());
  EXPECT_EQ(MessageOf(lost->status()), "the disk is gone");
  EXPECT_FALSE(machine_.loaded());

  writer_.Heal();
  ASSERT_EQ(world_.Run(machine_.Load()), OkStatus());
  Answer balance;
  Start(Balance("ann"), balance);
  EXPECT_EQ(**balance, 10) << "what was not committed must not show";
}

TEST_F(MachineRuntimeTest, CommitsThatCameBeforeAFailureAreStillAnswered) {
  Answer answer;
  Start(Deposit("ann", 10), answer);
  writer_.CommitAll();
  writer_.Fail(Unavailable("the disk is gone"));
  world_.RunUntilQuiet();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(**answer, 10);
}

TEST_F(MachineRuntimeTest, AnAppendThatFailsUnloads) {
  Answer waiting, failed;
  Start(Deposit("ann", 10), waiting);
  writer_.failure = ResourceExhausted("no space");
  Start(Deposit("bob", 1), failed);
  ASSERT_TRUE(failed.has_value());
  EXPECT_EQ(MessageOf(failed->status()), "no space");
  ASSERT_TRUE(waiting.has_value());
  EXPECT_FALSE(waiting->ok());
  EXPECT_FALSE(machine_.loaded());
}

TEST_F(MachineRuntimeTest, RecordsThatDoNotFitUnload) {
  Answer answer;
  Start(Deposit("", 1), answer);
  ASSERT_TRUE(answer.has_value());
  EXPECT_FALSE(answer->ok());
  EXPECT_FALSE(machine_.loaded());
}

TEST_F(MachineRuntimeTest, AWaiterThatIsCancelledLeavesNoTrace) {
  Answer answer;
  {
    TaskGroup others(world_.runtime().executor, [](const Status&) {});
    others.Start(RunInto(machine_, Deposit("ann", 10), answer));
    world_.RunUntilQuiet();
    others.CancelAll();
  }
  writer_.CommitAll();
  world_.RunUntilQuiet();
  EXPECT_FALSE(answer.has_value());
  EXPECT_EQ(machine_.machine().amounts.at("ann"), 10);
  EXPECT_EQ(machine_.machine().committed, Offset(1));
}

// Live state and replayed state are the same, whatever happened.
TEST_F(MachineRuntimeTest, AShadowThatReplaysTheLogHasTheSameState) {
  std::vector<Answer> answers(200);
  SimNode& node = world_.driver();
  Random& random = node.runtime().random;
  for (Answer& answer : answers) {
    Start(Deposit("account-" + std::to_string(random.Below(7)),
                  static_cast<int64_t>(random.Below(100))),
          answer);
    if (random.Below(3) == 0) writer_.CommitAll();
  }
  const std::map<std::string, int64_t> live = machine_.machine().amounts;
  ASSERT_EQ(world_.Run(machine_.Load()), OkStatus());
  EXPECT_EQ(machine_.machine().amounts, live);
  EXPECT_EQ(machine_.machine().batches, 200);
}

}  // namespace
}  // namespace penstock
