#include "bindings/node.h"

#include <pybind11/stl.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "bindings/errors.h"
#include "client/client_config.h"
#include "embed/engine.h"
#include "embed/node_core.h"
#include "embed/node_faults.h"

namespace penstock {

namespace py = pybind11;

namespace {

using Configs = std::map<std::string, std::string>;

// Lines of the log until Python takes them: the node's thread never waits for the GIL. The oldest
// are dropped when nobody takes them.
class LogLines {
 public:
  void Add(std::string_view line) {
    const std::lock_guard lock(mutex_);
    if (lines_.size() >= kLinesMax) lines_.erase(lines_.begin());
    lines_.emplace_back(line);
  }
  std::vector<std::string> Take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(lines_, {});
  }

 private:
  static constexpr size_t kLinesMax = 1000;
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

class PyNode {
 public:
  static std::unique_ptr<PyNode> Open(const std::string& path, const Configs& configs,
                                      bool insecure) {
    auto node = std::make_unique<PyNode>();
    NodeCoreOptions options;
    options.path = path;
    options.config = ConfigMap(configs.begin(), configs.end());
    options.insecure = insecure;
    options.log = [lines = node->lines_](std::string_view line) { lines->Add(line); };
    StatusOr<std::unique_ptr<NodeCore>> core = Unavailable("not opened");
    {
      const py::gil_scoped_release released;
      core = NodeCore::Open(std::move(options));
    }
    node->core_ = ValueOrRaise(std::move(core));
    return node;
  }
  PyNode() = default;
  PyNode(const PyNode&) = delete;
  PyNode& operator=(const PyNode&) = delete;
  ~PyNode() {
    if (core_ == nullptr) return;
    if (core_->IsForked()) {  // its thread does not exist here: nothing can be taken down
      static_cast<void>(new std::shared_ptr<NodeCore>(std::move(core_)));
      return;
    }
    const py::gil_scoped_release released;
    core_.reset();
  }

  std::string Serve(const std::string& address) {
    Address wanted = ValueOrRaise(Address::Parse(address));
    StatusOr<Address> bound = Unavailable("not served");
    {
      const py::gil_scoped_release released;
      bound = core_->Serve(std::move(wanted));
    }
    return ValueOrRaise(std::move(bound)).ToString();
  }

  std::vector<std::string> Addresses() {
    const py::gil_scoped_release released;
    std::vector<std::string> texts;
    for (const Address& address : core_->addresses()) texts.push_back(address.ToString());
    return texts;
  }

  std::shared_ptr<Engine> NewEngine(const Configs& configs) {
    ClientOptions options =
        ValueOrRaise(ParseClientOptions(ConfigMap(configs.begin(), configs.end()), true));
    StatusOr<std::shared_ptr<Engine>> engine = Unavailable("not made");
    {
      const py::gil_scoped_release released;
      engine = Engine::Inside(core_, std::move(options));
    }
    return ValueOrRaise(std::move(engine));
  }

  void Stop() {
    if (core_->IsForked()) return;
    Status stopped;
    {
      const py::gil_scoped_release released;
      stopped = core_->Stop();
    }
    RaiseIfError(stopped);
  }

  std::shared_ptr<NodeFaults> NewFaults() { return std::make_shared<NodeFaults>(core_); }

  std::vector<std::string> TakeLog() { return lines_->Take(); }

 private:
  const std::shared_ptr<LogLines> lines_ = std::make_shared<LogLines>();
  std::shared_ptr<NodeCore> core_;
};

}  // namespace

void BindNode(py::module_& m) {
  py::class_<PyNode>(m, "Node")
      .def_static("open", &PyNode::Open, py::arg("path"), py::arg("configs"), py::arg("insecure"))
      .def("serve", &PyNode::Serve, py::arg("address"))
      .def("addresses", &PyNode::Addresses)
      .def("engine", &PyNode::NewEngine, py::arg("configs"))
      .def("faults", &PyNode::NewFaults)
      .def("stop", &PyNode::Stop)
      .def("take_log", &PyNode::TakeLog);
}

}  // namespace penstock
