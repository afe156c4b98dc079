#include "protocol/json.h"

#include <limits>

#include "gtest/gtest.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/heartbeat.h"

namespace penstock {
namespace {

std::string JsonText(std::string_view text) {
  std::string out;
  internal::AppendJsonText(out, text);
  return out;
}

TEST(JsonTest, ShowsTheFieldsOfTheVersion) {
  const HeartbeatRequest request{.group_id = "g", .generation_id = 3, .member_id = "m"};
  EXPECT_EQ(ToJson(request, 0), R"({"groupId":"g","generationId":3,"memberId":"m"})");
  EXPECT_EQ(ToJson(request, 3),
            R"({"groupId":"g","generationId":3,"memberId":"m","groupInstanceId":null})");
}

TEST(JsonTest, ShowsRecordsByTheirSizeAndTagsOnlyWhereSet) {
  FetchResponse::PartitionData partition;
  partition.records = SliceChain(Slice::CopyOf("abc"));
  FetchResponse response;
  response.responses.emplace_back().partitions = {partition, FetchResponse::PartitionData()};
  const std::string json = ToJson(response, 12);
  EXPECT_NE(json.find(R"("recordsSizeInBytes":3)"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("records":null)"), std::string::npos) << json;
  EXPECT_EQ(json.find("divergingEpoch"), std::string::npos) << json;
  response.responses[0].partitions[0].diverging_epoch.epoch = LeaderEpoch(4);
  EXPECT_NE(ToJson(response, 12).find(R"("divergingEpoch":{"epoch":4,"endOffset":-1})"),
            std::string::npos);
}

TEST(JsonTest, ShowsBytesInBase64) {
  for (const auto& [bytes, text] : {std::pair<std::string, std::string>{"", ""},
                                    {"f", "Zg=="},
                                    {"fo", "Zm8="},
                                    {"foo", "Zm9v"},
                                    {"\xFF\xFE\xFDz", "//79eg=="}}) {
    std::string out;
    internal::AppendJsonBase64(out, Slice::CopyOf(bytes));
    EXPECT_EQ(out, '"' + text + '"');
  }
}

TEST(JsonTest, EscapesWhatMustBeEscaped) {
  EXPECT_EQ(JsonText("a\"b\\c\n\r\t\x01/"), R"("a\"b\\c\n\r\t\u0001/")");
  EXPECT_EQ(JsonText("naïve €😀"), "\"naïve €😀\"");
}

TEST(JsonTest, ReplacesWhatIsNotUtf8) {
  for (const char* wrong : {"\x80", "\xC0\xAF", "\xE2\x82", "\xED\xA0\x80", "\xF5\x80\x80\x80"}) {
    const std::string json = JsonText(wrong);
    EXPECT_EQ(json.substr(0, 4), "\"\xEF\xBF\xBD") << wrong;
  }
}

TEST(JsonTest, WritesDoublesThatReadBack) {
  std::string out;
  internal::AppendJsonDouble(out, 0.1);
  EXPECT_EQ(out, "0.1");
  out.clear();
  internal::AppendJsonDouble(out, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(out, "\"-Infinity\"");
}

}  // namespace
}  // namespace penstock
