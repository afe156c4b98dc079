// Records go into a parcel as they are and come out as they were; each one's outcome is told to
// whoever asks for it.
#include "embed/parcel.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

RecordMetadata At(int64_t offset) {
  return {.partition = PartitionId(3), .offset = Offset(offset), .timestamp = TimestampMs(77)};
}

// Handlers are not called here.
class Nobody final : public Parcel::Owner {
  void Answered(Parcel&, uint32_t, const StatusOr<RecordMetadata>&) override { ADD_FAILURE(); }
};

class ParcelTest : public testing::Test {
 public:
  uint32_t Add(std::string_view value) { return parcel.Append(topic, {.value = AsBytes(value)}); }

  const std::string topic = "orders";
  Nobody nobody;
  Parcel parcel{nullptr, {}};
};

TEST_F(ParcelTest, ARecordComesOutAsItWentIn) {
  const RecordHeaderView headers[] = {{.key = "trace", .value = AsBytes("1")},
                                      {.key = "none", .value = std::nullopt}};
  parcel.Append(topic, {.partition = PartitionId(2),
                        .timestamp = TimestampMs(5),
                        .key = AsBytes("k"),
                        .value = std::nullopt,
                        .headers = headers});
  parcel.Append(topic, {.key = std::nullopt, .value = AsBytes("")});
  parcel.Open(nobody);
  Parcel::Content content;
  parcel.Read(0, content);
  EXPECT_EQ(content.record.topic, "orders");
  EXPECT_EQ(content.record.partition, PartitionId(2));
  EXPECT_EQ(content.record.timestamp, TimestampMs(5));
  EXPECT_EQ(AsText(*content.record.key), "k");
  EXPECT_FALSE(content.record.value.has_value());
  ASSERT_EQ(content.record.headers.size(), 2U);
  EXPECT_EQ(content.record.headers[0].key, "trace");
  EXPECT_EQ(AsText(*content.record.headers[0].value), "1");
  EXPECT_FALSE(content.record.headers[1].value.has_value());
  parcel.Read(1, content);
  EXPECT_FALSE(content.record.partition.has_value());
  EXPECT_EQ(content.record.timestamp, kNoTimestamp);
  EXPECT_FALSE(content.record.key.has_value());
  EXPECT_EQ(AsText(*content.record.value), "");
  EXPECT_TRUE(content.record.headers.empty());
}

TEST_F(ParcelTest, EachRecordHasAnOutcomeOfItsOwn) {
  Add("a");
  Add("b");
  EXPECT_EQ(parcel.StateOf(0), Parcel::State::kWaiting);
  parcel.Open(nobody);
  EXPECT_EQ(parcel.StateOf(1), Parcel::State::kWaiting);
  EXPECT_FALSE(parcel.Answer(1, At(9)));
  EXPECT_FALSE(parcel.Answer(0, KafkaError(ErrorCode::kMessageTooLarge, "too large")));
  EXPECT_EQ(parcel.StateOf(1), Parcel::State::kDelivered);
  EXPECT_EQ(parcel.MetadataOf(1), At(9));
  EXPECT_EQ(parcel.StateOf(0), Parcel::State::kFailed);
  EXPECT_EQ(parcel.ErrorOf(0), KafkaError(ErrorCode::kMessageTooLarge, "too large"));
  EXPECT_EQ(parcel.unanswered(), 0U);
}

TEST_F(ParcelTest, WhoListensToARecordIsToldOfItAlone) {
  Add("a");
  Add("b");
  const auto notifier = std::make_shared<Notifier>();
  parcel.listeners().Add(1, notifier, 42);
  parcel.Open(nobody);
  parcel.Answer(0, At(1));
  EXPECT_TRUE(notifier->Drain().empty());
  parcel.Answer(1, At(2));
  EXPECT_EQ(notifier->Drain(), std::vector<uint64_t>{42});
}

TEST_F(ParcelTest, AFailureThatNobodyWillAskForIsNoticedOnce) {
  for (const char* value : {"early", "late", "after", "asked"}) Add(value);
  EXPECT_FALSE(parcel.GiveUp(0));
  parcel.Open(nobody);
  EXPECT_FALSE(parcel.GiveUp(1));
  const Status lost = Unavailable("gone");
  EXPECT_TRUE(parcel.Answer(0, lost)) << "given up before the engine took the parcel";
  EXPECT_TRUE(parcel.Answer(1, lost)) << "given up before the answer";
  EXPECT_FALSE(parcel.Answer(2, lost));
  EXPECT_TRUE(parcel.GiveUp(2)) << "given up after the answer";
  EXPECT_FALSE(parcel.Answer(3, lost));
}

TEST_F(ParcelTest, ADeliveryThatNobodyWillAskForIsNoNews) {
  Add("a");
  parcel.Open(nobody);
  EXPECT_FALSE(parcel.GiveUp(0));
  EXPECT_FALSE(parcel.Answer(0, At(1)));
}

TEST(BulkTest, IsDoneWhenItIsSealedAndEveryRecordAnswered) {
  const auto bulk = std::make_shared<Bulk>("orders");
  const std::string topic = "orders";
  Nobody nobody;
  Parcel parcel(bulk, {});
  for (const char* value : {"a", "b", "c", "d"}) parcel.Append(topic, {.value = AsBytes(value)});
  parcel.Open(nobody);
  const auto notifier = std::make_shared<Notifier>();
  bulk->listeners().Add(0, notifier, 1);
  parcel.Answer(1, At(11));
  parcel.Answer(0, At(10));
  parcel.Answer(2, Unavailable("gone"));
  parcel.Answer(3, Unavailable("gone as well"));
  EXPECT_FALSE(bulk->done()) << "more records may come";
  EXPECT_TRUE(notifier->Drain().empty());
  bulk->Sealed();
  EXPECT_TRUE(bulk->done());
  EXPECT_EQ(notifier->Drain(), std::vector<uint64_t>{1});
  EXPECT_EQ(bulk->delivered(), 2);
  EXPECT_EQ(bulk->failed(), 2);
  EXPECT_EQ(bulk->first_error(), Unavailable("gone"));
  ASSERT_EQ(bulk->partitions().size(), 1U);
  EXPECT_EQ(bulk->partitions().at(PartitionId(3)).first, Offset(10));
  EXPECT_EQ(bulk->partitions().at(PartitionId(3)).count, 2);
}

TEST(BulkTest, OfNothingIsDoneWhenItIsSealed) {
  Bulk bulk("orders");
  EXPECT_FALSE(bulk.done());
  bulk.Sealed();
  EXPECT_TRUE(bulk.done());
}

}  // namespace
}  // namespace penstock
