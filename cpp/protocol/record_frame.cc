#include "protocol/record_frame.h"

#include "base/strings.h"

namespace penstock {
namespace {

constexpr uint32_t kFrameVersion = 1;

}  // namespace

namespace internal {

size_t SizeOfMetadataRecordPrefix(MetadataRecordPrefix prefix) {
  return WireWriter::SizeOfUvarint(kFrameVersion) +
         WireWriter::SizeOfUvarint(static_cast<uint32_t>(prefix.type)) +
         WireWriter::SizeOfUvarint(static_cast<uint32_t>(prefix.version));
}

void WriteMetadataRecordPrefix(WireWriter& writer, MetadataRecordPrefix prefix) {
  writer.WriteUvarint(kFrameVersion);
  writer.WriteUvarint(static_cast<uint32_t>(prefix.type));
  writer.WriteUvarint(static_cast<uint32_t>(prefix.version));
}

}  // namespace internal

StatusOr<MetadataRecordPrefix> DecodeMetadataRecordPrefix(WireReader& reader) {
  const uint32_t frame_version = reader.ReadUvarint();
  const uint32_t type = reader.ReadUvarint();
  const uint32_t version = reader.ReadUvarint();
  RETURN_IF_ERROR(reader.status());
  if (frame_version != kFrameVersion) {
    return InvalidArgument(StrCat("metadata record of frame version ", frame_version));
  }
  if (type > INT16_MAX || version > INT16_MAX) {
    return InvalidArgument("metadata record type or version out of range");
  }
  return MetadataRecordPrefix{static_cast<int16_t>(type), static_cast<int16_t>(version)};
}

}  // namespace penstock
