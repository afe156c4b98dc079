#include "embed/node_faults.h"

#include "broker/faults.h"

namespace penstock {

namespace {

// For the node's thread; the node outlives the Tasks.

Task<Status> ErrorNextOf(NodeCore& node, std::string api, int32_t code, int32_t times) {
  CO_RETURN_IF_ERROR(node.CheckServing());
  co_return node.faults().ErrorNext(api, code, times);
}

Task<Status> DelayOf(NodeCore& node, std::string api, int32_t milliseconds) {
  CO_RETURN_IF_ERROR(node.CheckServing());
  co_return node.faults().Delay(api, milliseconds);
}

Task<StatusOr<int64_t>> DropConnectionsOf(NodeCore& node) { co_return node.DropConnections(); }

Task<Status> ClearOf(NodeCore& node) {
  CO_RETURN_IF_ERROR(node.CheckServing());
  node.faults().Clear();
  co_return OkStatus();
}

}  // namespace

Status NodeFaults::ErrorNext(std::string api, int32_t code, int32_t times) {
  const std::shared_ptr<NodeCore> node = node_.lock();
  if (node == nullptr) return NodeCore::Stopped();
  return node->thread().Run([&] { return ErrorNextOf(*node, api, code, times); });
}

Status NodeFaults::Delay(std::string api, int32_t milliseconds) {
  const std::shared_ptr<NodeCore> node = node_.lock();
  if (node == nullptr) return NodeCore::Stopped();
  return node->thread().Run([&] { return DelayOf(*node, api, milliseconds); });
}

StatusOr<int64_t> NodeFaults::DropConnections() {
  const std::shared_ptr<NodeCore> node = node_.lock();
  if (node == nullptr) return NodeCore::Stopped();
  return node->thread().Run([&] { return DropConnectionsOf(*node); });
}

Status NodeFaults::Clear() {
  const std::shared_ptr<NodeCore> node = node_.lock();
  if (node == nullptr) return NodeCore::Stopped();
  return node->thread().Run([&] { return ClearOf(*node); });
}

}  // namespace penstock
