// Power is lost at any moment: while a directory is formatted, while records are written, while a
// snapshot is taken.
#include <gtest/gtest.h>

#include <map>

#include "metadata/metadata_node.h"
#include "tests/unit/metadata/node_fixture.h"

namespace penstock {
namespace {

// What a life has been told, and what the node may not forget.
struct Promises {
  std::map<std::string, Uuid> topics;
  ProducerId next_producer_id{0};
  LeaderEpoch leader_epoch{0};
  std::string cluster_id;
  int lives_that_served = 0;
  std::string problem;
};

Status CheckPromises(const MetadataNode& node, const Promises& promises) {
  const MetadataImagePtr image = node.image();
  for (const auto& [name, id] : promises.topics) {
    const auto topic = image->topics.FindByName(name);
    if (topic == nullptr) return DataLoss("topic " + name + " is gone");
    if (topic->id != id) return DataLoss("topic " + name + " has another id");
    if (topic->partitions.size() != 2) return DataLoss("topic " + name + " lacks partitions");
  }
  if (image->producer_ids.next_producer_id < promises.next_producer_id) {
    return DataLoss("producer ids would be handed out again");
  }
  if (node.leader_epoch() <= promises.leader_epoch) return DataLoss("an epoch came twice");
  if (!promises.cluster_id.empty() && node.cluster_id() != promises.cluster_id) {
    return DataLoss("the cluster id changed");
  }
  return OkStatus();
}

Task<Status> LiveOnce(Runtime& runtime, NodeLife& life, Promises& promises) {
  CO_RETURN_IF_ERROR(co_await life.OpenAndRegister());
  CO_RETURN_IF_ERROR(CheckPromises(life.node(), promises));
  promises.leader_epoch = life.node().leader_epoch();
  promises.cluster_id = life.node().cluster_id();
  ++promises.lives_that_served;
  for (int i = 0; i < 1000; ++i) {
    const std::string name = "topic-" + std::to_string(runtime.random.Next());
    CreateTopicsRequest request = TopicRequest(name, 2);
    const CreateTopicsResponse created = co_await life.node().CreateTopics(std::move(request));
    const auto& topic = created.topics.front();
    if (topic.error_code == ErrorCode::kNone) promises.topics[name] = topic.topic_id;
    const StatusOr<ProducerIdBlock> block = co_await life.node().AllocateProducerIds();
    if (block.ok()) promises.next_producer_id = block->first + block->count;
  }
  co_return OkStatus();
}

// The life ends with the frame of this coroutine: at a crash, all at once.
Task<> Live(Runtime& runtime, int64_t snapshot_bytes, Promises& promises) {
  NodeLife life(runtime);
  life.options.max_record_bytes_between_snapshots = snapshot_bytes;
  const Status lived = co_await LiveOnce(runtime, life, promises);
  if (!lived.ok()) promises.problem = std::string(MessageOf(lived));
}

// Crashes `node` every so often, `crashes` times; every life must find what the ones before were
// promised.
Promises CrashAgainAndAgain(uint64_t seed, int crashes, Duration life_max, int64_t snapshot_bytes) {
  SimWorld world(seed);
  SimNode& node = world.AddNode("node");
  node.disk_faults().delay_mean = Microseconds(150);
  Promises promises;
  for (int crash = 0; crash < crashes && promises.problem.empty(); ++crash) {
    node.Start([&](Runtime& runtime) { return Live(runtime, snapshot_bytes, promises); });
    world.RunFor(Duration(world.runtime().random.Below(static_cast<uint64_t>(life_max.count()))));
    node.Crash();
  }
  return promises;
}

TEST(MetadataCrash, FormattingBeginsAgainWhereverItWasCutOff) {
  int served = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    const Promises promises = CrashAgainAndAgain(seed, 12, Milliseconds(8), 1 << 20);
    ASSERT_EQ(promises.problem, "") << "seed " << seed;
    served += promises.lives_that_served;
  }
  EXPECT_GT(served, 0);
}

TEST(MetadataCrash, NothingPromisedIsLostInAnyLife) {
  size_t topics = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Promises promises = CrashAgainAndAgain(seed, 10, Milliseconds(120), 4000);
    ASSERT_EQ(promises.problem, "") << "seed " << seed;
    topics += promises.topics.size();
  }
  EXPECT_GT(topics, 100u);
}

Task<> AskWithABrokenDisk(SimNode& node, Runtime& runtime, std::vector<ErrorCode>& answers) {
  NodeLife life(runtime);
  const Status opened = co_await life.OpenAndRegister();
  if (!opened.ok()) co_return;
  CreateTopicsRequest before = TopicRequest("before", 1);
  const CreateTopicsResponse good = co_await life.node().CreateTopics(std::move(before));
  answers.push_back(good.topics.front().error_code);
  node.disk_faults().sync_error_probability = 1;
  for (int i = 0; i < 2; ++i) {
    CreateTopicsRequest after = TopicRequest("after", 1);
    const CreateTopicsResponse bad = co_await life.node().CreateTopics(std::move(after));
    answers.push_back(bad.topics.front().error_code);
  }
  // What was published stays to be read; what could not be made durable was never published.
  const bool published = life.node().image()->topics.FindByName("after") != nullptr;
  if (published) answers.push_back(ErrorCode::kUnknownServerError);
  const Status stopped = co_await life.node().Stop();
  answers.push_back(stopped.ok() ? ErrorCode::kNone : ErrorCodeOf(stopped));
  co_await life.Abandon();
}

TEST(MetadataCrash, ADiskThatFailsAcknowledgesNothing) {
  SimWorld world(1);
  SimNode& node = world.AddNode("node");
  std::vector<ErrorCode> answers;
  node.Start([&](Runtime& runtime) { return AskWithABrokenDisk(node, runtime, answers); });
  world.RunUntilQuiet();
  ASSERT_EQ(answers.size(), 4u);
  EXPECT_EQ(answers[0], ErrorCode::kNone);
  EXPECT_EQ(answers[1], ErrorCode::kKafkaStorageError);
  EXPECT_EQ(answers[2], ErrorCode::kKafkaStorageError);
}

}  // namespace
}  // namespace penstock
