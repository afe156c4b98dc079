#include "metadata/failed_response.h"

#include <string>

namespace penstock {
namespace {

template <class Entry>
void Fail(Entry& entry, const Status& why) {
  entry.error_code = ErrorCodeOf(why);
  entry.error_message = std::string(MessageOf(why));
}

// Both APIs name a resource in the same way.
template <class Response, class Request>
Response FailedResources(const Request& request, const Status& why) {
  Response response;
  for (const auto& resource : request.resources) {
    auto& entry = response.responses.emplace_back();
    entry.resource_type = resource.resource_type;
    entry.resource_name = resource.resource_name;
    Fail(entry, why);
  }
  return response;
}

}  // namespace

CreateTopicsResponse FailedResponse(const CreateTopicsRequest& request, const Status& why) {
  CreateTopicsResponse response;
  for (const auto& topic : request.topics) {
    auto& entry = response.topics.emplace_back();
    entry.name = topic.name;
    Fail(entry, why);
  }
  return response;
}

DeleteTopicsResponse FailedResponse(const DeleteTopicsRequest& request, const Status& why) {
  DeleteTopicsResponse response;
  for (const auto& name : request.topic_names) {
    auto& entry = response.responses.emplace_back();
    entry.name = name;
    Fail(entry, why);
  }
  for (const auto& topic : request.topics) {
    auto& entry = response.responses.emplace_back();
    entry.name = topic.name;
    entry.topic_id = topic.topic_id;
    Fail(entry, why);
  }
  return response;
}

CreatePartitionsResponse FailedResponse(const CreatePartitionsRequest& request, const Status& why) {
  CreatePartitionsResponse response;
  for (const auto& topic : request.topics) {
    auto& entry = response.results.emplace_back();
    entry.name = topic.name;
    Fail(entry, why);
  }
  return response;
}

AlterConfigsResponse FailedResponse(const AlterConfigsRequest& request, const Status& why) {
  return FailedResources<AlterConfigsResponse>(request, why);
}

IncrementalAlterConfigsResponse FailedResponse(const IncrementalAlterConfigsRequest& request,
                                               const Status& why) {
  return FailedResources<IncrementalAlterConfigsResponse>(request, why);
}

UpdateFeaturesResponse FailedResponse(const UpdateFeaturesRequest&, const Status& why) {
  UpdateFeaturesResponse response;
  Fail(response, why);
  return response;
}

}  // namespace penstock
