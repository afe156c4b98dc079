// A node in memory with one topic, and a client inside: what tests of the doors begin with.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/admin.h"
#include "embed/engine.h"
#include "embed/node_core.h"

namespace penstock {

inline std::shared_ptr<NodeCore> OpenNode() {
  NodeCoreOptions options;
  options.path = NodeCore::kInMemory;
  StatusOr<std::unique_ptr<NodeCore>> core = NodeCore::Open(std::move(options));
  EXPECT_TRUE(core.ok()) << core.status();
  return *std::move(core);
}

inline std::shared_ptr<Engine> ClientOf(std::shared_ptr<NodeCore> node) {
  StatusOr<std::shared_ptr<Engine>> engine = Engine::Inside(std::move(node), ClientOptions());
  EXPECT_TRUE(engine.ok()) << engine.status();
  return *std::move(engine);
}

inline void CreateTopic(Engine& engine, std::string name, int32_t partitions) {
  std::vector<NewTopic> topics(1);
  topics[0].name = std::move(name);
  topics[0].partitions = partitions;
  const auto created = engine.Run(
      [&](Engine::Parts& parts) { return parts.admin.CreateTopics(topics, AdminOptions()); });
  ASSERT_TRUE(created.ok()) << created.status();
  ASSERT_TRUE(created->at(0).status.ok()) << created->at(0).status;
}

}  // namespace penstock
