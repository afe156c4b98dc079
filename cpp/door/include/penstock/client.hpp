// A client of one cluster: of any brokers that speak Kafka's protocol, or of a Node in the same
// program.
#pragma once

#include <memory>
#include <penstock/admin.hpp>
#include <penstock/configs.hpp>
#include <penstock/consumer.hpp>
#include <penstock/export.hpp>
#include <penstock/producer.hpp>
#include <penstock/result.hpp>
#include <penstock/time.hpp>
#include <string_view>

namespace penstock {

class Engine;

inline namespace v0 {

// Has a thread of its own, or that of its node; its producers, consumers and Admins share that
// thread and the connections, and keep them alive when the Client is destroyed before them.
//
// Movable. All but moving and destroying may be called by any number of threads at once. After a
// fork the child can only drop what it inherited.
class Client {
 public:
  // `servers` is "host:port", or several with commas between, of which one must answer. Connects
  // when it is asked something. `configs`: those of every client, such as client.id.
  PENSTOCK_API static Result<Client> Connect(std::string_view servers, Configs configs = {});

  PENSTOCK_API Client(Client&& other) noexcept;
  PENSTOCK_API Client& operator=(Client&& other) noexcept;
  PENSTOCK_API ~Client();

  // `configs`: those of a producer, such as linger.ms. kCancelled: the client is closed.
  PENSTOCK_API Result<Producer> NewProducer(Configs configs = {});
  // `configs`: those of a consumer, such as auto.offset.reset. kCancelled: the client is closed.
  PENSTOCK_API Result<Consumer> NewConsumer(Configs configs = {});
  PENSTOCK_API Admin admin();

  // Closes its producers, as their Close does, within the time, then its consumers and connections.
  // A second Close does nothing.
  PENSTOCK_API Result<void> Close(Timeout timeout);

 private:
  friend class Node;
  explicit Client(std::shared_ptr<Engine> engine);

  std::shared_ptr<Engine> engine_;
};

}  // namespace v0
}  // namespace penstock
