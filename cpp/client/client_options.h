// What connections and metadata of a client can be told; the names of Kafka's configs stand beside
// them. The defaults are Kafka's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "runtime/network.h"

namespace penstock {

struct ClientOptions {
  std::vector<Address> bootstrap_servers;  // at least one, tried in any order
  std::string client_id = "penstock";
  Duration request_timeout = Milliseconds(30'000);           // request.timeout.ms
  Duration connection_setup_timeout = Milliseconds(10'000);  // socket.connection.setup.timeout.ms
  Duration connection_idle_max = Milliseconds(540'000);      // connections.max.idle.ms
  Duration reconnect_backoff = Milliseconds(50);             // reconnect.backoff.ms
  Duration reconnect_backoff_max = Milliseconds(1'000);      // reconnect.backoff.max.ms
  Duration retry_backoff = Milliseconds(100);                // retry.backoff.ms
  Duration retry_backoff_max = Milliseconds(1'000);          // retry.backoff.max.ms
  Duration metadata_age_max = Milliseconds(300'000);         // metadata.max.age.ms
  Duration metadata_idle_max = Milliseconds(300'000);        // metadata.max.idle.ms
  bool allow_auto_create_topics = false;  // a topic that is asked for may be created by that
  // An answer that announces more ends its connection before a byte of it is kept.
  int32_t response_bytes_max = 256 << 20;
};

}  // namespace penstock
