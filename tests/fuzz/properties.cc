// Configuration files: what is read can be written and read again; the broker's own config refuses
// or accepts it with a message, never otherwise.
#include "config/properties.h"

#include "base/check.h"
#include "base/strings.h"
#include "config/broker_config.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock::fuzz {

void RunProperties(std::span<const uint8_t> input) {
  const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
  ConfigMap config;
  const Status added = AddConfigFile("fuzz.properties", text, config);
  if (added.ok()) {
    ConfigLayers layers;
    layers.static_broker = config;
    const auto resolved = ResolveBrokerConfig(layers);
    CHECK(resolved.ok() || !MessageOf(resolved.status()).empty());
    for (const DescribedConfig& row : DescribeBrokerConfigs(layers)) CHECK(row.def != nullptr);
  } else {
    CHECK(!MessageOf(added).empty());
  }
  const auto properties = ParseProperties(text);
  if (!properties.ok()) return;
  const std::string written = WriteProperties("fuzz", *properties);
  const auto again = ParseProperties(written);
  CHECK(again.ok());
  CHECK(again->size() == properties->size());
  for (size_t i = 0; i < again->size(); ++i) {
    CHECK((*again)[i].key == (*properties)[i].key);
    CHECK((*again)[i].value == (*properties)[i].value);
  }
}

Corpus PropertiesCorpus() {
  Corpus corpus;
  for (const std::string_view text : {
           "node.id=1\nlog.dirs=/data\nlisteners=PLAINTEXT://:9092,SSL://[::1]:9093\n",
           "# comment\n! another\nlog.retention.hours = 168\nlog.segment.bytes: 1048576",
           "auto.create.topics.enable=false\\\n  \nnum.partitions \\\n 3\n",
           "message.max.bytes=\\u0031000\nwith\\ space\\:colon=\\t\\n\\r\\f\\\\\n=empty key\n",
           "compression.type=zstd\nlog.cleanup.policy=compact,delete\nmin.insync.replicas=-1\n",
           "advertised.listeners=PLAINTEXT://host.name:65535\nlog.flush.interval.ms=1e9\n",
       }) {
    corpus.emplace_back(text.begin(), text.end());
  }
  return corpus;
}

}  // namespace penstock::fuzz
