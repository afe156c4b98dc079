// What the stories of this folder begin with: a program with a node in memory, and a client inside.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <penstock/penstock.hpp>
#include <string>
#include <utility>
#include <vector>

namespace penstock {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The value, or the end of the test with the error's message.
template <class T>
T Must(Result<T> result) {
  return std::move(result).value();
}
inline void Must(const Result<void>& result) {
  ASSERT_TRUE(result.ok()) << result.error().message();
}

class Program : public testing::Test {
 protected:
  Program() { Must(client.admin().CreateTopic({.name = "orders", .partitions = 2})); }

  // Sends to a partition, and waits until it is there.
  void Send(int32_t partition, std::vector<std::string> values) {
    std::vector<ProducerRecord> records;
    for (const std::string& value : values) {
      records.push_back({.value = value, .partition = partition});
    }
    Producer producer = Must(client.NewProducer());
    Must(Must(producer.SendMany("orders", records)).Get(seconds(30)));
  }
  // What the next Poll with records gives.
  static std::vector<std::string> ValuesOf(const RecordBatch& batch) {
    std::vector<std::string> values;
    for (const Record& record : batch) values.emplace_back(*record.value);
    return values;
  }
  Consumer Reader() {
    Consumer consumer = Must(client.NewConsumer({{"auto.offset.reset", "earliest"}}));
    Must(consumer.AssignTopics({"orders"}));
    return consumer;
  }

  Node node = Must(Node::Open(":memory:"));
  Client client = Must(node.NewClient());
};

}  // namespace penstock
