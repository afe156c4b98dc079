// A broker inside the program: it has a thread of its own, and no socket until it is asked to
// serve.
#pragma once

#include <functional>
#include <memory>
#include <penstock/client.hpp>
#include <penstock/configs.hpp>
#include <penstock/export.hpp>
#include <penstock/result.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {

class NodeCore;

inline namespace v0 {

struct NodeOptions {
  // Kafka's configs of a broker, under Kafka's names. `listeners` is not read: see Serve.
  Configs config;
  // Gets each line of the log, on the node's thread; must not block. Empty: there is no log.
  std::function<void(std::string_view line)> log;
  // Serve may listen where other machines connect, although there is no TLS and no authentication.
  bool insecure = false;
};

// Movable. All but moving and destroying may be called from any thread but the node's own.
class Node {
 public:
  // Opens the data directory `path`; makes and formats it if it is missing or empty. ":memory:" is
  // an empty node whose records live as long as it does. A directory can be open once, in this and
  // all processes: kNotPossibleNow otherwise, and the message names the process.
  PENSTOCK_API static Result<Node> Open(std::string path, NodeOptions options = {});

  PENSTOCK_API Node(Node&& other) noexcept;
  PENSTOCK_API Node& operator=(Node&& other) noexcept;
  // Stops it if nobody has; its thread ends when the last client inside is gone. After a fork it
  // does nothing in the child.
  PENSTOCK_API ~Node();

  // Serves Kafka clients at "host:port" too; port 0 picks a free one. Gives the address with the
  // port, as clients' bootstrap.servers take it.
  PENSTOCK_API Result<std::string> Serve(std::string_view address);
  // Where it serves, in the order of the calls; empty once it has stopped.
  PENSTOCK_API std::vector<std::string> addresses() const;

  // A client inside: it reaches the broker without a socket, on the node's thread. `configs` as for
  // Client::Connect; bootstrap.servers is not read.
  PENSTOCK_API Result<Client> NewClient(Configs configs = {});

  // In order: what clients have asked is answered, everything is on the disk, the directory is free
  // again. What is called later fails with kCancelled. A second Stop gives the result of the first.
  PENSTOCK_API Result<void> Stop();

 private:
  explicit Node(std::shared_ptr<NodeCore> core);

  std::shared_ptr<NodeCore> core_;  // shared with its clients
};

}  // namespace v0
}  // namespace penstock
