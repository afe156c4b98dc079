// DeleteTopics: names and ids are looked up, what is named twice is refused, the rest goes.
#include <map>
#include <set>
#include <utility>

#include "base/strings.h"
#include "metadata/controller/topic_manager.h"

namespace penstock {
namespace {

using Result = DeleteTopicsResponse::DeletableTopicResult;

// What a request names, duplicates apart.
class NamedTopics {
 public:
  explicit NamedTopics(DeleteTopicsResponse& response) : response_(response) {}

  void AddName(const std::string& name) { ++names_[name]; }
  void Add(const DeleteTopicsRequest::DeleteTopicState& topic) {
    const bool has_id = topic.topic_id != Uuid::Zero();
    if (topic.name.has_value() && has_id) {
      Fail(topic.name, topic.topic_id, ErrorCode::kInvalidRequest,
           "You may not specify both topic name and topic id.");
    } else if (topic.name.has_value()) {
      AddName(*topic.name);
    } else if (has_id) {
      ++ids_[topic.topic_id];
    } else {
      Fail(std::nullopt, Uuid::Zero(), ErrorCode::kInvalidRequest,
           "Neither topic name nor id were specified.");
    }
  }

  // The topics to delete; everything else has its error in the response.
  std::vector<TopicsImage::TopicPtr> Resolve(const TopicsImage& topics) {
    std::map<Uuid, TopicsImage::TopicPtr> found;
    std::set<Uuid> refused;
    for (const auto& [id, count] : ids_) {
      const TopicsImage::TopicPtr topic = topics.FindById(id);
      if (count > 1) {
        refused.insert(id);
        Fail(std::nullopt, id, ErrorCode::kInvalidRequest, "Duplicate topic id.");
      } else if (topic == nullptr) {
        Fail(std::nullopt, id, ErrorCode::kUnknownTopicId,
             DescriptionOf(ErrorCode::kUnknownTopicId));
      } else {
        found.emplace(id, topic);
      }
    }
    for (const auto& [name, count] : names_) {
      const TopicsImage::TopicPtr topic = topics.FindByName(name);
      if (count > 1) {
        Fail(name, Uuid::Zero(), ErrorCode::kInvalidRequest, "Duplicate topic name.");
      } else if (topic == nullptr) {
        Fail(name, Uuid::Zero(), ErrorCode::kUnknownTopicOrPartition,
             DescriptionOf(ErrorCode::kUnknownTopicOrPartition));
      } else if (refused.contains(topic->id) || found.contains(topic->id)) {
        found.erase(topic->id);
        refused.insert(topic->id);
        Fail(name, topic->id, ErrorCode::kInvalidRequest,
             "The provided topic name maps to an ID that was already supplied.");
      } else {
        found.emplace(topic->id, topic);
      }
    }
    std::vector<TopicsImage::TopicPtr> chosen;
    for (const auto& [id, topic] : found) chosen.push_back(topic);
    return chosen;
  }

  void Fail(std::optional<std::string> name, const Uuid& id, ErrorCode code,
            std::string_view message) {
    Result result;
    result.name = std::move(name);
    result.topic_id = id;
    result.error_code = code;
    result.error_message = std::string(message);
    response_.responses.push_back(std::move(result));
  }

 private:
  DeleteTopicsResponse& response_;
  std::map<std::string, int> names_;
  std::map<Uuid, int> ids_;
};

}  // namespace

ControllerResult<DeleteTopicsResponse> DeleteTopics(const ControllerOptions& options,
                                                    const MetadataImage& image,
                                                    const DeleteTopicsRequest& request) {
  ControllerResult<DeleteTopicsResponse> result;
  NamedTopics named(result.response);
  for (const std::string& name : request.topic_names) named.AddName(name);
  for (const auto& topic : request.topics) named.Add(topic);
  const std::vector<TopicsImage::TopicPtr> topics = named.Resolve(image.topics);
  const bool too_many = topics.size() > kRecordsPerRequestMax;
  for (const TopicsImage::TopicPtr& topic : topics) {
    if (!options.delete_topic_enable) {
      named.Fail(topic->name, topic->id, ErrorCode::kTopicDeletionDisabled,
                 DescriptionOf(ErrorCode::kTopicDeletionDisabled));
      continue;
    }
    if (too_many) {
      named.Fail(topic->name, topic->id, ErrorCode::kPolicyViolation,
                 "Unable to perform excessively large batch operation.");
      continue;
    }
    RemoveTopicRecord record;
    record.topic_id = topic->id;
    result.records.push_back(std::move(record));
    Result deleted;
    deleted.name = topic->name;
    deleted.topic_id = topic->id;
    result.response.responses.push_back(std::move(deleted));
  }
  return result;
}

}  // namespace penstock
