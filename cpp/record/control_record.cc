#include "record/control_record.h"

#include "base/check.h"
#include "base/endian.h"
#include "base/strings.h"
#include "record/batch_builder.h"

namespace penstock {
namespace {

constexpr int16_t kKeyVersion = 0;
constexpr int16_t kMarkerVersion = 0;

Status InvalidRecord(std::string_view message) {
  return KafkaError(ErrorCode::kInvalidRecord, message);
}

}  // namespace

ControlRecordKey EncodeControlRecordKey(ControlRecordType type) {
  CHECK(type != ControlRecordType::kUnknown);
  ControlRecordKey key;
  StoreBig(key.data(), kKeyVersion);
  StoreBig(key.data() + 2, static_cast<int16_t>(type));
  return key;
}

StatusOr<ControlRecordType> ParseControlRecordKey(std::span<const uint8_t> key) {
  if (key.size() < sizeof(ControlRecordKey)) {
    return InvalidRecord(StrCat("the key of a control record has ", key.size(), " bytes"));
  }
  // A later version has the type in the same place.
  const auto version = LoadBig<int16_t>(key.data());
  if (version < kKeyVersion) {
    return InvalidRecord(StrCat("the key of a control record has version ", version));
  }
  const auto type = LoadBig<int16_t>(key.data() + 2);
  if (type < 0 || type > static_cast<int16_t>(ControlRecordType::kKRaftVoters)) {
    return ControlRecordType::kUnknown;
  }
  return static_cast<ControlRecordType>(type);
}

EndTransactionValue EncodeEndTransactionValue(const EndTransactionMarker& marker) {
  EndTransactionValue value;
  StoreBig(value.data(), kMarkerVersion);
  StoreBig(value.data() + 2, marker.coordinator_epoch);
  return value;
}

StatusOr<EndTransactionMarker> ParseEndTransactionMarker(std::span<const uint8_t> key,
                                                         std::span<const uint8_t> value) {
  ASSIGN_OR_RETURN(const ControlRecordType type, ParseControlRecordKey(key));
  if (type != ControlRecordType::kAbort && type != ControlRecordType::kCommit) {
    return InvalidRecord(
        StrCat("control record of type ", static_cast<int>(type), " ends no transaction"));
  }
  if (value.size() < sizeof(EndTransactionValue)) {
    return InvalidRecord(StrCat("the end of a transaction has ", value.size(), " bytes"));
  }
  const auto version = LoadBig<int16_t>(value.data());
  if (version < kMarkerVersion) {
    return InvalidRecord(StrCat("the end of a transaction has version ", version));
  }
  return EndTransactionMarker{.type = type,
                              .coordinator_epoch = LoadBig<int32_t>(value.data() + 2)};
}

Slice BuildEndTransactionBatch(const EndTransactionBatchOptions& options,
                               const EndTransactionMarker& marker) {
  BatchBuilder builder({.base_offset = options.base_offset,
                        .leader_epoch = options.leader_epoch,
                        .producer_id = options.producer_id,
                        .producer_epoch = options.producer_epoch,
                        .is_transactional = true,
                        .is_control = true});
  const ControlRecordKey key = EncodeControlRecordKey(marker.type);
  const EndTransactionValue value = EncodeEndTransactionValue(marker);
  builder.Append({.timestamp = options.timestamp, .key = key, .value = value});
  StatusOr<Slice> batch = builder.Build();
  CHECK(batch.ok());
  return *std::move(batch);
}

}  // namespace penstock
