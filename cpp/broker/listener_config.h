// From `--kafka` addresses and the configs about listeners to what the broker opens.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "broker/request_context.h"
#include "config/broker_config.h"
#include "runtime/network.h"

namespace penstock {

// Puts `addresses` into the place of the client listeners of `config`: named PLAINTEXT, PLAINTEXT_2
// and so on. Listeners of the controller stay. `resolved` is what `config` says so far.
void OverrideListeners(const std::vector<Address>& addresses, const BrokerConfig& resolved,
                       ConfigMap& config);

// What the connections of `listener` are told about it.
ListenerInfo InfoOf(const ListenerAddress& listener, const BrokerConfig& config);

// What the registration in the metadata log says about a listener that is open at `bound`.
Address RegisteredAddress(const ListenerInfo& info, const Address& bound);

}  // namespace penstock
