// Sends the requests of the golden vectors, in the order in which Apache Kafka got them, to a
// broker of our own in the simulated world.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/unit/broker/handlers/json_tree.h"

namespace penstock::testing {

struct ReplayedExchange {
  int16_t api_key = 0;
  int16_t version = 0;
  std::string request;  // JSON
  JsonTree kafka;       // what Kafka answered
  // Ids of topics are written as Kafka's. The last line of the broker's log where it closed the
  // connection instead of answering.
  JsonTree ours;
};

std::vector<ReplayedExchange> ReplayGoldenVectors();

}  // namespace penstock::testing
