#include "raft/quorum_state.h"

#include <limits>
#include <utility>

#include "base/strings.h"
#include "raft/durable_file.h"
#include "raft/flat_json.h"

namespace penstock {
namespace {

constexpr uint64_t kFileBytesMax = 1 << 20;

std::string PathIn(std::string_view directory) { return StrCat(directory, "/quorum-state"); }

Status Missing(std::string_view name) {
  return InvalidArgument(StrCat("the quorum state has no valid ", name));
}

template <class T>
StatusOr<T> NumberOf(const JsonValue& state, std::string_view name) {
  const JsonValue* value = state.Find(name);
  if (value == nullptr || value->kind != JsonValue::Kind::kNumber ||
      value->number < std::numeric_limits<T>::min() ||
      value->number > std::numeric_limits<T>::max()) {
    return Missing(name);
  }
  return static_cast<T>(value->number);
}

Status ReadVoters(const JsonValue& state, std::vector<NodeId>& voters) {
  const JsonValue* list = state.Find("currentVoters");
  if (list == nullptr || list->kind != JsonValue::Kind::kList) return Missing("currentVoters");
  for (const JsonValue& voter : list->list) {
    ASSIGN_OR_RETURN(const int32_t id, NumberOf<int32_t>(voter, "voterId"));
    voters.push_back(NodeId(id));
  }
  return OkStatus();
}

}  // namespace

std::string FormatElectionState(const ElectionState& state) {
  if (state.data_version == 0) {
    std::string text =
        StrCat("{\"clusterId\":\"\",\"leaderId\":", state.leader_id,
               ",\"leaderEpoch\":", state.leader_epoch, ",\"votedId\":", state.voted_id,
               ",\"appliedOffset\":0,\"currentVoters\":[");
    const char* separator = "";
    for (const NodeId voter : state.current_voters) {
      StrAppend(text, std::string_view(separator), "{\"voterId\":", voter, "}");
      separator = ",";
    }
    return text + "],\"data_version\":0}";
  }
  return StrCat("{\"leaderId\":", state.leader_id, ",\"leaderEpoch\":", state.leader_epoch,
                ",\"votedId\":", state.voted_id, ",\"votedDirectoryId\":\"",
                state.voted_directory_id.ToString(), "\",\"data_version\":1}");
}

StatusOr<ElectionState> ParseElectionState(std::string_view text) {
  ASSIGN_OR_RETURN(const JsonValue json, ParseFlatJson(text));
  ElectionState state;
  ASSIGN_OR_RETURN(state.data_version, NumberOf<int16_t>(json, "data_version"));
  if (state.data_version < 0 || state.data_version > 1) {
    return Unimplemented(
        StrCat("quorum state of version ", state.data_version, "; 0 and 1 can be read"));
  }
  ASSIGN_OR_RETURN(const int32_t leader, NumberOf<int32_t>(json, "leaderId"));
  ASSIGN_OR_RETURN(const int32_t epoch, NumberOf<int32_t>(json, "leaderEpoch"));
  ASSIGN_OR_RETURN(const int32_t voted, NumberOf<int32_t>(json, "votedId"));
  state.leader_id = NodeId(leader);
  state.leader_epoch = LeaderEpoch(epoch);
  state.voted_id = NodeId(voted);
  if (epoch < 0) return Missing("leaderEpoch");
  if (state.data_version == 0) {
    RETURN_IF_ERROR(ReadVoters(json, state.current_voters));
    return state;
  }
  const JsonValue* directory = json.Find("votedDirectoryId");
  if (directory != nullptr && directory->kind == JsonValue::Kind::kText) {
    const std::optional<Uuid> id = Uuid::Parse(directory->text);
    if (!id.has_value()) return Missing("votedDirectoryId");
    state.voted_directory_id = *id;
  }
  return state;
}

Task<StatusOr<std::optional<ElectionState>>> ReadElectionState(Files& files,
                                                               std::string directory) {
  const std::string path = PathIn(directory);
  const StatusOr<Slice> content = co_await ReadWholeFile(files, path, kFileBytesMax);
  if (!content.ok()) {
    if (content.status().code() == StatusCode::kNotFound) co_return std::optional<ElectionState>();
    co_return content.status();
  }
  StatusOr<ElectionState> state = ParseElectionState(content->text());
  if (!state.ok()) co_return Annotate(state.status(), path);
  co_return std::optional<ElectionState>(*std::move(state));
}

Task<Status> WriteElectionState(Files& files, std::string directory, ElectionState state) {
  SliceChain content(Slice::CopyOf(FormatElectionState(state)));
  const std::string path = PathIn(directory);
  const std::string suffix = ".tmp";
  co_return co_await ReplaceWholeFile(files, path, std::move(content), suffix);
}

}  // namespace penstock
