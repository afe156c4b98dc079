// The definitions of protocol/codec.h and protocol/json.h. Included by the generated sources, which
// instantiate them once per message.
#pragma once

#include "protocol/codec.h"
#include "protocol/decode_visitor.h"
#include "protocol/encode_visitor.h"
#include "protocol/json.h"
#include "protocol/json_visitor.h"
#include "protocol/message_table.h"

namespace penstock {
namespace internal {

Status UnsupportedVersion(std::string_view message, int16_t version);

template <class M>
StatusOr<std::string> DecodeToJson(WireReader& reader, int16_t version) {
  M message;
  RETURN_IF_ERROR(Decode(reader, message, version));
  return ToJson(message, version);
}

template <class M>
StatusOr<SliceChain> Recode(WireReader& reader, int16_t version) {
  M message;
  RETURN_IF_ERROR(Decode(reader, message, version));
  return Encode(message, version);
}

}  // namespace internal

template <class M>
StatusOr<EncodedSize> SizeOf(const M& message, int16_t version) {
  if (!M::kVersions.Contains(version)) return internal::UnsupportedVersion(M::kName, version);
  internal::SizeVisitor size(version, M::kFlexible);
  size.Struct(message);
  if (!size.ok()) return size.status(M::kName);
  return size.size();
}

template <class M>
void EncodeTo(WireWriter& writer, const M& message, int16_t version) {
  internal::EncodeVisitor encode(writer, version, M::kFlexible);
  encode.Struct(message);
}

template <class M>
StatusOr<SliceChain> Encode(const M& message, int16_t version) {
  ASSIGN_OR_RETURN(const EncodedSize size, SizeOf(message, version));
  WireWriter writer(size.copied());
  EncodeTo(writer, message, version);
  return writer.Finish();
}

template <class M>
Status Decode(WireReader& reader, M& message, int16_t version) {
  if (!M::kVersions.Contains(version)) return internal::UnsupportedVersion(M::kName, version);
  message = M();
  internal::DecodeVisitor decode(reader, version, M::kFlexible);
  decode.Struct(message);
  return reader.ok() ? OkStatus() : Annotate(reader.status(), M::kName);
}

template <class M>
std::string ToJson(const M& message, int16_t version) {
  std::string out;
  internal::JsonVisitor json(out, version, M::kFlexible);
  json.Struct(message);
  return out;
}

}  // namespace penstock

#define PENSTOCK_INSTANTIATE(M)                                                   \
  template StatusOr<EncodedSize> SizeOf<M>(const M&, int16_t);                    \
  template void EncodeTo<M>(WireWriter&, const M&, int16_t);                      \
  template StatusOr<SliceChain> Encode<M>(const M&, int16_t);                     \
  template Status Decode<M>(WireReader&, M&, int16_t);                            \
  template std::string ToJson<M>(const M&, int16_t);                              \
  template StatusOr<std::string> internal::DecodeToJson<M>(WireReader&, int16_t); \
  template StatusOr<SliceChain> internal::Recode<M>(WireReader&, int16_t);
