#include "protocol/message_table.h"

#include <set>

#include "gtest/gtest.h"
#include "protocol/api.h"
#include "protocol/codec.h"
#include "protocol/messages/heartbeat.h"

namespace penstock {
namespace {

TEST(MessageTableTest, EveryApiHasARequestAndAResponseOfItsVersions) {
  for (const ApiInfo& api : AllApis()) {
    for (const MessageKind kind : {MessageKind::kRequest, MessageKind::kResponse}) {
      const MessageInfo* message = FindMessage(kind, static_cast<int16_t>(api.key));
      ASSERT_NE(message, nullptr) << api.name;
      EXPECT_EQ(message->versions, api.versions);
      EXPECT_EQ(message->flexible, api.flexible);
    }
  }
}

TEST(MessageTableTest, NamesAreUniqueAndFound) {
  std::set<std::string_view> names;
  for (const MessageInfo& message : AllMessages()) {
    EXPECT_TRUE(names.insert(message.name).second) << message.name;
    EXPECT_EQ(FindMessage(message.name), &message);
  }
  EXPECT_EQ(FindMessage("Nothing"), nullptr);
}

TEST(MessageTableTest, ANumberMeansAnotherMessageInAnotherLog) {
  EXPECT_EQ(FindMessage(MessageKind::kMetadata, 2)->name, "TopicRecord");
  EXPECT_EQ(FindMessage(MessageKind::kGroupKey, 2)->name, "GroupMetadataKey");
  EXPECT_EQ(FindMessage(MessageKind::kTransactionKey, 0)->name, "TransactionLogKey");
  EXPECT_EQ(FindMessage(MessageKind::kData, -1), nullptr);
}

TEST(MessageTableTest, ReadsAndWritesAMessageKnownOnlyAtRunTime) {
  const auto chain = Encode(HeartbeatResponse{.error_code = ErrorCode::kUnknownMemberId}, 0);
  ASSERT_TRUE(chain.ok());
  const MessageInfo* info = FindMessage(MessageKind::kResponse, 12);
  WireReader reader(chain->Flatten());
  EXPECT_EQ(info->decode_to_json(reader, 0).value(), R"({"errorCode":25})");
  WireReader again(chain->Flatten());
  EXPECT_EQ(info->recode(again, 0).value(), *chain);
}

}  // namespace
}  // namespace penstock
