// One node: everything that serves a data directory, in the order in which it starts and stops.
// main, the embedded node and the simulator build it over their world.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/status.h"
#include "broker/handler_table.h"
#include "broker/services.h"
#include "config/config_def.h"
#include "runtime/network.h"
#include "runtime/runtime.h"
#include "runtime/task.h"

namespace penstock {

class Faults;

struct BrokerOptions {
  // Data directory; made if it is missing. Held by its `.lock` as long as the broker lives.
  std::string directory;
  // The properties file and the assignments of the command line, later ones already on top.
  ConfigMap config;
  // Where clients are served, in the place of the config `listeners`; empty: as that says. Port 0
  // picks a free one.
  std::vector<Address> kafka;
  // False: neither there nor anywhere else before Serve. A node inside a program begins so.
  bool opens_listeners = true;
  // Where /metrics, /healthz and /readyz are served; nothing: nowhere.
  std::optional<Address> http;
  // Listening beyond loopback without TLS and authentication must be asked for (D15).
  bool insecure = false;
  // What the `.lock` file says about the holder, e.g. its process id.
  std::string holder = "unknown";
  // What its owner wants to go wrong, for tests of clients; null: nothing. Outlives the broker.
  Faults* faults = nullptr;
};

class Broker {
 public:
  // Serves when it is done: listeners are open, logs recovered, the broker registered. An error is
  // one line that says what is wrong and what to do. `runtime`, `output` and `handlers` outlive it.
  static Task<StatusOr<std::unique_ptr<Broker>>> Start(Runtime& runtime, const LogOutput& output,
                                                       const HandlerTable& handlers,
                                                       BrokerOptions options);
  virtual ~Broker() = default;

  // One per listener of the start, in their order, with the ports that were picked.
  virtual const std::vector<Address>& kafka_addresses() const = 0;
  virtual const std::optional<Address>& http_address() const = 0;
  virtual BrokerServices& services() = 0;

  // One more listener, of this name; gives its address, with the port that was picked. It is not in
  // the registration of the broker: its own clients are told the address that they used. `network`
  // outlives the broker, the broker outlives the Task.
  virtual Task<StatusOr<Address>> Serve(Network& network, Address address, std::string name) = 0;

  // Ends the connections of all clients outside of this program at once, as a network that fails;
  // how many. They may connect again.
  virtual size_t DropConnections() = 0;

  // In order: no new connections, requests under way are answered, logs are synced and closed, the
  // clean-shutdown file is written. Must be awaited before destruction, unless the world crashes.
  virtual Task<Status> Stop() = 0;
};

}  // namespace penstock
