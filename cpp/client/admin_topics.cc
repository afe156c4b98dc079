// Topics: created, deleted, extended, listed, described.
#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "client/admin.h"
#include "protocol/messages/create_partitions.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/delete_topics.h"
#include "protocol/messages/metadata.h"

namespace penstock {

namespace {

// The first error that sends the whole request to another controller.
template <class Results>
ErrorCode MovedController(const Results& results) {
  for (const auto& result : results) {
    if (result.error_code == ErrorCode::kNotController) return result.error_code;
  }
  return ErrorCode::kNone;
}

// Results in the order of the names; a name that the broker left out has an
// error.
std::vector<TopicResult> InOrderOf(const std::vector<std::string>& names,
                                   std::map<std::string, TopicResult> told) {
  std::vector<TopicResult> results;
  for (const std::string& name : names) {
    auto found = told.find(name);
    if (found != told.end()) {
      results.push_back(found->second);
      continue;
    }
    TopicResult& result = results.emplace_back();
    result.name = name;
    result.status = KafkaError(ErrorCode::kUnknownServerError,
                               StrCat("topic ", name, ": the broker's answer leaves it out"));
  }
  return results;
}

CreateTopicsRequest RequestToCreate(const std::vector<NewTopic>& topics, bool validate_only) {
  CreateTopicsRequest request;
  request.validate_only = validate_only;
  for (const NewTopic& topic : topics) {
    auto& asked = request.topics.emplace_back();
    asked.name = topic.name;
    const bool placed = !topic.assignments.empty();
    asked.num_partitions = placed ? -1 : topic.partitions;
    asked.replication_factor = placed ? int16_t{-1} : topic.replication_factor;
    for (size_t i = 0; i < topic.assignments.size(); ++i) {
      auto& partition = asked.assignments.emplace_back();
      partition.partition_index = PartitionId(static_cast<int32_t>(i));
      partition.broker_ids = topic.assignments[i];
    }
    for (const auto& [name, value] : topic.configs) {
      auto& config = asked.configs.emplace_back();
      config.name = name;
      config.value = value;
    }
  }
  return request;
}

CreatePartitionsRequest RequestToExtend(const std::vector<NewPartitions>& topics,
                                        bool validate_only) {
  CreatePartitionsRequest request;
  request.validate_only = validate_only;
  for (const NewPartitions& topic : topics) {
    auto& asked = request.topics.emplace_back();
    asked.name = topic.topic;
    asked.count = topic.total;
    asked.assignments.reset();
    if (topic.assignments.empty()) continue;
    asked.assignments.emplace();
    for (const std::vector<NodeId>& replicas : topic.assignments) {
      asked.assignments->emplace_back().broker_ids = replicas;
    }
  }
  return request;
}

DeleteTopicsRequest RequestToDelete(const std::vector<std::string>& names) {
  DeleteTopicsRequest request;
  for (const std::string& name : names) request.topics.emplace_back().name = name;
  return request;
}

template <class Topic>
std::vector<std::string> NamesOf(const std::vector<Topic>& topics, std::string Topic::* name) {
  std::vector<std::string> names;
  for (const Topic& topic : topics) names.push_back(topic.*name);
  return names;
}

}  // namespace

Status StatusOfAnswer(ErrorCode code, const std::optional<std::string>& message,
                      std::string_view what) {
  if (code == ErrorCode::kNone) return OkStatus();
  const bool told = message.has_value() && !message->empty();
  const std::string_view why = told ? std::string_view(*message) : DescriptionOf(code);
  return KafkaError(code, StrCat(what, ": ", why));
}

Task<StatusOr<std::vector<TopicResult>>> Admin::CreateTopics(std::vector<NewTopic> topics,
                                                             AdminOptions options) {
  CreateTopicsRequest request = RequestToCreate(topics, options.validate_only);
  std::function<ErrorCode(const CreateTopicsResponse&)> error_of =
      [](const CreateTopicsResponse& response) { return MovedController(response.topics); };
  const Instant deadline = caller_.DeadlineOf(options);
  const AdminTarget target = AdminTarget::Controller();
  CO_ASSIGN_OR_RETURN(
      const CreateTopicsResponse response,
      co_await caller_.Ask(target, std::move(request), std::move(error_of), deadline));
  std::map<std::string, TopicResult> told;
  for (const auto& topic : response.topics) {
    TopicResult& result = told[topic.name];
    result.name = topic.name;
    result.status = StatusOfAnswer(topic.error_code, topic.error_message, "topic " + topic.name);
    result.id = topic.topic_id;
    result.partitions = topic.num_partitions;
    result.replication_factor = topic.replication_factor;
  }
  co_return InOrderOf(NamesOf(topics, &NewTopic::name), std::move(told));
}

Task<StatusOr<std::vector<TopicResult>>> Admin::DeleteTopics(std::vector<std::string> names,
                                                             AdminOptions options) {
  DeleteTopicsRequest request = RequestToDelete(names);
  std::function<ErrorCode(const DeleteTopicsResponse&)> error_of =
      [](const DeleteTopicsResponse& response) { return MovedController(response.responses); };
  const Instant deadline = caller_.DeadlineOf(options);
  const AdminTarget target = AdminTarget::Controller();
  CO_ASSIGN_OR_RETURN(
      const DeleteTopicsResponse response,
      co_await caller_.Ask(target, std::move(request), std::move(error_of), deadline));
  std::map<std::string, TopicResult> told;
  for (const auto& topic : response.responses) {
    const std::string name = topic.name.value_or("");
    TopicResult& result = told[name];
    result.name = name;
    result.status = StatusOfAnswer(topic.error_code, topic.error_message, "topic " + name);
    result.id = topic.topic_id;
  }
  metadata_.Invalidate();
  co_return InOrderOf(names, std::move(told));
}

Task<StatusOr<std::vector<TopicResult>>> Admin::CreatePartitions(std::vector<NewPartitions> topics,
                                                                 AdminOptions options) {
  CreatePartitionsRequest request = RequestToExtend(topics, options.validate_only);
  std::function<ErrorCode(const CreatePartitionsResponse&)> error_of =
      [](const CreatePartitionsResponse& response) { return MovedController(response.results); };
  const Instant deadline = caller_.DeadlineOf(options);
  const AdminTarget target = AdminTarget::Controller();
  CO_ASSIGN_OR_RETURN(
      const CreatePartitionsResponse response,
      co_await caller_.Ask(target, std::move(request), std::move(error_of), deadline));
  std::map<std::string, TopicResult> told;
  for (const auto& topic : response.results) {
    TopicResult& result = told[topic.name];
    result.name = topic.name;
    result.status = StatusOfAnswer(topic.error_code, topic.error_message, "topic " + topic.name);
  }
  metadata_.Invalidate();
  co_return InOrderOf(NamesOf(topics, &NewPartitions::topic), std::move(told));
}

Task<StatusOr<std::vector<ListedTopic>>> Admin::ListTopics(AdminOptions options) {
  MetadataRequest request;
  request.topics.reset();  // all
  request.allow_auto_topic_creation = false;
  std::function<ErrorCode(const MetadataResponse&)> error_of =
      [](const MetadataResponse& response) { return response.error_code; };
  const Instant deadline = caller_.DeadlineOf(options);
  const AdminTarget target = AdminTarget::Any();
  CO_ASSIGN_OR_RETURN(
      const MetadataResponse response,
      co_await caller_.Ask(target, std::move(request), std::move(error_of), deadline));
  CO_RETURN_IF_ERROR(StatusOfAnswer(response.error_code, std::nullopt, "list the topics"));
  std::vector<ListedTopic> topics;
  for (const auto& topic : response.topics) {
    if (topic.error_code != ErrorCode::kNone || !topic.name.has_value()) continue;
    topics.push_back(ListedTopic{*topic.name, topic.topic_id, topic.is_internal});
  }
  std::sort(topics.begin(), topics.end(),
            [](const ListedTopic& a, const ListedTopic& b) { return a.name < b.name; });
  co_return topics;
}

Task<StatusOr<std::vector<TopicDescription>>> Admin::DescribeTopics(std::vector<std::string> names,
                                                                    AdminOptions options) {
  MetadataRequest request;
  request.topics.emplace();
  for (const std::string& name : names) request.topics->emplace_back().name = name;
  request.allow_auto_topic_creation = false;
  std::function<ErrorCode(const MetadataResponse&)> error_of =
      [](const MetadataResponse& response) { return response.error_code; };
  const Instant deadline = caller_.DeadlineOf(options);
  const AdminTarget target = AdminTarget::Any();
  CO_ASSIGN_OR_RETURN(
      const MetadataResponse response,
      co_await caller_.Ask(target, std::move(request), std::move(error_of), deadline));
  CO_RETURN_IF_ERROR(StatusOfAnswer(response.error_code, std::nullopt, "describe topics"));
  MetadataCache told;
  told.Apply(response);
  std::vector<TopicDescription> descriptions;
  for (const std::string& name : names) {
    TopicDescription& description = descriptions.emplace_back();
    description.name = name;
    const TopicInfo* const info = told.FindTopic(name);
    if (info != nullptr) {
      description.info = *info;
    } else {
      const Status error = told.ErrorOf(name);
      description.status = error.ok() ? StatusOfAnswer(ErrorCode::kUnknownTopicOrPartition,
                                                       std::nullopt, "topic " + name)
                                      : error;
    }
  }
  co_return descriptions;
}

}  // namespace penstock
