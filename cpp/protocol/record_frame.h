// The few bytes in front of a message where it is the key or value of a record: of the metadata
// log, of a coordinator's topic, or of the consumer protocol.
#pragma once

#include <cstdint>

#include "protocol/codec.h"

namespace penstock {

// What stands in front of a message in the metadata log: frame version 1, record type, message
// version, each an unsigned varint.
struct MetadataRecordPrefix {
  int16_t type = 0;
  int16_t version = 0;
};

namespace internal {
size_t SizeOfMetadataRecordPrefix(MetadataRecordPrefix prefix);
void WriteMetadataRecordPrefix(WireWriter& writer, MetadataRecordPrefix prefix);
}  // namespace internal

// Leaves the reader at the message, which Decode(reader, message, prefix.version) reads.
// InvalidArgument for a frame version other than 1 and for numbers beyond int16.
StatusOr<MetadataRecordPrefix> DecodeMetadataRecordPrefix(WireReader& reader);

template <class M>
StatusOr<SliceChain> EncodeMetadataRecord(const M& message, int16_t version) {
  const MetadataRecordPrefix prefix{.type = M::kApiKey, .version = version};
  ASSIGN_OR_RETURN(const EncodedSize size, SizeOf(message, version));
  WireWriter writer(internal::SizeOfMetadataRecordPrefix(prefix) + size.copied());
  internal::WriteMetadataRecordPrefix(writer, prefix);
  EncodeTo(writer, message, version);
  return writer.Finish();
}

// Two bytes, then the message. They are the record type in a coordinator's key, the version
// elsewhere.
template <class M>
StatusOr<SliceChain> EncodePrefixed(int16_t prefix, const M& message, int16_t version) {
  ASSIGN_OR_RETURN(const EncodedSize size, SizeOf(message, version));
  WireWriter writer(sizeof(prefix) + size.copied());
  writer.Write(prefix);
  EncodeTo(writer, message, version);
  return writer.Finish();
}

// The key of a coordinator's record. Its first two bytes, the record type, are read with
// Read<int16_t>() and choose the message to decode; keys have version 0 only.
template <class M>
StatusOr<SliceChain> EncodeCoordinatorKey(const M& key) {
  return EncodePrefixed(M::kApiKey, key, 0);
}

// The value of a coordinator's record, or a member's subscription or assignment: version, message.
template <class M>
StatusOr<SliceChain> EncodeVersioned(const M& message, int16_t version) {
  return EncodePrefixed(version, message, version);
}
template <class M>
StatusOr<M> DecodeVersioned(Slice bytes) {
  WireReader reader(std::move(bytes));
  const int16_t version = reader.Read<int16_t>();
  RETURN_IF_ERROR(reader.status());
  M message;
  RETURN_IF_ERROR(Decode(reader, message, version));
  return message;
}

}  // namespace penstock
