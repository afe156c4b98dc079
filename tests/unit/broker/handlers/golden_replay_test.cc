// Our broker answers what Apache Kafka answered to the same requests in the same order, but for
// what is each broker's own: names, ids, times, and the words of messages.
#include "tests/unit/broker/handlers/golden_replay.h"

#include <gtest/gtest.h>

#include <set>

#include "base/strings.h"
#include "base/uuid.h"
#include "broker/handlers/handlers.h"
#include "protocol/api.h"

namespace penstock::testing {
namespace {

// Members whose value is each broker's own, where there is one.
const std::set<std::string>& OwnMembers() {
  static const std::set<std::string> names = {"errorMessage",
                                              "documentation",
                                              "clusterId",
                                              "host",
                                              "port",
                                              "replicaDirectoryId",
                                              "lastCaughtUpTimestamp",
                                              "lastFetchTimestamp",
                                              "logDir",
                                              "totalBytes",
                                              "usableBytes",
                                              "topicId",
                                              "finalizedFeaturesEpoch"};
  return names;
}

// Configs that only one of the two has so far; min.insync.replicas, which Kafka sets for the whole
// cluster when eligible leader replicas are on; node.id, which has a default here.
const std::set<std::string>& OwnConfigs() {
  static const std::set<std::string> names = {"ack.durability", "num.io.threads",
                                              "ssl.keystore.password", "min.insync.replicas",
                                              "node.id"};
  return names;
}

void DropOwnConfigs(JsonTree& tree) {
  for (JsonTree& element : tree.elements) DropOwnConfigs(element);
  for (auto& [name, value] : tree.members) DropOwnConfigs(value);
  std::erase_if(tree.elements, [](const JsonTree& element) {
    const auto name = element.members.find("name");
    return name != element.members.end() && OwnConfigs().contains(name->second.word);
  });
}

// ApiVersions says what a broker has: of Kafka's answer the part that is here is compared.
void DropWhatIsNotServed(JsonTree& answer) {
  std::erase_if(answer.members["apiKeys"].elements, [](const JsonTree& api) {
    const auto key = static_cast<int16_t>(*ParseInt32(api.members.at("apiKey").word));
    return BrokerHandlers().Find(key) == nullptr;
  });
  for (const char* features : {"supportedFeatures", "finalizedFeatures"}) {
    const auto found = answer.members.find(features);
    if (found == answer.members.end()) continue;
    std::erase_if(found->second.elements, [](const JsonTree& feature) {
      return feature.members.at("name").word != "metadata.version";
    });
  }
}

// Null stays null and empty stays empty: clients look at that.
void HideOwn(ApiKey api, JsonTree& tree) {
  // How long the metadata log is depends on what a broker writes into it when it starts.
  const std::set<std::string> of_metadata_log = {"logEndOffset", "highWatermark"};
  DropOwnConfigs(tree);
  if (api == ApiKey::kApiVersions) DropWhatIsNotServed(tree);
  tree.ForEachMember([&](const std::string& name, JsonTree& value) {
    const bool in_metadata_log = api == ApiKey::kDescribeQuorum && of_metadata_log.contains(name);
    if (!OwnMembers().contains(name) && !in_metadata_log) return;
    const bool none = name == "topicId" && value.word == Uuid::Zero().ToString();
    if (value.word == "null" || value.word.empty() || value.word == "0" || none) return;
    value.word = "own";
  });
  tree.SortArrays();
}

class GoldenReplayTest : public ::testing::TestWithParam<ApiKey> {
 protected:
  static void SetUpTestSuite() { replayed_ = ReplayGoldenVectors(); }
  inline static std::vector<ReplayedExchange> replayed_;
};

TEST_P(GoldenReplayTest, AnswersAsKafka) {
  int compared = 0;
  for (const ReplayedExchange& exchange : replayed_) {
    if (exchange.api_key != static_cast<int16_t>(GetParam())) continue;
    ++compared;
    JsonTree kafka = exchange.kafka;
    JsonTree ours = exchange.ours;
    HideOwn(GetParam(), kafka);
    HideOwn(GetParam(), ours);
    EXPECT_EQ(kafka.ToString(), ours.ToString())
        << "version " << exchange.version << ", request " << exchange.request;
  }
  EXPECT_GT(compared, 0);
}

INSTANTIATE_TEST_SUITE_P(AdminApis, GoldenReplayTest,
                         ::testing::Values(ApiKey::kCreateTopics, ApiKey::kDeleteTopics,
                                           ApiKey::kCreatePartitions, ApiKey::kDescribeConfigs,
                                           ApiKey::kAlterConfigs, ApiKey::kIncrementalAlterConfigs,
                                           ApiKey::kDescribeQuorum, ApiKey::kUpdateFeatures,
                                           ApiKey::kListConfigResources),
                         [](const auto& param) { return std::string(FindApi(param.param)->name); });

INSTANTIATE_TEST_SUITE_P(DataApis, GoldenReplayTest,
                         ::testing::Values(ApiKey::kApiVersions, ApiKey::kProduce, ApiKey::kFetch,
                                           ApiKey::kListOffsets, ApiKey::kMetadata,
                                           ApiKey::kDeleteRecords, ApiKey::kInitProducerId,
                                           ApiKey::kOffsetForLeaderEpoch, ApiKey::kDescribeLogDirs,
                                           ApiKey::kDescribeCluster, ApiKey::kDescribeProducers,
                                           ApiKey::kDescribeTopicPartitions),
                         [](const auto& param) { return std::string(FindApi(param.param)->name); });

}  // namespace
}  // namespace penstock::testing
