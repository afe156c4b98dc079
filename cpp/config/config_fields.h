// Only for the sources of the typed structs: takes valid texts out of the layers into fields. The
// first error sticks; later reads do nothing.
#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/status.h"
#include "config/config_table.h"
#include "config/config_value.h"

namespace penstock::internal {

class ConfigFields {
 public:
  // `lookup` gives the text of a row, or nothing for null.
  using Lookup = std::function<std::optional<std::string>(const ConfigDef&)>;
  ConfigFields(ConfigScope scope, Lookup lookup) : scope_(scope), lookup_(std::move(lookup)) {}

  const Status& status() const { return status_; }

  void Read(std::string_view name, bool& field) { ReadAs(name, field); }
  void Read(std::string_view name, int64_t& field) { ReadAs(name, field); }
  void Read(std::string_view name, double& field) { ReadAs(name, field); }
  void Read(std::string_view name, std::string& field) { ReadAs(name, field); }
  void Read(std::string_view name, std::vector<std::string>& field) { ReadAs(name, field); }
  void Read(std::string_view name, int32_t& field) {
    int64_t wide = field;
    ReadAs(name, wide);
    CHECK(wide >= std::numeric_limits<int32_t>::min());
    CHECK(wide <= std::numeric_limits<int32_t>::max());
    field = static_cast<int32_t>(wide);
  }
  void Read(std::string_view name, std::optional<std::string>& field) {
    std::string text;
    if (ReadAs(name, text)) field = std::move(text);
  }

 private:
  // Whether there is a value; null leaves the field as it is.
  template <class T>
  bool ReadAs(std::string_view name, T& field) {
    if (!status_.ok()) return false;
    const ConfigDef* def = FindConfig(scope_, name);
    CHECK(def != nullptr);
    const std::optional<std::string> text = lookup_(*def);
    if (!text) return false;
    StatusOr<ConfigValue> value = ParseConfigValue(*def, *text);
    if (!value.ok()) {
      status_ = value.status();
      return false;
    }
    T* typed = std::get_if<T>(&*value);
    CHECK(typed != nullptr);
    field = std::move(*typed);
    return true;
  }

  ConfigScope scope_;
  Lookup lookup_;
  Status status_;
};

}  // namespace penstock::internal
