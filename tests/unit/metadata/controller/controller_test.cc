// The controller's managers in dialogues: tests/transcripts/controller_*.txt. A line that begins
// with '>' is a command, what follows is what it answers and the records that it makes.
// PENSTOCK_REWRITE=1 writes the files anew.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "base/strings.h"
#include "metadata/controller/broker_manager.h"
#include "metadata/controller/config_manager.h"
#include "metadata/controller/controller_machine.h"
#include "metadata/controller/feature_manager.h"
#include "metadata/controller/partition_manager.h"
#include "metadata/controller/producer_id_manager.h"
#include "metadata/controller/topic_manager.h"
#include "metadata/image/image_records.h"
#include "protocol/json.h"

namespace penstock {
namespace {

std::vector<std::string> WordsOf(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

// "a=b" as its two sides; without '=' the second is empty.
std::pair<std::string, std::string> SidesOf(const std::string& word) {
  const size_t equals = word.find('=');
  if (equals == word.npos) return {word, ""};
  return {word.substr(0, equals), word.substr(equals + 1)};
}

class Controller {
 public:
  Controller() {
    options_.new_uuid = [this] { return Uuid(0, 1000 + ids_++); };
    machine_ = NewMachine();
    machine_->EndLoad();
    FeatureLevelRecord level;
    level.name = kMetadataVersionFeature;
    level.feature_level = kMetadataVersionServed;
    Append({MetadataRecord(level)});
  }

  std::string Run(const std::string& line) {
    const std::vector<std::string> words = WordsOf(line);
    const std::vector<std::string> arguments(words.begin() + 1, words.end());
    out_.clear();
    const std::string& command = words.front();
    if (command == "register") Register(arguments);
    if (command == "unfence") Change(arguments, UnfenceBroker);
    if (command == "shutdown") Change(arguments, BeginControlledShutdown);
    if (command == "fence") Change(arguments, FenceBroker);
    if (command == "create") Create(arguments);
    if (command == "delete") Delete(arguments);
    if (command == "grow") Grow(arguments);
    if (command == "config") Config(arguments);
    if (command == "replace-config") ReplaceConfig(arguments);
    if (command == "features") Features(arguments);
    if (command == "producer-ids") ProducerIds(arguments);
    return out_.empty() ? "unknown command\n" : out_;
  }

  const MetadataImage& image() const { return *machine_->image(); }
  const std::vector<MetadataRecord>& log() const { return log_; }

 private:
  static std::unique_ptr<ControllerMachine> NewMachine() {
    return std::make_unique<ControllerMachine>(
        [](const MetadataDelta&, const MetadataImagePtr&) {});
  }

  void Append(const std::vector<MetadataRecord>& records) {
    if (records.empty()) return;
    BatchPosition position;
    position.base_offset = end_;
    for (const MetadataRecord& record : records) {
      ASSERT_EQ(machine_->Replay(record, end_), OkStatus());
      log_.push_back(record);
      ++end_;
    }
    position.last_offset = end_ - 1;
    machine_->EndBatch(position);
  }

  template <class Response>
  void Finish(ControllerResult<Response> result, const std::string& answer) {
    StrAppend(out_, answer, "\n");
    for (const MetadataRecord& record : result.records) {
      StrAppend(out_, "  ", DescribeMetadataRecord(record), "\n");
    }
    Append(result.records);
  }
  template <class Message>
  void FinishMessage(ControllerResult<Message> result) {
    const std::string answer = ToJson(result.response, Message::kVersions.max);
    Finish(std::move(result), answer);
  }
  static std::string TextOf(const Status& status) {
    if (status.ok()) return "OK";
    return StrCat(NameOf(ErrorCodeOf(status)), ": ", MessageOf(status));
  }

  // register ID [features=LEVEL] [dir=N]
  void Register(const std::vector<std::string>& arguments) {
    BrokerRegistration registration;
    registration.id = NodeId(*ParseInt32(arguments[0]));
    registration.incarnation_id = options_.new_uuid();
    registration.endpoints.push_back({"PLAINTEXT", "localhost", 9092, 0});
    registration.features = ServedFeatures();
    uint64_t directory = 500 + static_cast<uint64_t>(registration.id.value());
    for (size_t i = 1; i < arguments.size(); ++i) {
      const auto [name, value] = SidesOf(arguments[i]);
      if (name == "dir") directory = static_cast<uint64_t>(*ParseInt64(value));
      if (name == "features") {
        registration.features.back().max_version = static_cast<int16_t>(*ParseInt32(value));
      }
    }
    registration.log_dirs.push_back(Uuid(0, directory));
    auto result = RegisterBroker(image(), registration, end_);
    const std::string answer = result.response.ok() ? StrCat("epoch ", *result.response)
                                                    : TextOf(result.response.status());
    Finish(std::move(result), answer);
  }

  // unfence ID EPOCH
  void Change(const std::vector<std::string>& arguments,
              ControllerResult<Status> (*change)(const MetadataImage&, NodeId, BrokerEpoch)) {
    auto result =
        change(image(), NodeId(*ParseInt32(arguments[0])), BrokerEpoch(*ParseInt64(arguments[1])));
    const std::string answer = TextOf(result.response);
    Finish(std::move(result), answer);
  }

  // create [validate] NAME[:PARTITIONS[:FACTOR]] [CONFIG=VALUE]... [@REPLICA,REPLICA]... [+
  // NAME...]
  void Create(const std::vector<std::string>& arguments) {
    CreateTopicsRequest request;
    for (const std::string& word : arguments) {
      if (word == "validate") {
        request.validate_only = true;
      } else if (word.front() == '@') {
        AddAssignment(word.substr(1), request.topics.back());
      } else if (word.find('=') != word.npos) {
        const auto [name, value] = SidesOf(word);
        request.topics.back().configs.push_back({name, value, {}});
      } else if (word.back() == '!') {
        request.topics.back().configs.push_back({word.substr(0, word.size() - 1), {}, {}});
      } else if (word != "+") {
        const auto pieces = Split(word, ':');
        CreateTopicsRequest::CreatableTopic topic;
        topic.name = pieces[0] == "EMPTY" ? "" : std::string(pieces[0]);
        topic.num_partitions = pieces.size() > 1 ? *ParseInt32(pieces[1]) : -1;
        topic.replication_factor =
            static_cast<int16_t>(pieces.size() > 2 ? *ParseInt32(pieces[2]) : -1);
        request.topics.push_back(std::move(topic));
      }
    }
    auto result = CreateTopics(options_, image(), request);
    // The configs of a topic have tests of their own.
    for (auto& topic : result.response.topics) topic.configs.emplace();
    FinishMessage(std::move(result));
  }
  static void AddAssignment(const std::string& replicas,
                            CreateTopicsRequest::CreatableTopic& topic) {
    CreateTopicsRequest::CreatableReplicaAssignment assignment;
    assignment.partition_index = PartitionId(static_cast<int32_t>(topic.assignments.size()));
    for (const std::string_view id : Split(replicas, ',')) {
      if (!id.empty()) assignment.broker_ids.push_back(NodeId(*ParseInt32(id)));
    }
    topic.assignments.push_back(std::move(assignment));
  }

  // delete NAME | id=UUID | both=NAME | neither ...
  void Delete(const std::vector<std::string>& arguments) {
    DeleteTopicsRequest request;
    for (const std::string& word : arguments) {
      const auto [kind, value] = SidesOf(word);
      DeleteTopicsRequest::DeleteTopicState topic;
      if (kind == "id") {
        topic.topic_id = *Uuid::Parse(value);
      } else if (kind == "both") {
        topic.name = value;
        topic.topic_id = Uuid(0, 1000);
      } else if (kind != "neither") {
        topic.name = word;
      }
      request.topics.push_back(std::move(topic));
    }
    FinishMessage(DeleteTopics(options_, image(), request));
  }

  // grow [validate] NAME:COUNT [@REPLICAS]...
  void Grow(const std::vector<std::string>& arguments) {
    CreatePartitionsRequest request;
    for (const std::string& word : arguments) {
      if (word == "validate") {
        request.validate_only = true;
      } else if (word.front() == '@') {
        CreateTopicsRequest::CreatableTopic scratch;
        AddAssignment(word.substr(1), scratch);
        auto& assignments = request.topics.back().assignments;
        if (!assignments.has_value()) assignments.emplace();
        assignments->push_back({scratch.assignments.front().broker_ids, {}});
      } else {
        const auto pieces = Split(word, ':');
        CreatePartitionsRequest::CreatePartitionsTopic topic;
        topic.name = pieces[0];
        topic.count = *ParseInt32(pieces[1]);
        topic.assignments = std::nullopt;
        request.topics.push_back(std::move(topic));
      }
    }
    FinishMessage(CreatePartitions(image(), request));
  }

  static std::pair<int8_t, std::string> ResourceOf(const std::string& word) {
    const auto pieces = Split(word, '/');
    static const std::map<std::string_view, int8_t> types = {
        {"topic", 2}, {"broker", 4}, {"logger", 8}, {"metrics", 16}, {"group", 32}, {"odd", 99}};
    return {types.at(pieces[0]), std::string(pieces[1])};
  }

  // config [validate] TYPE/NAME [KEY=VALUE | KEY+=VALUE | KEY-=VALUE | KEY!]...
  void Config(const std::vector<std::string>& arguments) {
    IncrementalAlterConfigsRequest request;
    for (const std::string& word : arguments) {
      if (word == "validate") {
        request.validate_only = true;
      } else if (word.find('/') != word.npos) {
        auto& resource = request.resources.emplace_back();
        std::tie(resource.resource_type, resource.resource_name) = ResourceOf(word);
      } else {
        auto [name, value] = SidesOf(word);
        auto& config = request.resources.back().configs.emplace_back();
        config.config_operation = 0;
        config.value = value;
        if (name.ends_with('+')) config.config_operation = 2;
        if (name.ends_with('-')) config.config_operation = 3;
        if (name.ends_with('!')) {
          config.config_operation = 1;
          config.value = std::nullopt;
        }
        if (config.config_operation != 0) name.pop_back();
        config.name = name;
      }
    }
    FinishMessage(IncrementalAlterConfigs(options_, image(), request));
  }

  // replace-config TYPE/NAME [KEY=VALUE | KEY]...
  void ReplaceConfig(const std::vector<std::string>& arguments) {
    AlterConfigsRequest request;
    for (const std::string& word : arguments) {
      if (word.find('/') != word.npos) {
        auto& resource = request.resources.emplace_back();
        std::tie(resource.resource_type, resource.resource_name) = ResourceOf(word);
        continue;
      }
      auto& config = request.resources.back().configs.emplace_back();
      config.name = SidesOf(word).first;
      config.value = std::nullopt;
      if (word.find('=') != word.npos) config.value = SidesOf(word).second;
    }
    FinishMessage(AlterConfigs(options_, image(), request));
  }

  // features [validate] NAME=LEVEL[:TYPE]...
  void Features(const std::vector<std::string>& arguments) {
    UpdateFeaturesRequest request;
    for (const std::string& word : arguments) {
      if (word == "validate") {
        request.validate_only = true;
        continue;
      }
      const auto [name, value] = SidesOf(word);
      const auto pieces = Split(value, ':');
      auto& update = request.feature_updates.emplace_back();
      update.feature = name;
      update.max_version_level = static_cast<int16_t>(*ParseInt32(pieces[0]));
      if (pieces.size() > 1) update.upgrade_type = static_cast<int8_t>(*ParseInt32(pieces[1]));
    }
    FinishMessage(UpdateFeatures(options_, image(), request));
  }

  // producer-ids BROKER EPOCH
  void ProducerIds(const std::vector<std::string>& arguments) {
    auto result = AllocateProducerIds(image(), NodeId(*ParseInt32(arguments[0])),
                                      BrokerEpoch(*ParseInt64(arguments[1])));
    const std::string answer = result.response.ok()
                                   ? StrCat(result.response->first, " to ",
                                            result.response->first + (result.response->count - 1))
                                   : TextOf(result.response.status());
    Finish(std::move(result), answer);
  }

  ControllerOptions options_;
  uint64_t ids_ = 0;
  std::unique_ptr<ControllerMachine> machine_;
  Offset end_{0};
  std::vector<MetadataRecord> log_;
  std::string out_;
};

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The dialogue with every answer as it is now.
std::string Replayed(const std::string& transcript) {
  Controller controller;
  std::string result;
  std::istringstream in(transcript);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("> ")) {
      StrAppend(result, line, "\n", controller.Run(line.substr(2)));
    } else if (line.empty() || line.starts_with("#")) {
      StrAppend(result, line, "\n");
    }
  }
  return result;
}

TEST(Controller, AnswersAsTheTranscriptsSay) {
  const std::filesystem::path folder = std::string(PENSTOCK_TESTS) + "/transcripts";
  const bool rewrite = std::getenv("PENSTOCK_REWRITE") != nullptr;
  int transcripts = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!entry.path().filename().string().starts_with("controller_")) continue;
    ++transcripts;
    const std::string expected = ReadFile(entry.path());
    const std::string now = Replayed(expected);
    if (rewrite) {
      std::ofstream(entry.path()) << now;
    } else {
      EXPECT_EQ(now, expected) << entry.path();
    }
  }
  EXPECT_GE(transcripts, 4);
}

// Random requests; now and then the image is taken apart into snapshot records and put together
// again.
TEST(Controller, AnImageFromASnapshotIsTheImageFromTheLog) {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto topic = [&] { return StrCat("topic-", random() % 12); };
    Controller controller;
    controller.Run("register 1");
    controller.Run("unfence 1 1");
    for (int i = 0; i < 150; ++i) {
      switch (random() % 6) {
        case 0:
        case 1:
          controller.Run(
              StrCat("create ", topic(), ":", random() % 4 + 1, " retention.ms=", random() % 1000));
          break;
        case 2:
          controller.Run(StrCat("delete ", topic()));
          break;
        case 3:
          controller.Run(StrCat("grow ", topic(), ":", random() % 6 + 1));
          break;
        case 4:
          controller.Run(StrCat("config topic/", topic(), " segment.ms=", random() % 1000 + 1));
          break;
        default:
          controller.Run("producer-ids 1 1");
          break;
      }
      if (i % 10 != 0) continue;
      MetadataDelta from_snapshot(std::make_shared<const MetadataImage>());
      for (const MetadataRecord& record : RecordsOf(controller.image())) {
        const StatusOr<MetadataRecord> read = DecodeMetadataRecord(EncodeMetadataRecord(record));
        ASSERT_TRUE(read.ok()) << read.status();
        ASSERT_EQ(from_snapshot.Replay(*read), OkStatus());
      }
      from_snapshot.SetKRaftVersion(1);
      MetadataDelta from_log(std::make_shared<const MetadataImage>());
      for (const MetadataRecord& record : controller.log()) {
        ASSERT_EQ(from_log.Replay(record), OkStatus());
      }
      from_log.SetKRaftVersion(1);
      EXPECT_TRUE(HasSameContent(*from_snapshot.Apply({}), controller.image()));
      EXPECT_TRUE(HasSameContent(*from_log.Apply({}), controller.image()));
    }
    EXPECT_GT(controller.log().size(), 100u);
  }
}

}  // namespace
}  // namespace penstock
