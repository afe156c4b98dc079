#include "metadata/controller/config_manager.h"

#include <gtest/gtest.h>

#include "config/config_changes.h"
#include "tests/unit/metadata/controller/test_cluster.h"

namespace penstock {
namespace {

using Resource = IncrementalAlterConfigsRequest::AlterConfigsResource;
using OldResource = AlterConfigsRequest::AlterConfigsResource;

Resource Of(ConfigResourceType type, std::string name) {
  Resource resource;
  resource.resource_type = static_cast<int8_t>(type);
  resource.resource_name = std::move(name);
  return resource;
}
Resource With(Resource resource, std::string name, std::optional<std::string> value,
              ConfigOperation operation = ConfigOperation::kSet) {
  IncrementalAlterConfigsRequest::AlterableConfig config;
  config.name = std::move(name);
  config.value = std::move(value);
  config.config_operation = static_cast<int8_t>(operation);
  resource.configs.push_back(std::move(config));
  return resource;
}
Resource Words() { return Of(ConfigResourceType::kTopic, "words"); }

class ConfigManagerTest : public ::testing::Test {
 protected:
  ConfigManagerTest() {
    cluster_.Add(1);
    cluster_.AddTopic("words", {Nodes({1})});
  }
  // The answers as "CODE: message", the message left out where there is none.
  std::vector<std::string> Alter(std::vector<Resource> resources, bool only = false) {
    IncrementalAlterConfigsRequest request;
    request.resources = std::move(resources);
    request.validate_only = only;
    return Finish(IncrementalAlterConfigs(cluster_.options(), cluster_.image(), request));
  }
  std::string Alter(Resource resource) { return Alter(std::vector{std::move(resource)}).front(); }
  std::string Replace(const std::vector<std::pair<std::string, std::optional<std::string>>>& all) {
    AlterConfigsRequest request;
    OldResource& resource = request.resources.emplace_back();
    resource.resource_type = static_cast<int8_t>(ConfigResourceType::kTopic);
    resource.resource_name = "words";
    for (const auto& [name, value] : all) {
      auto& config = resource.configs.emplace_back();
      config.name = name;
      config.value = value;
    }
    return Finish(AlterConfigs(cluster_.options(), cluster_.image(), request)).front();
  }
  const ConfigMap& Overrides() const {
    return cluster_.image().configs.Of(ConfigResource::Topic("words"));
  }

  TestCluster cluster_;

 private:
  template <class Response>
  std::vector<std::string> Finish(const ControllerResult<Response>& result) {
    cluster_.Apply(result.records);
    std::vector<std::string> answers;
    for (const auto& answer : result.response.responses) {
      std::string line(NameOf(answer.error_code));
      if (answer.error_message.has_value()) line += ": " + *answer.error_message;
      answers.push_back(std::move(line));
    }
    return answers;
  }
};

TEST_F(ConfigManagerTest, ConfigsAreSetAndTakenBackOneByOne) {
  EXPECT_EQ(Alter(With(With(Words(), "retention.ms", "5000"), "cleanup.policy", "delete")), "NONE");
  EXPECT_EQ(Overrides(), (ConfigMap{{"cleanup.policy", "delete"}, {"retention.ms", "5000"}}));
  EXPECT_EQ(Alter(With(Words(), "cleanup.policy", "compact", ConfigOperation::kAppend)), "NONE");
  EXPECT_EQ(Overrides().at("cleanup.policy"), "delete,compact");
  EXPECT_EQ(Alter(With(Words(), "cleanup.policy", "delete", ConfigOperation::kSubtract)), "NONE");
  EXPECT_EQ(Overrides().at("cleanup.policy"), "compact");
  EXPECT_EQ(Alter(With(Words(), "cleanup.policy", std::nullopt, ConfigOperation::kDelete)), "NONE");
  EXPECT_EQ(Overrides(), (ConfigMap{{"retention.ms", "5000"}}));
}

TEST_F(ConfigManagerTest, TheOlderFormReplacesAll) {
  EXPECT_EQ(Alter(With(Words(), "retention.ms", "5000")), "NONE");
  EXPECT_EQ(Replace({{"segment.bytes", "2000000"}}), "NONE");
  EXPECT_EQ(Overrides(), (ConfigMap{{"segment.bytes", "2000000"}}));
  EXPECT_EQ(Replace({}), "NONE");
  EXPECT_TRUE(Overrides().empty());
  EXPECT_EQ(Replace({{"segment.bytes", std::nullopt}}),
            "INVALID_REQUEST: Null value not supported for : segment.bytes");
  EXPECT_EQ(Replace({{"segment.bytes", "2000000"}, {"segment.bytes", "3000000"}}),
            "INVALID_REQUEST: Error due to duplicate config keys");
}

TEST_F(ConfigManagerTest, AResourceChangesAsAWholeOrNotAtAll) {
  const std::string refused =
      Alter(With(With(Words(), "retention.ms", "5000"), "segment.bytes", "many"));
  EXPECT_TRUE(refused.starts_with("INVALID_CONFIG: ")) << refused;
  EXPECT_TRUE(Overrides().empty());
}

TEST_F(ConfigManagerTest, OneThatIsRefusedDoesNotHoldUpTheOthers) {
  const auto answers = Alter({With(Of(ConfigResourceType::kTopic, "nothing"), "retention.ms", "1"),
                              With(Words(), "retention.ms", "5000")});
  EXPECT_EQ(answers,
            (std::vector<std::string>{
                "UNKNOWN_TOPIC_OR_PARTITION: The topic 'nothing' does not exist.", "NONE"}));
  EXPECT_EQ(Overrides().at("retention.ms"), "5000");
}

TEST_F(ConfigManagerTest, AResourceIsNamedOnce) {
  for (const std::string& answer :
       Alter({With(Words(), "retention.ms", "1"), With(Words(), "segment.bytes", "2000000")})) {
    EXPECT_EQ(answer, "INVALID_REQUEST: Each resource must appear at most once.");
  }
  EXPECT_TRUE(Overrides().empty());
}

TEST_F(ConfigManagerTest, OnlyThisBrokerOrAllOfThem) {
  const auto broker = [](std::string name) {
    return With(Of(ConfigResourceType::kBroker, std::move(name)), "max.connections", "7");
  };
  EXPECT_EQ(Alter(broker("1")), "NONE");
  EXPECT_EQ(Alter(broker("")), "NONE");
  EXPECT_EQ(cluster_.image().configs.Of(ConfigResource::DefaultBroker()).at("max.connections"),
            "7");
  EXPECT_EQ(Alter(broker("2")),
            "INVALID_REQUEST: Unexpected broker id, expected 1, but received 2");
  EXPECT_EQ(Alter(broker("one")), "INVALID_REQUEST: Node id must be an integer, but it is: one");
}

TEST_F(ConfigManagerTest, ResourcesThatAreNotServedAreNamed) {
  EXPECT_EQ(Alter(With(Of(ConfigResourceType::kTopic, ""), "retention.ms", "1")),
            "INVALID_REQUEST: Default topic resources are not allowed.");
  EXPECT_EQ(Alter(Of(ConfigResourceType::kGroup, "g")),
            "INVALID_REQUEST: Unknown resource type 32");
  EXPECT_EQ(Alter(Of(ConfigResourceType::kUnknown, "")),
            "INVALID_REQUEST: Unknown resource type 0");
  EXPECT_EQ(Alter(With(Of(ConfigResourceType::kBrokerLogger, "1"), "kafka.server", "DEBUG")),
            "INVALID_CONFIG: Logger kafka.server does not exist!");
  EXPECT_TRUE(Alter(With(Of(ConfigResourceType::kTopic, "no/name"), "retention.ms", "1"))
                  .starts_with("INVALID_TOPIC_EXCEPTION: "));
}

TEST_F(ConfigManagerTest, AnOperationThatNobodyKnowsIsRefused) {
  for (const int8_t operation : {int8_t{-1}, int8_t{4}}) {
    Resource resource = With(Words(), "retention.ms", "1");
    resource.configs.front().config_operation = operation;
    EXPECT_TRUE(Alter(resource).starts_with("INVALID_REQUEST: Unknown operations type"));
  }
}

TEST_F(ConfigManagerTest, ValidatingMakesNothing) {
  EXPECT_EQ(Alter({With(Words(), "retention.ms", "5000")}, true), std::vector<std::string>{"NONE"});
  EXPECT_TRUE(Overrides().empty());
}

}  // namespace
}  // namespace penstock
