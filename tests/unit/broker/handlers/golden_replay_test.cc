// Our broker answers what Apache Kafka answered to the same requests in the same order, but for
// what is each broker's own: names, ids, times, and the words of messages.
#include "tests/unit/broker/handlers/golden_replay.h"

#include <gtest/gtest.h>

#include <set>

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
                                              "sessionId"};
  return names;
}

// Null stays null and empty stays empty: clients look at that.
void HideOwn(JsonTree& tree) {
  tree.ForEachMember([](const std::string& name, JsonTree& value) {
    if (!OwnMembers().contains(name)) return;
    if (value.word != "null" && !value.word.empty() && value.word != "0") value.word = "own";
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
    HideOwn(kafka);
    HideOwn(ours);
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

}  // namespace
}  // namespace penstock::testing
