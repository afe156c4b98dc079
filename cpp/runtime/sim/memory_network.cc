#include "runtime/sim/memory_network.h"

#include <deque>
#include <utility>

#include "base/strings.h"
#include "runtime/condition.h"
#include "runtime/sim/memory_connection.h"

namespace penstock {

namespace {
constexpr uint16_t kFirstFreePort = 40'000;
}  // namespace

class MemoryNetwork::Port final : public Listener {
 public:
  Port(MemoryNetwork& network, Address address)
      : network_(network), address_(std::move(address)), arrived_(network.executor_) {
    network_.ports_.emplace(address_.port, this);
  }
  ~Port() override { network_.ports_.erase(address_.port); }

  Task<StatusOr<std::unique_ptr<Connection>>> Accept() override {
    while (waiting_.empty()) {
      co_await arrived_.Wait();
    }
    std::unique_ptr<Connection> connection = std::move(waiting_.front());
    waiting_.pop_front();
    co_return connection;
  }
  Address address() const override { return address_; }

  void Add(std::unique_ptr<Connection> connection) {
    waiting_.push_back(std::move(connection));
    arrived_.NotifyOne();
  }

 private:
  MemoryNetwork& network_;
  const Address address_;
  std::deque<std::unique_ptr<Connection>> waiting_;
  Condition arrived_;
};

uint16_t MemoryNetwork::FreePort() {
  do {
    last_port_ = last_port_ < kFirstFreePort || last_port_ == UINT16_MAX
                     ? kFirstFreePort
                     : static_cast<uint16_t>(last_port_ + 1);
  } while (ports_.contains(last_port_));
  return last_port_;
}

Task<StatusOr<std::unique_ptr<Listener>>> MemoryNetwork::Listen(Address address) {
  if (address.port == 0) address.port = FreePort();
  if (ports_.contains(address.port)) {
    co_return FailedPrecondition(
        StrCat("listen on ", address.ToString(), ": address already in use"));
  }
  std::unique_ptr<Listener> port = std::make_unique<Port>(*this, std::move(address));
  co_return port;
}

Task<StatusOr<std::unique_ptr<Connection>>> MemoryNetwork::Connect(Address address) {
  const auto found = ports_.find(address.port);
  if (found == ports_.end()) {
    co_return Unavailable(StrCat("connect to ", address.ToString(), ": connection refused"));
  }
  const Address own{.host = address.host, .port = FreePort()};
  const auto up = std::make_shared<MemoryPipe>(executor_, executor_);
  const auto down = std::make_shared<MemoryPipe>(executor_, executor_);
  found->second->Add(std::make_unique<MemoryConnection>(down, up, address, own));
  std::unique_ptr<Connection> connection =
      std::make_unique<MemoryConnection>(up, down, own, std::move(address));
  co_return connection;
}

}  // namespace penstock
