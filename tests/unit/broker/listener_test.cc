#include "broker/listener.h"

#include <gtest/gtest.h>

#include "tests/unit/broker/fake_front.h"

namespace penstock {
namespace {

Task<> ServesManyClients(FakeFront& front) {
  std::vector<FakeClient> clients;
  for (int32_t i = 0; i < 100; ++i) {
    FakeClient client = co_await FakeClient::Connect(front);
    clients.push_back(std::move(client));
  }
  for (int32_t i = 0; i < 100; ++i) {
    const Status sent = co_await clients[static_cast<size_t>(i)].Send(i, "now");
    EXPECT_TRUE(sent.ok());
  }
  for (int32_t i = 0; i < 100; ++i) {
    const int32_t id = co_await clients[static_cast<size_t>(i)].Receive();
    EXPECT_EQ(id, i);
  }
  EXPECT_EQ(front.connections.size(), 100u);
}

TEST(BrokerListener, ServesManyClientsAtATime) {
  FakeFront front(1);
  front.Run(ServesManyClients(front));
}

// A port at which the first calls of Accept fail.
class FailingPort final : public Listener {
 public:
  FailingPort(std::unique_ptr<Listener> port, int failures)
      : port_(std::move(port)), failures_(failures) {}
  Task<StatusOr<std::unique_ptr<Connection>>> Accept() override {
    ++calls;
    if (failures_-- > 0) co_return ResourceExhausted("accept: Too many open files");
    co_return co_await port_->Accept();
  }
  Address address() const override { return port_->address(); }
  int calls = 0;

 private:
  std::unique_ptr<Listener> port_;
  int failures_;
};

Task<> GoesOnAfterErrors(FakeFront& front) {
  const Address wanted{"localhost", 0};
  auto port = co_await front.runtime().network.Listen(wanted);
  auto failing = std::make_unique<FailingPort>(*std::move(port), 5);
  front.address = failing->address();
  BrokerListener listener(std::move(failing), ListenerInfo{.name = "TIRED"}, front.connections,
                          front.runtime().clock, front.runtime().timers, front.logger);
  TaskGroup group(front.runtime().executor, [](const Status&) {});
  group.Start(listener.Run());
  FakeClient client = co_await FakeClient::Connect(front);
  const Status sent = co_await client.Send(1, "now");
  EXPECT_TRUE(sent.ok());
  const int32_t id = co_await client.Receive();
  EXPECT_EQ(id, 1);
  EXPECT_EQ(front.lines.CountOf("listener=TIRED"), 1u);
  EXPECT_EQ(front.lines.CountOf("Too many open files"), 1u);
  co_await group.Stop();
}

TEST(BrokerListener, GoesOnWhenConnectionsCannotBeAccepted) {
  FakeFront front(1);
  front.Run(GoesOnAfterErrors(front));
}

}  // namespace
}  // namespace penstock
