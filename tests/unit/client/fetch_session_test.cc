#include "client/fetch_session.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/strings.h"

namespace penstock {
namespace {

const Uuid kRivers = *Uuid::FromRandomBits(1, 2);
const Uuid kLakes = *Uuid::FromRandomBits(3, 4);

class FetchSessionTest : public testing::Test {
 public:
  using Wanted = ConsumerFetchSession::Wanted;

  static TopicPartitionName Rivers(int32_t partition) { return {"rivers", PartitionId(partition)}; }
  static TopicPartitionName Lakes(int32_t partition) { return {"lakes", PartitionId(partition)}; }
  static WantedPartition At(const Uuid& id, int64_t offset) {
    return {.topic_id = id, .offset = Offset(offset), .bytes_max = 100};
  }

  // "session id/epoch: asked @ offset ... -forgotten ..."
  std::string Begin(Wanted wanted) {
    FetchRequest request;
    session.Begin(std::move(wanted), request);
    std::string text = StrCat(request.session_id, "/", request.session_epoch, ":");
    for (const auto& topic : request.topics) {
      for (const auto& partition : topic.partitions) {
        StrAppend(text, " ", topic.topic, "-", partition.partition, "@", partition.fetch_offset);
      }
    }
    for (const auto& topic : request.forgotten_topics_data) {
      for (const PartitionId partition : topic.partitions) {
        StrAppend(text, " -", topic.topic, "-", partition);
      }
    }
    forgotten = request.forgotten_topics_data;
    return text;
  }

  static FetchResponse Answer(int32_t session_id,
                              std::vector<std::pair<Uuid, int32_t>> partitions) {
    FetchResponse response;
    response.session_id = session_id;
    for (const auto& [id, partition] : partitions) {
      auto& topic = response.responses.emplace_back();
      topic.topic_id = id;
      topic.partitions.emplace_back().partition_index = PartitionId(partition);
    }
    return response;
  }
  static FetchResponse Error(ErrorCode code) {
    FetchResponse response;
    response.error_code = code;
    return response;
  }

  ConsumerFetchSession session;
  std::vector<FetchRequest::ForgottenTopic> forgotten;
};

TEST_F(FetchSessionTest, AfterAFullRequestOnlyChangesAreSaid) {
  EXPECT_EQ(Begin({{Rivers(0), At(kRivers, 5)}, {Rivers(1), At(kRivers, 0)}}),
            "0/0: rivers-0@5 rivers-1@0");
  EXPECT_TRUE(session.End(Answer(77, {{kRivers, 0}, {kRivers, 1}})));
  EXPECT_EQ(Begin({{Rivers(0), At(kRivers, 5)}, {Rivers(1), At(kRivers, 0)}}), "77/1:");
  EXPECT_TRUE(session.End(Answer(77, {})));
  EXPECT_EQ(Begin({{Rivers(0), At(kRivers, 9)}, {Lakes(0), At(kLakes, 1)}}),
            "77/2: lakes-0@1 rivers-0@9 -rivers-1");
  EXPECT_TRUE(session.End(Answer(77, {{kLakes, 0}})));
  EXPECT_EQ(Begin({{Rivers(0), At(kRivers, 9)}, {Lakes(0), At(kLakes, 1)}}), "77/3:");
}

TEST_F(FetchSessionTest, TheEpochOfTheLeaderIsAChangeToo) {
  Begin({{Rivers(0), At(kRivers, 5)}});
  EXPECT_TRUE(session.End(Answer(77, {{kRivers, 0}})));
  WantedPartition wanted = At(kRivers, 5);
  wanted.current_leader_epoch = LeaderEpoch(3);
  EXPECT_EQ(Begin({{Rivers(0), wanted}}), "77/1: rivers-0@5");
}

TEST_F(FetchSessionTest, ABrokerWithoutSessionsGetsFullRequests) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Begin({{Rivers(0), At(kRivers, 5)}}), "0/0: rivers-0@5");
    EXPECT_TRUE(session.End(Answer(0, {{kRivers, 0}})));
  }
  EXPECT_FALSE(session.is_open());
}

TEST_F(FetchSessionTest, ASessionThatTheBrokerClosedIsForgotten) {
  Begin({{Rivers(0), At(kRivers, 5)}});
  EXPECT_TRUE(session.End(Answer(77, {{kRivers, 0}})));
  Begin({{Rivers(0), At(kRivers, 5)}});
  EXPECT_TRUE(session.End(Answer(0, {{kRivers, 0}})));
  EXPECT_EQ(Begin({{Rivers(0), At(kRivers, 6)}}), "0/0: rivers-0@6");
}

TEST_F(FetchSessionTest, ErrorsBeginANewSessionAndCloseTheOldOneIfThereIsOne) {
  Begin({{Rivers(0), At(kRivers, 5)}});
  EXPECT_TRUE(session.End(Answer(77, {{kRivers, 0}})));
  Begin({{Rivers(0), At(kRivers, 5)}});
  EXPECT_FALSE(session.End(Error(ErrorCode::kInvalidFetchSessionEpoch)));
  EXPECT_EQ(Begin({{Rivers(0), At(kRivers, 5)}}), "77/0: rivers-0@5");
  EXPECT_TRUE(session.End(Answer(78, {{kRivers, 0}})));
  Begin({{Rivers(0), At(kRivers, 5)}});
  EXPECT_FALSE(session.End(Error(ErrorCode::kFetchSessionIdNotFound)));
  EXPECT_EQ(Begin({{Rivers(0), At(kRivers, 5)}}), "0/0: rivers-0@5");
}

TEST_F(FetchSessionTest, WithoutAnAnswerNobodyKnowsWhatTheBrokerKnows) {
  Begin({{Rivers(0), At(kRivers, 5)}});
  EXPECT_TRUE(session.End(Answer(77, {{kRivers, 0}})));
  Begin({{Rivers(0), At(kRivers, 6)}});
  session.EndWithout();
  EXPECT_EQ(Begin({{Rivers(0), At(kRivers, 6)}}), "77/0: rivers-0@6");
}

TEST_F(FetchSessionTest, AnAnswerThatDoesNotFitIsNotUsed) {
  Begin({{Rivers(0), At(kRivers, 5)}, {Rivers(1), At(kRivers, 5)}});
  EXPECT_FALSE(session.End(Answer(77, {{kRivers, 0}})));  // a full answer has everything
  EXPECT_EQ(Begin({{Rivers(0), At(kRivers, 5)}}), "0/0: rivers-0@5");
  EXPECT_TRUE(session.End(Answer(77, {{kRivers, 0}})));
  Begin({{Rivers(0), At(kRivers, 5)}});
  EXPECT_FALSE(session.End(Answer(77, {{kRivers, 4}})));
  Begin({{Rivers(0), At(kRivers, 5)}});
  EXPECT_FALSE(session.End(Answer(77, {{kLakes, 0}})));
}

TEST_F(FetchSessionTest, ATopicThatWasMadeAnewTakesThePlaceOfTheOldOne) {
  Begin({{Rivers(0), At(kRivers, 5)}});
  EXPECT_TRUE(session.End(Answer(77, {{kRivers, 0}})));
  EXPECT_EQ(Begin({{Rivers(0), At(kLakes, 5)}}), "77/1: rivers-0@5 -rivers-0");
  EXPECT_EQ(forgotten[0].topic_id, kRivers);
  EXPECT_EQ(*session.TopicOf(Answer(77, {{kLakes, 0}}).responses[0]), "rivers");
}

TEST_F(FetchSessionTest, ATopicWithoutAnIdMakesAllGoByName) {
  Begin({{Rivers(0), At(kRivers, 5)}});
  EXPECT_EQ(session.version_max(), INT16_MAX);
  EXPECT_TRUE(session.End(Answer(77, {{kRivers, 0}})));
  EXPECT_EQ(Begin({{Rivers(0), At(kRivers, 5)}, {Lakes(0), At(Uuid(), 1)}}),
            "77/0: lakes-0@1 rivers-0@5");
  EXPECT_EQ(session.version_max(), 12);
  FetchResponse answer = Answer(78, {{Uuid(), 0}, {Uuid(), 0}});
  answer.responses[0].topic = "lakes";
  answer.responses[1].topic = "rivers";
  EXPECT_TRUE(session.End(answer));
  EXPECT_EQ(*session.TopicOf(answer.responses[1]), "rivers");
  answer.responses[1].topic = "seas";
  EXPECT_EQ(session.TopicOf(answer.responses[1]), nullptr);
}

TEST_F(FetchSessionTest, TheLastRequestEndsTheSession) {
  Begin({{Rivers(0), At(kRivers, 5)}});
  EXPECT_TRUE(session.End(Answer(77, {{kRivers, 0}})));
  EXPECT_TRUE(session.is_open());
  FetchRequest request;
  session.FillClose(request);
  EXPECT_EQ(request.session_id, 77);
  EXPECT_EQ(request.session_epoch, -1);
}

}  // namespace
}  // namespace penstock
