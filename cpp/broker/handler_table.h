// Which APIs a broker answers, and how: one row per API, made from the signature of its handler.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include "base/error_code.h"
#include "base/slice.h"
#include "base/status.h"
#include "broker/request_context.h"
#include "protocol/codec.h"
#include "protocol/frame.h"
#include "protocol/message.h"
#include "protocol/wire_reader.h"
#include "runtime/task.h"

namespace penstock {

// Decodes the body that `reader` stands at, runs the handler and encodes the whole response frame;
// an empty chain if nothing is answered. An error means that the connection cannot go on. Both
// references outlive the Task.
using AnswerFunction = Task<StatusOr<SliceChain>> (*)(RequestContext& context, WireReader& reader);

// Decodes the body too, and encodes the frame that answers it with this error, in the places where
// Kafka's clients look for it. Nothing is done of what was asked.
using RefuseFunction = StatusOr<SliceChain> (*)(RequestContext& context, WireReader& reader,
                                                ErrorCode code);

struct HandlerRow {
  int16_t api_key = -1;
  VersionRange versions{0, -1};  // of the schema, the unstable one included
  AnswerFunction answer = nullptr;
  RefuseFunction refuse = nullptr;
};

// Rows in ascending order of their keys. Copies nothing: `rows` outlive the table.
class HandlerTable {
 public:
  static constexpr size_t kKeysMax = 128;

  constexpr explicit HandlerTable(std::span<const HandlerRow> rows) : rows_(rows) {
    index_.fill(kAbsent);
    for (size_t i = 0; i < rows.size(); ++i) {
      index_[static_cast<size_t>(rows[i].api_key)] = static_cast<uint8_t>(i);
    }
  }

  constexpr std::span<const HandlerRow> rows() const { return rows_; }
  constexpr const HandlerRow* Find(int16_t api_key) const {
    if (api_key < 0 || static_cast<size_t>(api_key) >= kKeysMax) return nullptr;
    const uint8_t i = index_[static_cast<size_t>(api_key)];
    return i == kAbsent ? nullptr : &rows_[i];
  }

 private:
  static constexpr uint8_t kAbsent = 0xff;

  std::span<const HandlerRow> rows_;
  std::array<uint8_t, kKeysMax> index_{};
};

namespace internal {

template <class Function>
struct HandlerSignature;
template <class Answered, class Asked>
struct HandlerSignature<Task<Answered> (*)(RequestContext&, Asked)> {
  using Request = Asked;
  using Response = Answered;
};

template <auto kHandler>
Task<StatusOr<SliceChain>> Answer(RequestContext& context, WireReader& reader) {
  using Signature = HandlerSignature<decltype(kHandler)>;
  using Request = typename Signature::Request;
  static_assert(std::is_same_v<typename Signature::Response, typename Request::Response>);
  Request request;
  CO_RETURN_IF_ERROR(Decode(reader, request, context.api_version));
  auto response = co_await kHandler(context, std::move(request));
  if constexpr (requires { response.error_code; }) context.error = response.error_code;
  if (!context.answers() || context.close_cause().has_value()) co_return SliceChain();
  co_return EncodeResponse(context.correlation_id, response, context.api_version);
}

// An error that the response as a whole has a place for.
template <class Request>
typename Request::Response RefuseWhole(RequestContext&, const Request&, ErrorCode code) {
  typename Request::Response response;
  response.error_code = code;
  if constexpr (requires { response.error_message; }) {
    response.error_message.emplace(DescriptionOf(code));
  }
  return response;
}

template <class Request, auto kRefusal>
StatusOr<SliceChain> Refuse(RequestContext& context, WireReader& reader, ErrorCode code) {
  Request request;
  RETURN_IF_ERROR(Decode(reader, request, context.api_version));
  const typename Request::Response response = kRefusal(context, request, code);
  context.error = code;
  if (!context.answers() || context.close_cause().has_value()) return SliceChain();
  return EncodeResponse(context.correlation_id, response, context.api_version);
}

template <auto kHandler>
using RequestOf = typename HandlerSignature<decltype(kHandler)>::Request;

}  // namespace internal

// The row of `Task<XResponse> HandleX(RequestContext&, XRequest)`, and of the function that says an
// error to a whole request, `XResponse RefuseX(RequestContext&, const XRequest&, ErrorCode)`:
// needed where the response has more than one error of its own.
template <auto kHandler, auto kRefusal = &internal::RefuseWhole<internal::RequestOf<kHandler>>>
constexpr HandlerRow Handle() {
  using Request = internal::RequestOf<kHandler>;
  return {Request::kApiKey, Request::kVersions, &internal::Answer<kHandler>,
          &internal::Refuse<Request, kRefusal>};
}

}  // namespace penstock
