#include "bindings/engine.h"

#include <pybind11/stl.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <map>
#include <string>

#include "bindings/consumer.h"
#include "bindings/errors.h"
#include "bindings/producer.h"
#include "client/client_config.h"
#include "client/consumer_config.h"
#include "client/producer_config.h"
#include "config/config_table.h"
#include "embed/shared_consumer.h"
#include "embed/shared_producer.h"

namespace penstock {

namespace py = pybind11;

namespace {

using Configs = std::map<std::string, std::string>;

ConfigMap MapOf(const Configs& configs) { return {configs.begin(), configs.end()}; }

std::shared_ptr<Engine> Connect(const Configs& configs) {
  ClientOptions options = ValueOrRaise(ParseClientOptions(MapOf(configs)));
  StatusOr<std::shared_ptr<Engine>> engine = Unavailable("not made");
  {
    const py::gil_scoped_release released;
    engine = Engine::Connect(std::move(options));
  }
  return ValueOrRaise(std::move(engine));
}

py::object NewProducer(const std::shared_ptr<Engine>& engine, const Configs& configs) {
  StatusOr<std::shared_ptr<SharedProducer>> producer = Unavailable("not made");
  {
    const py::gil_scoped_release released;
    producer = SharedProducer::Create(engine, MapOf(configs));
  }
  return MakeProducer(ValueOrRaise(std::move(producer)));
}

std::unique_ptr<PyConsumer> NewConsumer(const std::shared_ptr<Engine>& engine,
                                        const Configs& configs) {
  StatusOr<std::shared_ptr<SharedConsumer>> consumer = Unavailable("not made");
  {
    const py::gil_scoped_release released;
    consumer = SharedConsumer::Create(engine, MapOf(configs));
  }
  return std::make_unique<PyConsumer>(ValueOrRaise(std::move(consumer)));
}

void CloseEngine(Engine& engine, std::optional<double> timeout) {
  const py::gil_scoped_release released;
  const double seconds = std::clamp(timeout.value_or(1e9), 0.0, 1e9);
  engine.Close(std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds)));
}

// "boolean", "int" ... as in Kafka's documentation.
std::string TypeOf(const ConfigDef& def) {
  std::string name(NameOf(def.type));
  for (char& letter : name) letter = static_cast<char>(std::tolower(letter));
  return name;
}

const char* EffectOf(const ConfigDef& def) {
  switch (def.effect) {
    case ConfigEffect::kWorks:
      return "yes";
    case ConfigEffect::kPartly:
      return "in part";
    case ConfigEffect::kStored:
      return "not yet";
  }
  return "";
}

std::span<const ConfigDef> RowsOf(const std::string& which) {
  if (which == "client") return ClientConfigRows();
  if (which == "producer") return ProducerConfig::Rows();
  if (which == "consumer") return ConsumerConfig::Rows();
  if (which == "broker") return BrokerConfigs();
  if (which == "topic") return TopicConfigs();
  throw py::value_error("no table of configs is called " + which +
                        "; there are client, producer, consumer, broker and topic");
}

py::list ConfigTable(const std::string& which) {
  py::list rows;
  for (const ConfigDef& def : RowsOf(which)) {
    py::dict row;
    row["name"] = std::string(def.name);
    row["type"] = TypeOf(def);
    if (def.default_value.has_value()) {
      row["default"] = std::string(*def.default_value);
    } else {
      row["default"] = py::none();
    }
    row["doc"] = std::string(def.documentation);
    row["allowed"] = DescribeValidator(def.validator);
    row["effect"] = EffectOf(def);
    py::list synonyms;
    for (const ConfigSynonym& synonym : def.synonyms) {
      if (!synonym.name.empty()) synonyms.append(std::string(synonym.name));
    }
    row["synonyms"] = synonyms;
    rows.append(row);
  }
  return rows;
}

}  // namespace

void BindEngine(py::module_& m) {
  py::class_<Engine, std::shared_ptr<Engine>>(m, "Engine")
      .def_static("connect", &Connect, py::arg("configs"))
      .def("producer", &NewProducer, py::arg("configs"))
      .def("consumer", &NewConsumer, py::arg("configs"))
      .def("admin", &CallAdmin, py::arg("call"), py::arg("arguments"),
           py::arg("timeout") = py::none())
      .def("close", &CloseEngine, py::arg("timeout"));
  m.def("config_table", &ConfigTable, py::arg("which"));
}

}  // namespace penstock
