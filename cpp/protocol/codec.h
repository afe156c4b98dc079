// Encode and decode of every message and record. The definitions are instantiated once, in
// generated sources, so that this header costs its includer nothing; a message that the generator
// did not make needs protocol/instantiate.h.
#pragma once

#include <cstdint>

#include "base/slice.h"
#include "base/status.h"
#include "protocol/message.h"
#include "protocol/wire_reader.h"
#include "protocol/wire_writer.h"

namespace penstock {

// How many bytes a message has in one version.
struct EncodedSize {
  size_t total = 0;
  size_t spliced = 0;  // of these, bytes that are not copied

  size_t copied() const { return total - spliced; }
};

// InvalidArgument if the message cannot be sent in this version: a value that the version does not
// carry and that may not be dropped, null where null is not allowed, a text beyond 32,767 bytes.
// UNSUPPORTED_VERSION outside kVersions.
template <class M>
StatusOr<EncodedSize> SizeOf(const M& message, int16_t version);

// Writes the message. SizeOf must have succeeded for the same message and version, and the writer
// must have the room.
template <class M>
void EncodeTo(WireWriter& writer, const M& message, int16_t version);

// Both at once. Records and large bytes are spliced, so the chain shares their blocks.
template <class M>
StatusOr<SliceChain> Encode(const M& message, int16_t version);

// Replaces `message` by what the reader holds and leaves the reader behind it. Bytes and records
// share the reader's block. After an error the message is valid but has no meaning.
template <class M>
Status Decode(WireReader& reader, M& message, int16_t version);

// Decodes a message that must fill `bytes`.
template <class M>
StatusOr<M> DecodeAll(Slice bytes, int16_t version) {
  WireReader reader(std::move(bytes));
  M message;
  RETURN_IF_ERROR(Decode(reader, message, version));
  if (reader.remaining() != 0) return InvalidArgument("bytes are left behind the message");
  return message;
}

}  // namespace penstock
