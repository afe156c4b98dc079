// Port: ordered byte streams between addresses.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/slice.h"
#include "base/status.h"
#include "runtime/task.h"

namespace penstock {

struct Address {
  std::string host;  // a name or a number; "" listens on every interface
  uint16_t port = 0;

  std::string ToString() const;  // host:port, [host]:port for an IPv6 number
  // "host:port" or "[host]:port"; the error names the text and what was expected.
  static StatusOr<Address> Parse(std::string_view text);
  auto operator<=>(const Address&) const = default;
};

class Connection {
 public:
  virtual ~Connection() = default;  // closes

  // Bytes into the front of `buffer`, as many as have come, at least one; 0 when the peer has
  // closed its side. The port holds the slice until the bytes are in, also when the Task is
  // cancelled. One Read at a time.
  virtual Task<StatusOr<size_t>> Read(Slice buffer) = 0;
  // All of `data`. One Write at a time.
  virtual Task<Status> Write(SliceChain data) = 0;
  // Ends both directions at once; pending reads and writes end with an error.
  virtual void Close() = 0;

  virtual Address local() const = 0;
  virtual Address peer() const = 0;
};

class Listener {
 public:
  virtual ~Listener() = default;
  virtual Task<StatusOr<std::unique_ptr<Connection>>> Accept() = 0;
  virtual Address address() const = 0;  // with the port that was picked if 0 was asked for
};

class Network {
 public:
  virtual ~Network() = default;
  virtual Task<StatusOr<std::unique_ptr<Listener>>> Listen(Address address) = 0;
  virtual Task<StatusOr<std::unique_ptr<Connection>>> Connect(Address address) = 0;
};

}  // namespace penstock
