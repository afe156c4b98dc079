// Topic ids and fetch sessions are made by the broker: where a request carries an id of Kafka's,
// ours takes its place.
#include "tests/unit/broker/handlers/golden_replay.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <utility>

#include "base/check.h"
#include "base/endian.h"
#include "base/strings.h"
#include "base/uuid.h"
#include "protocol/frame.h"
#include "protocol/message_table.h"
#include "runtime/sim/sim_world.h"
#include "tests/sim/broker/broker_subject.h"

namespace penstock::testing {
namespace {

// The words at the start of the lines of one exchange, and what follows them.
using Exchange = std::map<std::string, std::string>;

Slice FromHex(std::string_view hex) {
  Slice bytes = Slice::Allocate(hex.size() / 2);
  for (size_t i = 0; i < bytes.size(); ++i) {
    const std::string pair(hex.substr(2 * i, 2));
    bytes.mutable_data()[i] = static_cast<uint8_t>(std::stoi(pair, nullptr, 16));
  }
  return bytes;
}

// By correlation id, which Kafka's client counted up.
std::map<int32_t, Exchange> ReadExchanges() {
  std::map<int32_t, Exchange> exchanges;
  for (const auto& entry : std::filesystem::directory_iterator(PENSTOCK_GOLDEN)) {
    if (entry.path().extension() != ".txt") continue;
    std::ifstream file(entry.path());
    Exchange exchange;
    const auto keep = [&] {
      if (!exchange.contains("request")) return;
      exchanges[LoadBig<int32_t>(FromHex(exchange.at("request")).data() + 4)] = exchange;
      exchange.clear();
    };
    for (std::string line; std::getline(file, line);) {
      const size_t space = line.find(' ');
      if (line.empty() || line.front() == '#') continue;
      if (line.starts_with("version ")) keep();
      exchange[line.substr(0, space)] = line.substr(space + 1);
    }
    keep();
  }
  return exchanges;
}

// A new Kafka asks its first client for a producer id to come again: that took none.
bool WasLoading(const Exchange& exchange) {
  const JsonTree answer = JsonTree::Parse(exchange.at("response_json"));
  const auto error = answer.members.find("errorCode");
  const auto loading = static_cast<int>(ErrorCode::kCoordinatorLoadInProgress);
  return error != answer.members.end() && error->second.word == StrCat(loading);
}

Task<StatusOr<std::unique_ptr<Connection>>> Connect(Runtime& runtime) {
  Address address{.host = "broker", .port = sim::kBrokerPort};
  return runtime.network.Connect(std::move(address));
}

Task<StatusOr<Slice>> ReadExactly(Connection& stream, size_t size) {
  Slice bytes = Slice::Allocate(size);
  for (size_t done = 0; done < size;) {
    Slice rest = bytes.Sub(done);
    CO_ASSIGN_OR_RETURN(const size_t count, co_await stream.Read(std::move(rest)));
    if (count == 0) co_return Unavailable("closed by the broker");
    done += count;
  }
  co_return bytes;
}

// `request` without its length; the answer without its.
Task<StatusOr<Slice>> Ask(Connection& stream, Slice request) {
  Slice prefix = Slice::Allocate(kFrameLengthBytes);
  StoreBig(prefix.mutable_data(), static_cast<int32_t>(request.size()));
  SliceChain frame(prefix);
  frame.Append(request);
  CO_RETURN_IF_ERROR(co_await stream.Write(std::move(frame)));
  CO_ASSIGN_OR_RETURN(const Slice length, co_await ReadExactly(stream, kFrameLengthBytes));
  const auto size = static_cast<size_t>(LoadBig<int32_t>(length.data()));
  co_return co_await ReadExactly(stream, size);
}

class Replay {
 public:
  Replay() {
    machine_ = &world_.AddNode("broker");
    ConfigMap config{{"node.id", "1"}};
    subject_ = std::make_unique<sim::BrokerSubject>(*machine_, std::move(config));
    machine_->Start(subject_->NextStart());
    while (!subject_->serving()) {
      CHECK(subject_->failure().empty());
      world_.RunFor(Milliseconds(1));
    }
    OpenConnection();
  }
  ~Replay() {
    connection_.reset();
    machine_->Kill();  // refers to the subject
  }

  ReplayedExchange Send(const Exchange& exchange) {
    ReplayedExchange replayed;
    const Slice request = WithOurIds(FromHex(exchange.at("request")));
    replayed.api_key = LoadBig<int16_t>(request.data());
    replayed.version = LoadBig<int16_t>(request.data() + 2);
    if (exchange.contains("request_json")) replayed.request = exchange.at("request_json");
    replayed.kafka = JsonTree::Parse(exchange.at("response_json"));
    const auto answer = world_.Run(Ask(*connection_, request));
    if (!answer.ok()) {
      replayed.ours = JsonTree::Parse(StrCat("\"", subject_->log_lines().back(), "\""));
      OpenConnection();
      return replayed;
    }
    const int16_t version = exchange.contains("response_version")
                                ? static_cast<int16_t>(*ParseInt32(exchange.at("response_version")))
                                : replayed.version;
    WireReader reader(*answer);
    CHECK(DecodeResponseHeader(reader, *FindApi(replayed.api_key), version).ok());
    const auto json =
        FindMessage(MessageKind::kResponse, replayed.api_key)->decode_to_json(reader, version);
    CHECK(json.ok());
    CHECK(reader.remaining() == 0);
    replayed.ours = JsonTree::Parse(*json);
    if (replayed.api_key == static_cast<int16_t>(ApiKey::kCreateTopics)) {
      LearnTopics(replayed.kafka, replayed.ours);
    }
    if (replayed.api_key == static_cast<int16_t>(ApiKey::kFetch)) {
      LearnSession(replayed.kafka, replayed.ours);
    }
    WriteKafkasIds(replayed.ours);
    return replayed;
  }

 private:
  void OpenConnection() {
    auto connected = world_.Run(Connect(world_.runtime()));
    CHECK(connected.ok());
    connection_ = *std::move(connected);
  }
  void LearnTopics(const JsonTree& kafka, const JsonTree& ours) {
    for (const JsonTree& theirs : kafka.members.at("topics").elements) {
      if (!theirs.members.contains("topicId")) continue;
      for (const JsonTree& topic : ours.members.at("topics").elements) {
        if (topic.members.at("name").word != theirs.members.at("name").word) continue;
        const std::string& our_id = topic.members.at("topicId").word;
        const std::string& their_id = theirs.members.at("topicId").word;
        const auto zero = Uuid::Zero().ToString();
        if (our_id != zero && their_id != zero) kafkas_id_[our_id] = their_id;
      }
    }
  }

  void LearnSession(const JsonTree& kafka, const JsonTree& ours) {
    const auto theirs = kafka.members.find("sessionId");
    if (theirs == kafka.members.end() || theirs->second.word == "0") return;
    const std::string& mine = ours.members.at("sessionId").word;
    if (mine != "0") kafkas_session_[mine] = theirs->second.word;
  }

  Slice WithOurIds(Slice request) const {
    for (const auto& [ours, kafkas] : kafkas_id_) {
      Replace(request, Bytes(*Uuid::Parse(kafkas)), Bytes(*Uuid::Parse(ours)));
    }
    if (LoadBig<int16_t>(request.data()) != static_cast<int16_t>(ApiKey::kFetch)) return request;
    for (const auto& [ours, kafkas] : kafkas_session_) {
      Replace(request, Bytes(*ParseInt32(kafkas)), Bytes(*ParseInt32(ours)));
    }
    return request;
  }
  static void Replace(Slice& request, const Slice& theirs, const Slice& mine) {
    uint8_t* begin = request.mutable_data();
    uint8_t* end = begin + request.size();
    uint8_t* found = std::search(begin, end, theirs.span().begin(), theirs.span().end());
    if (found != end) std::copy(mine.span().begin(), mine.span().end(), found);
  }
  static Slice Bytes(int32_t session_id) {
    Slice bytes = Slice::Allocate(4);
    StoreBig(bytes.mutable_data(), session_id);
    return bytes;
  }
  static Slice Bytes(const Uuid& id) {
    Slice bytes = Slice::Allocate(16);
    StoreBig(bytes.mutable_data(), id.high());
    StoreBig(bytes.mutable_data() + 8, id.low());
    return bytes;
  }
  void WriteKafkasIds(JsonTree& tree) const {
    tree.ForEachMember([this](const std::string& name, JsonTree& value) {
      const auto& known = name == "sessionId" ? kafkas_session_ : kafkas_id_;
      const auto found = known.find(value.word);
      const bool is_id = name == "topicId" || name == "sessionId";
      if (is_id && found != known.end()) value.word = found->second;
    });
  }

  SimWorld world_{1};
  SimNode* machine_ = nullptr;
  std::unique_ptr<sim::Subject> subject_;
  std::unique_ptr<Connection> connection_;
  std::map<std::string, std::string> kafkas_id_;       // of a topic, by ours
  std::map<std::string, std::string> kafkas_session_;  // of fetches, by ours
};

}  // namespace

std::vector<ReplayedExchange> ReplayGoldenVectors() {
  std::vector<ReplayedExchange> replayed;
  Replay replay;
  for (const auto& [correlation_id, exchange] : ReadExchanges()) {
    if (WasLoading(exchange)) continue;
    replayed.push_back(replay.Send(exchange));
  }
  CHECK(!replayed.empty());
  return replayed;
}

}  // namespace penstock::testing
