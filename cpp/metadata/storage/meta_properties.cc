#include "metadata/storage/meta_properties.h"

#include <optional>

#include "base/strings.h"
#include "config/properties.h"

namespace penstock {
namespace {

constexpr std::string_view kVersion = "1";

// The text stays in `entries`.
StatusOr<std::string_view> Entry(const ConfigMap& entries, std::string_view name) {
  const auto found = entries.find(name);
  if (found != entries.end() && !found->second.empty()) return std::string_view(found->second);
  return FailedPrecondition(StrCat("there is no ", name));
}

}  // namespace

std::string FormatMetaProperties(const MetaProperties& properties) {
  return WriteProperties("", {{"cluster.id", properties.cluster_id},
                              {"directory.id", properties.directory_id.ToString()},
                              {"node.id", std::to_string(properties.node_id.value())},
                              {"version", std::string(kVersion)}});
}

StatusOr<MetaProperties> ParseMetaProperties(std::string_view text) {
  ASSIGN_OR_RETURN(const std::vector<Property> properties, ParseProperties(text));
  const ConfigMap entries = ToMap(properties);
  ASSIGN_OR_RETURN(const std::string_view version, Entry(entries, "version"));
  if (version == "0") {
    return FailedPrecondition("version 0 is from the time of ZooKeeper; version 1 can be read");
  }
  if (version != kVersion) {
    return FailedPrecondition(
        StrCat("version ", version, " is newer than what can be read (1); use a newer release"));
  }
  MetaProperties meta;
  ASSIGN_OR_RETURN(meta.cluster_id, Entry(entries, "cluster.id"));
  ASSIGN_OR_RETURN(const std::string_view node, Entry(entries, "node.id"));
  const std::optional<int32_t> node_id = ParseInt32(node);
  if (!node_id.has_value() || *node_id < 0) {
    return FailedPrecondition(StrCat("node.id ", node, " is no number"));
  }
  meta.node_id = NodeId(*node_id);
  ASSIGN_OR_RETURN(const std::string_view directory, Entry(entries, "directory.id"));
  const std::optional<Uuid> directory_id = Uuid::Parse(directory);
  if (!directory_id.has_value()) {
    return FailedPrecondition(StrCat("directory.id ", directory, " is no id"));
  }
  meta.directory_id = *directory_id;
  return meta;
}

}  // namespace penstock
