// Words for stories about topics and their configs, over a broker in a simulated world.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "protocol/messages/create_partitions.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/describe_configs.h"
#include "protocol/messages/incremental_alter_configs.h"
#include "protocol/messages/metadata.h"
#include "tests/unit/broker/handlers/broker_host.h"

namespace penstock::testing {

using NewTopic = CreateTopicsRequest::CreatableTopic;
using CreatedTopic = CreateTopicsResponse::CreatableTopicResult;

inline constexpr int8_t kTopicType = 2;
inline constexpr int8_t kBrokerType = 4;
inline constexpr int8_t kBrokerLoggerType = 8;
enum ConfigOperation : int8_t { kSet = 0, kDelete = 1, kAppend = 2, kSubtract = 3 };

inline NewTopic Topic(std::string name, int32_t partitions = 1, int16_t replicas = 1) {
  NewTopic topic;
  topic.name = std::move(name);
  topic.num_partitions = partitions;
  topic.replication_factor = replicas;
  return topic;
}

class AdminClient {
 public:
  explicit AdminClient(ConfigMap config = {}) : host_(std::move(config)) {}

  BrokerHost& host() { return host_; }

  CreatedTopic Create(NewTopic topic, bool validate_only = false) {
    CreateTopicsRequest request;
    request.topics.push_back(std::move(topic));
    request.validate_only = validate_only;
    return host_.Ask(std::move(request), 7).topics.at(0);
  }
  ErrorCode Grow(std::string name, int32_t count, bool validate_only = false) {
    CreatePartitionsRequest request;
    auto& topic = request.topics.emplace_back();
    topic.name = std::move(name);
    topic.count = count;
    topic.assignments = std::nullopt;
    request.validate_only = validate_only;
    return host_.Ask(std::move(request), 3).results.at(0).error_code;
  }
  // -1: there is no such topic.
  int Partitions(std::string name) {
    MetadataRequest request;
    request.allow_auto_topic_creation = false;
    request.topics.emplace().emplace_back().name = std::move(name);
    const auto response = host_.Ask(std::move(request), 12);
    const auto& topic = response.topics.at(0);
    return topic.error_code == ErrorCode::kNone ? static_cast<int>(topic.partitions.size()) : -1;
  }
  ErrorCode Alter(int8_t type, std::string resource_name, int8_t operation, std::string name,
                  std::optional<std::string> value, bool validate_only = false) {
    IncrementalAlterConfigsRequest request;
    request.validate_only = validate_only;
    auto& resource = request.resources.emplace_back();
    resource.resource_type = type;
    resource.resource_name = std::move(resource_name);
    auto& config = resource.configs.emplace_back();
    config.name = std::move(name);
    config.config_operation = operation;
    config.value = std::move(value);
    return host_.Ask(std::move(request), 1).responses.at(0).error_code;
  }
  // The value of a topic's config, if it is the topic's own.
  std::optional<std::string> Own(std::string topic, std::string name) {
    DescribeConfigsRequest request;
    auto& resource = request.resources.emplace_back();
    resource.resource_type = kTopicType;
    resource.resource_name = std::move(topic);
    resource.configuration_keys.emplace().push_back(std::move(name));
    const auto rows = host_.Ask(std::move(request), 4).results.at(0).configs;
    if (rows.size() != 1 || rows[0].config_source != 1) return std::nullopt;
    return rows[0].value;
  }

 private:
  BrokerHost host_;
};

}  // namespace penstock::testing
