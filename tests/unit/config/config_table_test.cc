#include "config/config_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "base/strings.h"
#include "config/config_value.h"

namespace penstock {
namespace {

struct KafkaConfigFact {
  ConfigScope scope;
  std::string name, type, default_value, importance, internal, update;
};

std::vector<KafkaConfigFact> KafkaFacts() {
  std::ifstream file(PENSTOCK_SOURCE_DIR "/tests/unit/config/kafka-4.3-configs.txt");
  std::vector<KafkaConfigFact> facts;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    std::vector<std::string> cells;
    for (const std::string_view cell : Split(line, '|')) cells.emplace_back(cell);
    EXPECT_EQ(cells.size(), 7u) << line;
    facts.push_back({cells.at(0) == "topic" ? ConfigScope::kTopic : ConfigScope::kBroker,
                     cells.at(1), cells.at(2), cells.at(3), cells.at(4), cells.at(5), cells.at(6)});
  }
  return facts;
}

// Where penstock's default differs on purpose.
const std::set<std::string> kOwnDefaults = {"node.id", "process.roles", "listeners",
                                            "controller.listener.names"};
const std::set<std::string> kOwnNames = {"ack.durability", "log.ack.durability"};

TEST(ConfigTableTest, AgreesWithKafkaOnTypesDefaultsAndUpdateModes) {
  const std::vector<KafkaConfigFact> facts = KafkaFacts();
  ASSERT_GT(facts.size(), 390u);
  const auto missing = MissingBrokerConfigs();
  for (const KafkaConfigFact& fact : facts) {
    const ConfigDef* def = FindConfig(fact.scope, fact.name);
    if (def == nullptr) {
      EXPECT_TRUE(fact.scope == ConfigScope::kBroker &&
                  std::binary_search(missing.begin(), missing.end(), fact.name))
          << fact.name;
      continue;
    }
    EXPECT_EQ(NameOf(def->type), fact.type) << fact.name;
    EXPECT_EQ(NameOf(def->importance), fact.importance) << fact.name;
    EXPECT_EQ(def->internal, fact.internal == "internal") << fact.name;
    if (!kOwnDefaults.contains(fact.name)) {
      EXPECT_EQ(def->default_value.value_or("-"), fact.default_value) << fact.name;
    }
    // A listener can not change while penstock runs; all others can change where Kafka's can.
    if (fact.scope == ConfigScope::kBroker && fact.update != "per-broker") {
      EXPECT_EQ(def->update == ConfigUpdate::kReadOnly, fact.update == "read-only") << fact.name;
    }
  }
}

TEST(ConfigTableTest, HasNothingThatKafkaDoesNotHaveButItsOwn) {
  std::set<std::string> known = kOwnNames;
  for (const KafkaConfigFact& fact : KafkaFacts()) known.insert(fact.name);
  for (const ConfigScope scope : {ConfigScope::kTopic, ConfigScope::kBroker}) {
    for (const ConfigDef& def : ConfigsOf(scope)) {
      EXPECT_TRUE(known.contains(std::string(def.name))) << def.name;
    }
  }
}

TEST(ConfigTableTest, IsSortedDocumentedAndItsDefaultsAreValid) {
  for (const ConfigScope scope : {ConfigScope::kTopic, ConfigScope::kBroker}) {
    std::string_view previous;
    for (const ConfigDef& def : ConfigsOf(scope)) {
      EXPECT_LT(previous, def.name);
      previous = def.name;
      EXPECT_FALSE(def.documentation.empty()) << def.name;
      if (def.default_value) {
        const StatusOr<std::string> text = NormalizeConfigValue(def, *def.default_value);
        ASSERT_TRUE(text.ok()) << text.status();
        EXPECT_EQ(*text, *def.default_value) << def.name;
      }
    }
  }
  const auto missing = MissingBrokerConfigs();
  EXPECT_TRUE(std::is_sorted(missing.begin(), missing.end()));
}

TEST(ConfigTableTest, EverySynonymIsABrokerConfig) {
  for (const ConfigScope scope : {ConfigScope::kTopic, ConfigScope::kBroker}) {
    for (const ConfigDef& def : ConfigsOf(scope)) {
      for (const ConfigSynonym& synonym : def.synonyms) {
        if (synonym.name.empty()) continue;
        EXPECT_NE(FindConfig(ConfigScope::kBroker, synonym.name), nullptr) << def.name;
      }
    }
  }
}

TEST(ConfigTableTest, ANameThatIsNotThereIsExplained) {
  EXPECT_TRUE(CheckConfigName(ConfigScope::kTopic, "retention.ms").ok());
  const Status typo = CheckConfigName(ConfigScope::kTopic, "retention.m");
  EXPECT_EQ(ErrorCodeOf(typo), ErrorCode::kInvalidConfig);
  EXPECT_EQ(MessageOf(typo), "Unknown topic config name: retention.m (did you mean retention.ms?)");
  EXPECT_EQ(MessageOf(CheckConfigName(ConfigScope::kBroker, "ssl.keystore.location")),
            "Broker config ssl.keystore.location is Kafka's, but penstock does not have it yet");
  EXPECT_EQ(MessageOf(CheckConfigName(ConfigScope::kBroker, "xyz")),
            "Unknown broker config name: xyz");
}

}  // namespace
}  // namespace penstock
