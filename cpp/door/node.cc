// The public face of NodeCore: from Status to Error, from addresses to text.
#include <utility>

#include "door/core.h"

namespace penstock {
inline namespace v0 {

namespace {

// In a forked child the thread of the node does not exist, so nothing can be taken down.
void Close(std::shared_ptr<NodeCore> core) {
  if (core == nullptr) return;
  if (core->IsForked()) {
    static_cast<void>(new std::shared_ptr<NodeCore>(std::move(core)));
    return;
  }
  // Clients may keep the core; what went wrong, a Stop would have told.
  static_cast<void>(core->Stop().ok());
}

}  // namespace

Node::Node(std::shared_ptr<NodeCore> core) : core_(std::move(core)) {}
Node::Node(Node&& other) noexcept = default;
Node::~Node() { Close(std::move(core_)); }

Node& Node::operator=(Node&& other) noexcept {
  if (this != &other) Close(std::exchange(core_, std::move(other.core_)));
  return *this;
}

Result<Node> Node::Open(std::string path, NodeOptions options) {
  NodeCoreOptions core_options;
  core_options.path = std::move(path);
  core_options.config = MapOf(options.config);
  core_options.log = std::move(options.log);
  core_options.insecure = options.insecure;
  StatusOr<std::unique_ptr<NodeCore>> core = NodeCore::Open(std::move(core_options));
  if (!core.ok()) return ErrorOf(core.status());
  return Node(*std::move(core));
}

Result<std::string> Node::Serve(std::string_view address) {
  StatusOr<Address> wanted = Address::Parse(address);
  if (!wanted.ok()) return ErrorOf(wanted.status());
  const StatusOr<Address> bound = core_->Serve(*std::move(wanted));
  if (!bound.ok()) return ErrorOf(bound.status());
  return bound->ToString();
}

std::vector<std::string> Node::addresses() const {
  std::vector<std::string> texts;
  for (const Address& address : core_->addresses()) texts.push_back(address.ToString());
  return texts;
}

Result<Client> Node::NewClient(Configs configs) {
  StatusOr<ClientOptions> options = ParseClientOptions(MapOf(configs), true);
  if (!options.ok()) return ErrorOf(options.status());
  StatusOr<std::shared_ptr<Engine>> engine = Engine::Inside(core_, *std::move(options));
  if (!engine.ok()) return ErrorOf(engine.status());
  return Client(*std::move(engine));
}

Result<void> Node::Stop() { return ResultOf(core_->Stop()); }

}  // namespace v0
}  // namespace penstock
