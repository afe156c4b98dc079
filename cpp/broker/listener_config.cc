#include "broker/listener_config.h"

#include "base/strings.h"

namespace penstock {

namespace {
constexpr std::string_view kProtocolMap = "listener.security.protocol.map";
}  // namespace

void OverrideListeners(const std::vector<Address>& addresses, const BrokerConfig& resolved,
                       ConfigMap& config) {
  std::string listeners;
  std::string protocols = "PLAINTEXT:PLAINTEXT";
  for (size_t i = 0; i < addresses.size(); ++i) {
    const std::string name = i == 0 ? "PLAINTEXT" : StrCat("PLAINTEXT_", i + 1);
    const ListenerAddress listener{name, addresses[i].host, addresses[i].port};
    StrAppend(listeners, i == 0 ? "" : ",", FormatListenerAddress(listener));
    if (i > 0) StrAppend(protocols, ',', name, ":PLAINTEXT");
  }
  for (const ListenerAddress& controller : resolved.controller_listeners) {
    StrAppend(listeners, ',', FormatListenerAddress(controller));
    StrAppend(protocols, ',', controller.name, ":PLAINTEXT");
  }
  config["listeners"] = listeners;
  config[std::string(kProtocolMap)] = protocols;
}

ListenerInfo InfoOf(const ListenerAddress& listener, const BrokerConfig& config) {
  ListenerInfo info{.name = listener.name, .advertised = std::nullopt};
  for (const ListenerAddress& advertised : config.advertised_listeners) {
    if (advertised.name != listener.name) continue;
    info.advertised = Address{advertised.host, static_cast<uint16_t>(advertised.port)};
  }
  return info;
}

Address RegisteredAddress(const ListenerInfo& info, const Address& bound) {
  if (info.advertised.has_value()) return *info.advertised;
  const bool every_interface = bound.host.empty() || bound.host == "0.0.0.0" || bound.host == "::";
  return Address{every_interface ? "localhost" : bound.host, bound.port};
}

}  // namespace penstock
