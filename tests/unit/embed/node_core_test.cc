// The door for clients of the same program, and work that is handed over to the node's thread.
#include "embed/node_core.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/endian.h"
#include "protocol/frame.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/metadata.h"
#include "runtime/slice_stream.h"

namespace penstock {
namespace {

std::unique_ptr<NodeCore> MustOpen() {
  NodeCoreOptions options;
  options.path = NodeCore::kInMemory;
  StatusOr<std::unique_ptr<NodeCore>> core = NodeCore::Open(std::move(options));
  EXPECT_TRUE(core.ok()) << core.status();
  return *std::move(core);
}

// One request, whose answer comes in slices; its body, decoded.
template <class Request, class Response>
Task<StatusOr<Response>> Ask(NodeCore::Inside& inside, Request request, int16_t version) {
  CO_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                      co_await inside.runtime.network.Connect(inside.door));
  RequestHeader header;
  header.correlation_id = 7;
  CO_ASSIGN_OR_RETURN(SliceChain frame, EncodeRequest(std::move(header), request, version));
  CO_RETURN_IF_ERROR(co_await connection->Write(std::move(frame)));
  auto& slices = dynamic_cast<SliceStream&>(*connection);
  SliceChain answer;
  do {
    CO_ASSIGN_OR_RETURN(Slice slice, co_await slices.Receive());
    if (slice.empty()) co_return Unavailable("the connection ended");
    answer.Append(std::move(slice));
  } while (answer.size() < 4 || answer.size() < 4 + LoadBig<uint32_t>(answer.Flatten().data()));
  WireReader reader(answer.Flatten().Sub(4));
  CO_ASSIGN_OR_RETURN(const ResponseHeader answered,
                      DecodeResponseHeader(reader, *FindApi(Request::kApiKey), version));
  EXPECT_EQ(answered.correlation_id, 7);
  Response response;
  CO_RETURN_IF_ERROR(Decode(reader, response, version));
  co_return response;
}

CreateTopicsRequest NewTopic(std::string name) {
  CreateTopicsRequest request;
  auto& topic = request.topics.emplace_back();
  topic.name = std::move(name);
  topic.num_partitions = 3;
  topic.replication_factor = 1;
  request.timeout_ms = 10'000;
  return request;
}

TEST(NodeCore, AClientInTheProgramSpeaksToItInFrames) {
  const std::unique_ptr<NodeCore> core = MustOpen();
  const auto created = core->Run([](NodeCore::Inside& inside) {
    return Ask<CreateTopicsRequest, CreateTopicsResponse>(inside, NewTopic("inside"), 7);
  });
  ASSERT_TRUE(created.ok()) << created.status();
  ASSERT_EQ(created->topics.size(), 1u);
  EXPECT_EQ(created->topics[0].error_code, ErrorCode::kNone);

  MetadataRequest everything;
  everything.topics = std::nullopt;
  const auto described = core->Run([&everything](NodeCore::Inside& inside) {
    return Ask<MetadataRequest, MetadataResponse>(inside, everything, 12);
  });
  ASSERT_TRUE(described.ok()) << described.status();
  ASSERT_EQ(described->topics.size(), 1u);
  EXPECT_EQ(described->topics[0].partitions.size(), 3u);
  // It is told the way by which it came.
  ASSERT_EQ(described->brokers.size(), 1u);
  EXPECT_EQ(described->brokers[0].host, "in-process");
}

Task<Status> SleepLong(NodeCore::Inside& inside) {
  const Instant end = inside.runtime.clock.Now() + std::chrono::hours(1);
  co_await inside.runtime.timers.SleepUntil(end);
  co_return OkStatus();
}

TEST(NodeCore, WhatWasHandedOverIsToldItsEndWhenTheNodeGoes) {
  std::atomic<int> cancelled = 0;
  {
    const std::unique_ptr<NodeCore> core = MustOpen();
    for (int i = 0; i < 100; ++i) {
      core->Start([](NodeCore::Inside& inside) { return SleepLong(inside); },
                  [&cancelled](const Status& status) {
                    if (status.code() == StatusCode::kCancelled) ++cancelled;
                  });
    }
    EXPECT_TRUE(core->Stop().ok());
    EXPECT_EQ(cancelled, 0);
  }
  EXPECT_EQ(cancelled, 100);
}

TEST(NodeCore, AfterStopTheDoorIsClosed) {
  const std::unique_ptr<NodeCore> core = MustOpen();
  EXPECT_TRUE(core->Stop().ok());
  const auto refused = core->Run([](NodeCore::Inside& inside) {
    return Ask<CreateTopicsRequest, CreateTopicsResponse>(inside, NewTopic("late"), 7);
  });
  EXPECT_EQ(refused.status().code(), StatusCode::kUnavailable) << refused.status();
}

TEST(NodeCore, ManyThreadsAskAtOnce) {
  const std::unique_ptr<NodeCore> core = MustOpen();
  std::atomic<int> created = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&core, &created, t] {
      for (int i = 0; i < 10; ++i) {
        const std::string name = "topic-" + std::to_string(t) + "-" + std::to_string(i);
        const auto answer = core->Run([&name](NodeCore::Inside& inside) {
          return Ask<CreateTopicsRequest, CreateTopicsResponse>(inside, NewTopic(name), 7);
        });
        if (answer.ok() && answer->topics.at(0).error_code == ErrorCode::kNone) ++created;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(created, 40);
}

}  // namespace
}  // namespace penstock
