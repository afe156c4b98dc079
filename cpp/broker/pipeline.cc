#include "broker/pipeline.h"

#include <utility>

#include "base/strings.h"
#include "broker/faults.h"
#include "protocol/api.h"
#include "protocol/frame.h"
#include "protocol/messages/api_versions.h"

namespace penstock {

namespace {

// Key, version and correlation id stand in the same place in every version of the header, so that
// they can be read also where the rest cannot.
Status ReadFixedHeader(const Slice& frame, RequestContext& context) {
  WireReader reader(frame);
  context.api_key = reader.Read<int16_t>();
  context.api_version = reader.Read<int16_t>();
  context.correlation_id = reader.Read<int32_t>();
  return reader.status();
}

}  // namespace

int16_t NewestVersion(const HandlerRow& row, bool unstable_versions) {
  const ApiInfo* api = FindApi(row.api_key);
  const bool hide_newest = api != nullptr && api->latest_unstable && !unstable_versions;
  return static_cast<int16_t>(row.versions.max - (hide_newest ? 1 : 0));
}

Task<StatusOr<SliceChain>> Pipeline::Answer(RequestContext& context, Slice frame) {
  context.received_at = clock_.Now();
  CO_RETURN_IF_ERROR(ReadFixedHeader(frame, context));
  const HandlerRow* row = handlers_.Find(context.api_key);
  if (row == nullptr) {
    co_return InvalidArgument(StrCat("api key ", context.api_key, " is not served"));
  }
  const VersionRange served{row->versions.min, NewestVersion(*row, options_.unstable_versions)};
  if (!served.Contains(context.api_version)) co_return RefuseVersion(context);

  WireReader reader(std::move(frame));
  CO_ASSIGN_OR_RETURN(RequestHeader header, DecodeRequestHeader(reader));
  context.client_id = std::move(header.client_id);

  Faults* const faults = options_.faults;
  const ErrorCode injected =
      faults == nullptr ? ErrorCode::kNone : faults->TakeError(context.api_key);
  StatusOr<SliceChain> response = SliceChain();
  if (injected == ErrorCode::kNone) {
    response = co_await row->answer(context, reader);
  } else {
    response = Refuse(*row, context, reader, injected);
  }
  metrics_.Answered(context.api_key, clock_.Now() - context.received_at, context.error);
  if (!response.ok()) {
    const std::string what = StrCat(FindApi(context.api_key)->name, " v", context.api_version);
    co_return Annotate(response.status(), what);
  }
  const bool is_held_back =
      faults != nullptr && faults->HoldsBack(context.api_key) && !response->empty();
  if (is_held_back) co_await faults->HoldBack(context);
  co_return response;
}

StatusOr<SliceChain> Pipeline::Refuse(const HandlerRow& row, RequestContext& context,
                                      WireReader& reader, ErrorCode code) const {
  const bool is_about_version =
      context.api_key == ApiVersionsRequest::kApiKey && code == ErrorCode::kUnsupportedVersion;
  if (!is_about_version) return row.refuse(context, reader, code);
  context.error = code;
  return RefuseVersion(context);
}

// A client that asks in a newer version of ApiVersions is told in the oldest one which versions
// there are. Any other version that is not served ends the connection.
StatusOr<SliceChain> Pipeline::RefuseVersion(const RequestContext& context) const {
  const HandlerRow& row = *handlers_.Find(context.api_key);
  if (context.api_key != ApiVersionsRequest::kApiKey) {
    return InvalidArgument(StrCat("version ", context.api_version, " of ",
                                  FindApi(context.api_key)->name, " is not served"));
  }
  ApiVersionsResponse response;
  response.error_code = ErrorCode::kUnsupportedVersion;
  ApiVersionsResponse::ApiVersion own;
  own.api_key = row.api_key;
  own.min_version = row.versions.min;
  own.max_version = NewestVersion(row, options_.unstable_versions);
  response.api_keys.push_back(own);
  return EncodeResponse(context.correlation_id, response, 0);
}

}  // namespace penstock
