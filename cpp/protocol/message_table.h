// Every message and record by name, kind and number, for those who learn only at run time which one
// they hold: dumps, request logs, fuzzers.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/slice.h"
#include "base/status.h"
#include "protocol/message.h"
#include "protocol/wire_reader.h"

namespace penstock {

enum class MessageKind : uint8_t {
  kRequest,
  kResponse,
  kMetadata,
  kRemoteLog,
  kGroupKey,
  kGroupValue,
  kTransactionKey,
  kTransactionValue,
  kShareKey,
  kShareValue,
  kHeader,
  kData,
};

struct MessageInfo {
  std::string_view name;
  MessageKind kind;
  int16_t key;  // API key or record type; -1 where the schema has none
  VersionRange versions;
  int16_t flexible;  // first flexible version, or kNeverFlexible
  // Decodes one message; the reader is left behind it.
  StatusOr<std::string> (*decode_to_json)(WireReader& reader, int16_t version);
  // Decodes one message and encodes it again.
  StatusOr<SliceChain> (*recode)(WireReader& reader, int16_t version);
};

std::span<const MessageInfo> AllMessages();

// Null if there is none.
const MessageInfo* FindMessage(MessageKind kind, int16_t key);
const MessageInfo* FindMessage(std::string_view name);

}  // namespace penstock
