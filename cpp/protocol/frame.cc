#include "protocol/frame.h"

#include "base/strings.h"

namespace penstock {

StatusOr<RequestHeader> DecodeRequestHeader(WireReader& reader) {
  const WireReader::Mark start = reader.mark();
  const int16_t key = reader.Read<int16_t>();
  const int16_t version = reader.Read<int16_t>();
  RETURN_IF_ERROR(reader.status());
  const ApiInfo* api = FindApi(key);
  if (api == nullptr) {
    return KafkaError(ErrorCode::kUnsupportedVersion, StrCat("no API has the key ", key));
  }
  reader.Rewind(start);
  RequestHeader header;
  RETURN_IF_ERROR(Decode(reader, header, api->RequestHeaderVersion(version)));
  return header;
}

StatusOr<ResponseHeader> DecodeResponseHeader(WireReader& reader, const ApiInfo& api,
                                              int16_t version) {
  ResponseHeader header;
  RETURN_IF_ERROR(Decode(reader, header, api.ResponseHeaderVersion(version)));
  return header;
}

namespace internal {

StatusOr<WireWriter> BeginRequest(const RequestHeader& header, const EncodedSize& body) {
  const ApiInfo* api = FindApi(header.request_api_key);
  CHECK(api != nullptr);
  const int16_t header_version = api->RequestHeaderVersion(header.request_api_version);
  ASSIGN_OR_RETURN(const EncodedSize size, SizeOf(header, header_version));
  const size_t total = size.total + body.total;
  if (total > INT32_MAX) return InvalidArgument("a request does not fit into one frame");
  WireWriter writer(kFrameLengthBytes + size.copied() + body.copied());
  writer.Write(static_cast<int32_t>(total));
  EncodeTo(writer, header, header_version);
  return writer;
}

StatusOr<WireWriter> BeginResponse(const ApiInfo& api, int16_t version, int32_t correlation_id,
                                   const EncodedSize& body) {
  const int16_t header_version = api.ResponseHeaderVersion(version);
  ResponseHeader header;
  header.correlation_id = correlation_id;
  ASSIGN_OR_RETURN(const EncodedSize size, SizeOf(header, header_version));
  const size_t total = size.total + body.total;
  if (total > INT32_MAX) return InvalidArgument("a response does not fit into one frame");
  WireWriter writer(kFrameLengthBytes + size.copied() + body.copied());
  writer.Write(static_cast<int32_t>(total));
  EncodeTo(writer, header, header_version);
  return writer;
}

}  // namespace internal
}  // namespace penstock
