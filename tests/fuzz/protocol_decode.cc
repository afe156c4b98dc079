// Every message in every version: what is decoded can be encoded, and then stays the same.
// Input: the message (2 bytes), its version (1), the body.
#include "base/check.h"
#include "protocol/frame.h"
#include "protocol/message_table.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/golden_frames.h"
#include "tests/fuzz/input.h"

namespace penstock::fuzz {

void RunProtocolDecode(std::span<const uint8_t> bytes) {
  Input input(bytes);
  const MessageInfo& info = AllMessages()[input.TakeShort() % AllMessages().size()];
  const int versions = info.versions.max - info.versions.min + 1;
  if (versions <= 0) return;  // removed: no version is left
  const auto version = static_cast<int16_t>(info.versions.min + input.TakeByte() % versions);
  WireReader reader(Slice::CopyOf(input.rest()));
  const auto once = info.recode(reader, version);
  if (!once.ok()) return;
  WireReader again(once->Flatten());
  const auto twice = info.recode(again, version);
  CHECK(twice.ok());
  CHECK(again.remaining() == 0);
  CHECK(*once == *twice);
  WireReader shown(once->Flatten());
  const auto json = info.decode_to_json(shown, version);
  CHECK(json.ok());
}

namespace {

// Puts what RunProtocolDecode takes off in front of `body`.
Bytes InputFor(const MessageInfo& info, int16_t version, std::span<const uint8_t> body) {
  const auto index = static_cast<uint16_t>(&info - AllMessages().data());
  Bytes bytes{static_cast<uint8_t>(index >> 8), static_cast<uint8_t>(index),
              static_cast<uint8_t>(version - info.versions.min)};
  bytes.insert(bytes.end(), body.begin(), body.end());
  return bytes;
}

}  // namespace

Corpus ProtocolDecodeCorpus() {
  Corpus corpus;
  for (const GoldenFrame& frame : GoldenFrames()) {
    const MessageInfo* info = FindMessage(
        frame.is_request ? MessageKind::kRequest : MessageKind::kResponse, frame.api_key);
    CHECK(info != nullptr);
    const Slice bytes = Slice::CopyOf(std::span<const uint8_t>(frame.bytes));
    WireReader reader(bytes);
    const bool has_header =
        frame.is_request
            ? DecodeRequestHeader(reader).ok()
            : DecodeResponseHeader(reader, *FindApi(frame.api_key), frame.version).ok();
    if (!has_header || !info->versions.Contains(frame.version)) continue;
    corpus.push_back(InputFor(*info, frame.version, bytes.span().subspan(reader.position())));
  }
  // Zeros are a good message in most schemas: no text, no element, no tag.
  for (const MessageInfo& info : AllMessages()) {
    const Bytes zeros(96);
    if (info.versions.max >= 0) corpus.push_back(InputFor(info, info.versions.max, zeros));
  }
  return corpus;
}

}  // namespace penstock::fuzz
