// Requests and responses as they go over a connection: four bytes of length, a header, a body.
#pragma once

#include <cstdint>

#include "protocol/api.h"
#include "protocol/codec.h"
#include "protocol/records/request_header.h"
#include "protocol/records/response_header.h"

namespace penstock {

inline constexpr size_t kFrameLengthBytes = 4;

// The header of a request, `reader` being over a frame without its length; leaves the reader at the
// body. The version is not checked, so that the caller can answer a version that it does not know.
//   UNSUPPORTED_VERSION: no such API; nothing that follows can be read.
//   InvalidArgument: truncated or malformed.
StatusOr<RequestHeader> DecodeRequestHeader(WireReader& reader);

// The header of the response to a request of this API and version.
StatusOr<ResponseHeader> DecodeResponseHeader(WireReader& reader, const ApiInfo& api,
                                              int16_t version);

namespace internal {

// Length and header, with room for a body of this size.
StatusOr<WireWriter> BeginRequest(const RequestHeader& header, const EncodedSize& body);
StatusOr<WireWriter> BeginResponse(const ApiInfo& api, int16_t version, int32_t correlation_id,
                                   const EncodedSize& body);

}  // namespace internal

// A whole frame. The header's key and version are those of the body.
template <class M>
StatusOr<SliceChain> EncodeRequest(RequestHeader header, const M& body, int16_t version) {
  header.request_api_key = M::kApiKey;
  header.request_api_version = version;
  ASSIGN_OR_RETURN(const EncodedSize size, SizeOf(body, version));
  ASSIGN_OR_RETURN(WireWriter writer, internal::BeginRequest(header, size));
  EncodeTo(writer, body, version);
  return writer.Finish();
}

template <class M>
StatusOr<SliceChain> EncodeResponse(int32_t correlation_id, const M& body, int16_t version) {
  ASSIGN_OR_RETURN(const EncodedSize size, SizeOf(body, version));
  ASSIGN_OR_RETURN(WireWriter writer,
                   internal::BeginResponse(*FindApi(M::kApiKey), version, correlation_id, size));
  EncodeTo(writer, body, version);
  return writer.Finish();
}

}  // namespace penstock
