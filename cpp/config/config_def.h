// What a config is: one row of the table that feeds the broker, DescribeConfigs and
// docs/configs.md. Rows are constants; every text lives as long as the program.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace penstock {

// Names and their values as text, ordered so that what is printed or stored is the same everywhere.
using ConfigMap = std::map<std::string, std::string, std::less<>>;

// The numbers are those of DescribeConfigs.
enum class ConfigType : int8_t {
  kBoolean = 1,
  kString = 2,
  kInt = 3,
  kShort = 4,
  kLong = 5,
  kDouble = 6,
  kList = 7,
  kClass = 8,
  kPassword = 9,
};

// Where a value comes from. The numbers are those of DescribeConfigs.
enum class ConfigSource : int8_t {
  kUnknown = 0,
  kDynamicTopic = 1,
  kDynamicBroker = 2,
  kDynamicDefaultBroker = 3,
  kStaticBroker = 4,
  kDefault = 5,
};

enum class ConfigImportance : uint8_t { kHigh, kMedium, kLow };

// Which resource of DescribeConfigs and AlterConfigs has the config.
enum class ConfigScope : uint8_t { kTopic, kBroker };

// Whether a broker config can change while the broker runs, and for whom.
enum class ConfigUpdate : uint8_t { kReadOnly, kPerBroker, kClusterWide };

// What setting the config does in this release.
enum class ConfigEffect : uint8_t {
  kWorks,
  kPartly,  // the documentation says which part
  kStored,  // validated, stored and described, but nothing reads it yet
};

// What a value must satisfy beyond its type.
struct ConfigValidator {
  enum class Kind : uint8_t {
    kAny,
    kRange,              // at_least <= number <= at_most
    kOneOf,              // one of `choices`
    kListOf,             // a list without duplicates of `choices`; may be empty if empty_allowed
    kUniqueList,         // a list without duplicates; may be empty if empty_allowed
    kRangeOrMinusOne,    // as kRange, or -1
    kThrottledReplicas,  // "*" or partition:broker pairs
  };
  Kind kind = Kind::kAny;
  std::optional<int64_t> at_least;
  std::optional<int64_t> at_most;
  std::string_view choices;  // separated by commas
  bool empty_allowed = true;
};

// How the number of a synonym becomes milliseconds.
enum class ConfigUnit : uint8_t { kSame, kMinutesToMs, kHoursToMs };

struct ConfigSynonym {
  std::string_view name;  // empty: no entry
  ConfigUnit unit = ConfigUnit::kSame;
};

struct ConfigDef {
  std::string_view name;
  ConfigType type = ConfigType::kString;
  std::optional<std::string_view> default_value;  // nothing: null
  ConfigValidator validator;
  ConfigImportance importance = ConfigImportance::kMedium;
  std::string_view documentation;
  // Of a topic config: the broker configs that supply its default, the first set one wins. Of a
  // broker config: itself and the others that say the same in another unit.
  std::array<ConfigSynonym, 3> synonyms = {};
  ConfigUpdate update = ConfigUpdate::kReadOnly;
  ConfigEffect effect = ConfigEffect::kWorks;
  bool internal = false;  // described only where it is set

  bool sensitive() const { return type == ConfigType::kPassword; }
};

// "BOOLEAN", "INT" ... as in error messages.
std::string_view NameOf(ConfigType type);
std::string_view NameOf(ConfigImportance importance);

// "[0,...]", "[delete, compact]": the values that are allowed; empty if all are.
std::string DescribeValidator(const ConfigValidator& validator);

}  // namespace penstock
