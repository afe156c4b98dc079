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
  JsonTree ours;        // ids of topics are written as Kafka's
};

std::vector<ReplayedExchange> ReplayGoldenVectors();

}  // namespace penstock::testing
