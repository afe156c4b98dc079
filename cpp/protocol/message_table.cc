#include "protocol/message_table.h"

#include "protocol/all_messages.h"

namespace penstock {
namespace internal {

// Instantiated beside the codecs (protocol/instantiate.h).
template <class M>
StatusOr<std::string> DecodeToJson(WireReader& reader, int16_t version);
template <class M>
StatusOr<SliceChain> Recode(WireReader& reader, int16_t version);

}  // namespace internal

namespace {

constexpr MessageInfo kMessages[] = {
#define MESSAGE(name, kind, key)  \
  {#name,                         \
   MessageKind::kind,             \
   key,                           \
   name::kVersions,               \
   name::kFlexible,               \
   &internal::DecodeToJson<name>, \
   &internal::Recode<name>},
#include "protocol/messages.inc"
#undef MESSAGE
};

}  // namespace

std::span<const MessageInfo> AllMessages() { return kMessages; }

const MessageInfo* FindMessage(MessageKind kind, int16_t key) {
  for (const MessageInfo& message : kMessages) {
    if (message.kind == kind && message.key == key && key >= 0) return &message;
  }
  return nullptr;
}

const MessageInfo* FindMessage(std::string_view name) {
  for (const MessageInfo& message : kMessages) {
    if (message.name == name) return &message;
  }
  return nullptr;
}

}  // namespace penstock
