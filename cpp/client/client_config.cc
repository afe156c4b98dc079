#include "client/client_config.h"

#include <array>
#include <string>

#include "base/strings.h"
#include "client/config_parser.h"

namespace penstock {
namespace {

using enum ConfigType;
using enum ConfigImportance;

constexpr ConfigValidator AtLeast(int64_t low) {
  return {.kind = ConfigValidator::Kind::kRange, .at_least = low};
}

constexpr auto kRows = std::to_array<ConfigDef>({
    {"allow.auto.create.topics",
     kBoolean,
     "false",
     {},
     kMedium,
     "Whether asking for a topic may create it, where the broker allows that."},
    {"bootstrap.servers",
     kList,
     "",
     {},
     kHigh,
     "Brokers of the cluster as host:port, of which one must answer; the others are found by it."},
    {"client.id", kString, "penstock", {}, kMedium, "The name under which brokers log requests."},
    {"connections.max.idle.ms", kLong, "540000", AtLeast(0), kMedium,
     "After this time without use a connection is closed."},
    {"metadata.max.age.ms", kLong, "300000", AtLeast(0), kLow,
     "How old what is known of the cluster may become."},
    {"metadata.max.idle.ms", kLong, "300000", AtLeast(5000), kLow,
     "After this time without use a topic is forgotten."},
    {"reconnect.backoff.max.ms", kLong, "1000", AtLeast(0), kLow,
     "The longest pause before a broker is connected again."},
    {"reconnect.backoff.ms", kLong, "50", AtLeast(0), kLow,
     "The first pause before a broker is connected again."},
    {"request.timeout.ms", kInt, "30000", AtLeast(1), kMedium,
     "How long the answer to a request is waited for."},
    {"retry.backoff.max.ms", kLong, "1000", AtLeast(0), kLow, "The longest pause before a retry."},
    {"retry.backoff.ms", kLong, "100", AtLeast(0), kLow, "The pause before the first retry."},
    {"socket.connection.setup.timeout.ms", kLong, "10000", AtLeast(1), kMedium,
     "How long connecting may take, agreeing on versions included."},
});

Status Refused(std::string_view value, std::string_view what) {
  const std::string message =
      StrCat("Invalid value ", value, " for configuration bootstrap.servers: ", what);
  return WithDetail(KafkaError(ErrorCode::kInvalidConfig, message), kConfigDetail,
                    "bootstrap.servers");
}

StatusOr<std::vector<Address>> ServersOf(std::string_view text) {
  std::vector<Address> servers;
  for (const std::string_view piece : Split(text, ',')) {
    const std::string_view server = StripSpaces(piece);
    if (server.empty()) continue;
    StatusOr<Address> address = Address::Parse(server);
    if (!address.ok()) return Refused(server, address.status().message());
    if (address->host.empty()) return Refused(server, "there is no host in front of the port");
    if (address->port == 0) return Refused(server, "a server has a port other than 0");
    servers.push_back(*std::move(address));
  }
  if (servers.empty()) return Refused(text, "there must be a server, as host:port");
  return servers;
}

}  // namespace

std::span<const ConfigDef> ClientConfigRows() { return kRows; }

StatusOr<ClientOptions> ParseClientOptions(const ConfigMap& given, bool servers_known) {
  ASSIGN_OR_RETURN(const ParsedConfigs parsed, ParsedConfigs::Parse(kRows, given));
  ClientOptions options;
  if (!servers_known) {
    const auto servers = given.find("bootstrap.servers");
    ASSIGN_OR_RETURN(options.bootstrap_servers,
                     ServersOf(servers == given.end() ? std::string_view() : servers->second));
  }
  options.client_id = parsed.Text("client.id");
  options.request_timeout = parsed.Time("request.timeout.ms");
  options.connection_setup_timeout = parsed.Time("socket.connection.setup.timeout.ms");
  options.connection_idle_max = parsed.Time("connections.max.idle.ms");
  options.reconnect_backoff = parsed.Time("reconnect.backoff.ms");
  options.reconnect_backoff_max = parsed.Time("reconnect.backoff.max.ms");
  options.retry_backoff = parsed.Time("retry.backoff.ms");
  options.retry_backoff_max = parsed.Time("retry.backoff.max.ms");
  options.metadata_age_max = parsed.Time("metadata.max.age.ms");
  options.metadata_idle_max = parsed.Time("metadata.max.idle.ms");
  options.allow_auto_create_topics = parsed.Bool("allow.auto.create.topics");
  return options;
}

}  // namespace penstock
