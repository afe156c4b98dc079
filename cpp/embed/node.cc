// The public face of NodeCore: from Status to Error, from addresses to text.
#include <penstock/node.hpp>
#include <utility>

#include "embed/error.h"
#include "embed/node_core.h"

namespace penstock {

namespace {

// In a forked child the thread of the node does not exist, so nothing can be taken down.
void Close(std::unique_ptr<NodeCore> core) {
  if (core != nullptr && core->IsForked()) static_cast<void>(core.release());
}

}  // namespace

Node::Node(std::unique_ptr<NodeCore> core) : core_(std::move(core)) {}
Node::Node(Node&& other) noexcept = default;
Node::~Node() { Close(std::move(core_)); }

Node& Node::operator=(Node&& other) noexcept {
  if (this != &other) Close(std::exchange(core_, std::move(other.core_)));
  return *this;
}

Result<Node> Node::Open(std::string path, NodeOptions options) {
  NodeCoreOptions core_options;
  core_options.path = std::move(path);
  for (auto& [name, value] : options.config) core_options.config[name] = std::move(value);
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

Result<void> Node::Stop() {
  const Status stopped = core_->Stop();
  if (!stopped.ok()) return ErrorOf(stopped);
  return {};
}

}  // namespace penstock
