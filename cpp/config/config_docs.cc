#include "config/config_docs.h"

#include <string_view>

#include "base/strings.h"
#include "config/config_table.h"

namespace penstock {
namespace {

std::string_view NameOf(ConfigUpdate update) {
  switch (update) {
    case ConfigUpdate::kReadOnly:
      return "read-only";
    case ConfigUpdate::kPerBroker:
      return "per-broker";
    case ConfigUpdate::kClusterWide:
      return "cluster-wide";
  }
  return "";
}

std::string Code(std::string_view text) { return text.empty() ? "" : StrCat('`', text, '`'); }

std::string DefaultOf(const ConfigDef& def) {
  if (!def.default_value) return "none";
  return def.default_value->empty() ? "empty" : Code(*def.default_value);
}

std::string SynonymsOf(const ConfigDef& def) {
  std::string out;
  for (const ConfigSynonym& synonym : def.synonyms) {
    if (synonym.name.empty()) break;
    StrAppend(out, out.empty() ? "" : ", ", Code(synonym.name));
  }
  return out;
}

// "yes", or what is missing; the documentation of a row says the rest.
std::string_view EffectOf(ConfigEffect effect) {
  switch (effect) {
    case ConfigEffect::kWorks:
      return "yes";
    case ConfigEffect::kPartly:
      return "in part";
    case ConfigEffect::kStored:
      return "not yet";
  }
  return "";
}

void AppendTopicConfigs(std::string& out) {
  out +=
      "| config | type | default | allowed | default comes from | effect | what it does |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const ConfigDef& def : TopicConfigs()) {
    if (def.internal) continue;
    StrAppend(out, "| ", Code(def.name), " | ", penstock::NameOf(def.type), " | ", DefaultOf(def),
              " | ", Code(DescribeValidator(def.validator)), " | ", SynonymsOf(def), " | ",
              EffectOf(def.effect), " | ", def.documentation, " |\n");
  }
}

void AppendBrokerConfigs(std::string& out) {
  out +=
      "| config | type | default | allowed | update | importance | effect | what it does |\n"
      "|---|---|---|---|---|---|---|---|\n";
  for (const ConfigDef& def : BrokerConfigs()) {
    if (def.internal) continue;
    StrAppend(out, "| ", Code(def.name), " | ", penstock::NameOf(def.type), " | ", DefaultOf(def),
              " | ", Code(DescribeValidator(def.validator)), " | ", NameOf(def.update), " | ",
              penstock::NameOf(def.importance), " | ", EffectOf(def.effect), " | ",
              def.documentation, " |\n");
  }
}

void AppendWithoutEffect(std::span<const ConfigDef> configs, std::string& out) {
  for (const ConfigDef& def : configs) {
    if (def.effect == ConfigEffect::kWorks) continue;
    StrAppend(out, "- ", Code(def.name),
              def.effect == ConfigEffect::kPartly ? " (in part)\n" : "\n");
  }
}

}  // namespace

std::string RenderConfigDocs() {
  std::string out =
      "# Configs\n\n"
      "This page is printed by the `config_docs` program from the table in `cpp/config`; a test "
      "holds the two together.\n\n"
      "Names, types, limits and, unless a row says otherwise, defaults are Apache Kafka 4.3's. A "
      "topic config that is not set\n"
      "takes the first broker config that is set of those in its column.\n\n"
      "## Topic configs\n\n";
  AppendTopicConfigs(out);
  out +=
      "\n### Without effect yet\n\n"
      "These are validated, stored and described like all others, but nothing acts on them:\n\n";
  AppendWithoutEffect(TopicConfigs(), out);
  out += "\n## Broker configs\n\n";
  AppendBrokerConfigs(out);
  out +=
      "\n### Without effect\n\n"
      "These are validated and described like all others, but nothing acts on them, or not on all "
      "that they may say:\n\n";
  AppendWithoutEffect(BrokerConfigs(), out);
  out +=
      "\n## Broker configs of Kafka that are not there yet\n\n"
      "A file, `-X` or an AlterConfigs that sets one of these is refused:\n\n";
  for (const std::string_view name : MissingBrokerConfigs()) {
    StrAppend(out, "- ", Code(name), '\n');
  }
  return out;
}

}  // namespace penstock
