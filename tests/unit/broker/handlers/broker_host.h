// A broker in a simulated world and a client that asks it, for stories about APIs.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/check.h"
#include "runtime/sim/sim_world.h"
#include "tests/sim/broker/broker_subject.h"
#include "tests/sim/harness/broker_link.h"

namespace penstock::testing {

class BrokerHost {
 public:
  explicit BrokerHost(ConfigMap config = {}) {
    machine_ = &world_.AddNode("broker");
    subject_ = std::make_unique<sim::BrokerSubject>(*machine_, std::move(config));
    Start();
  }
  ~BrokerHost() {
    link_.reset();
    machine_->Kill();  // refers to the subject
  }

  // The answer; a broken connection is a failed CHECK.
  template <class Request>
  typename Request::Response Ask(Request request, int16_t version) {
    auto answer = world_.Run(link_->Call(std::move(request), version));
    CHECK(answer.ok());
    return *std::move(answer);
  }

  // Power is lost and comes back.
  void Crash() {
    link_.reset();
    machine_->Crash();
    Start();
  }

 private:
  void Start() {
    machine_->Start(subject_->NextStart());
    while (!subject_->serving()) {
      CHECK(subject_->failure().empty());
      world_.RunFor(Milliseconds(1));
    }
    Address address{.host = "broker", .port = sim::kBrokerPort};
    auto link = world_.Run(sim::BrokerLink::Open(world_.runtime(), std::move(address)));
    CHECK(link.ok());
    link_ = *std::move(link);
  }

  SimWorld world_{1};
  SimNode* machine_ = nullptr;
  std::unique_ptr<sim::Subject> subject_;
  std::unique_ptr<sim::BrokerLink> link_;
};

}  // namespace penstock::testing
