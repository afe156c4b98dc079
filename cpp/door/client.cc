// The public face of Engine.
#include <utility>

#include "door/core.h"

namespace penstock {
inline namespace v0 {

Client::Client(std::shared_ptr<Engine> engine) : engine_(std::move(engine)) {}
Client::Client(Client&& other) noexcept = default;
Client& Client::operator=(Client&& other) noexcept = default;
Client::~Client() = default;

Result<Client> Client::Connect(std::string_view servers, Configs configs) {
  configs.insert_or_assign("bootstrap.servers", std::string(servers));
  StatusOr<ClientOptions> options = ParseClientOptions(MapOf(configs));
  if (!options.ok()) return ErrorOf(options.status());
  StatusOr<std::shared_ptr<Engine>> engine = Engine::Connect(*std::move(options));
  if (!engine.ok()) return ErrorOf(engine.status());
  return Client(*std::move(engine));
}

Result<Producer> Client::NewProducer(Configs configs) {
  StatusOr<std::shared_ptr<SharedProducer>> shared =
      SharedProducer::Create(engine_, MapOf(configs));
  if (!shared.ok()) return ErrorOf(shared.status());
  return Producer(engine_, *std::move(shared));
}

Result<Consumer> Client::NewConsumer(Configs configs) {
  StatusOr<std::shared_ptr<SharedConsumer>> shared =
      SharedConsumer::Create(engine_, MapOf(configs));
  if (!shared.ok()) return ErrorOf(shared.status());
  return Consumer(engine_, *std::move(shared));
}

Admin Client::admin() { return Admin(engine_); }

Result<void> Client::Close(Timeout timeout) {
  if (const Status here = engine_->CheckProcess(); !here.ok()) return ErrorOf(here);
  engine_->Close(DurationOf(timeout));
  return {};
}

}  // namespace v0
}  // namespace penstock
