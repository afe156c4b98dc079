#include "tests/sim/points/stories.h"

namespace penstock::sim {
namespace {

constexpr size_t kValueBytes = 300;
constexpr size_t kLargeValueBytes = 1000;

// Two large values fill a segment.
StoryClient::Configs SmallSegments() {
  return {{"internal.segment.bytes", "2500"}, {"file.delete.delay.ms", "1"}};
}

Task<Status> CreateRivers(StoryClient& client) {
  StoryClient::Configs configs = SmallSegments();
  co_return co_await client.CreateTopic("rivers", 2, std::move(configs));
}

// ---- A directory is formatted, and the first records come.

Task<Status> FirstRecords(StoryClient& client) {
  CO_RETURN_IF_ERROR(co_await CreateRivers(client));
  co_return co_await client.Produce("rivers", 0, kValueBytes);
}

// ---- Each change of the metadata is followed by a snapshot.

Task<Status> OneTopic(StoryClient& client) {
  StoryClient::Configs configs;
  co_return co_await client.CreateTopic("lakes", 1, std::move(configs));
}

Task<Status> SnapshotsAreWritten(StoryClient& client) {
  CO_RETURN_IF_ERROR(co_await CreateRivers(client));
  CO_RETURN_IF_ERROR(co_await client.SetConfig("lakes", "retention.ms", "1000000"));
  co_await client.Sleep(Milliseconds(20));
  co_return OkStatus();
}

// ---- A topic is made.

Task<Status> TopicIsCreated(StoryClient& client) {
  CO_RETURN_IF_ERROR(co_await CreateRivers(client));
  CO_RETURN_IF_ERROR(co_await client.Produce("rivers", 0, kValueBytes));
  co_return co_await client.Produce("rivers", 1, kValueBytes);
}

// ---- A topic is deleted and another one gets its name.

Task<Status> RecordsInTwoTopics(StoryClient& client) {
  CO_RETURN_IF_ERROR(co_await OneTopic(client));
  CO_RETURN_IF_ERROR(co_await client.Produce("lakes", 0, kValueBytes));
  CO_RETURN_IF_ERROR(co_await CreateRivers(client));
  CO_RETURN_IF_ERROR(co_await client.ProduceMany("rivers", 0, kLargeValueBytes, 3));
  co_return co_await client.Produce("rivers", 1, kValueBytes);
}

Task<Status> TopicIsDeleted(StoryClient& client) {
  CO_RETURN_IF_ERROR(co_await client.DeleteTopic("rivers"));
  CO_RETURN_IF_ERROR(co_await CreateRivers(client));
  CO_RETURN_IF_ERROR(co_await client.Produce("rivers", 0, kValueBytes));
  co_await client.Sleep(Milliseconds(20));
  co_return OkStatus();
}

// ---- The beginning of a log goes: by request, then by retention.

constexpr int kRecordsBefore = 12;
constexpr int64_t kRetentionBytes = 5000;
// Fit into the bytes that retention must leave.
constexpr int64_t kRecordsLeftMin = 4;

Task<Status> ManySegments(StoryClient& client) {
  CO_RETURN_IF_ERROR(co_await CreateRivers(client));
  co_return co_await client.ProduceMany("rivers", 0, kLargeValueBytes, kRecordsBefore);
}

Task<Status> OldRecordsGo(StoryClient& client) {
  CO_RETURN_IF_ERROR(co_await client.DeleteRecords("rivers", 0, Offset(3)));
  client.ledger().topics.at("rivers").partitions.at(0).start_max =
      Offset(kRecordsBefore - kRecordsLeftMin);
  CO_RETURN_IF_ERROR(
      co_await client.SetConfig("rivers", "retention.bytes", std::to_string(kRetentionBytes)));
  co_await client.Sleep(Milliseconds(40));
  co_return OkStatus();
}

// ---- Segments are rolled while checkpoints are written.

Task<Status> SegmentsAreRolled(StoryClient& client) {
  CO_RETURN_IF_ERROR(co_await client.ProduceMany("rivers", 0, kLargeValueBytes, 3));
  co_await client.Sleep(Milliseconds(12));
  CO_RETURN_IF_ERROR(co_await client.ProduceMany("rivers", 0, kLargeValueBytes, 3));
  co_await client.Sleep(Milliseconds(12));
  co_return OkStatus();
}

// ---- A topic that trusts the cache.

Task<Status> CarelessRecords(StoryClient& client) {
  StoryClient::Configs configs{{"ack.durability", "cache"}};
  CO_RETURN_IF_ERROR(co_await client.CreateTopic("lakes", 1, std::move(configs)));
  co_return co_await client.ProduceMany("lakes", 0, kValueBytes, 3);
}

}  // namespace

const std::vector<Story>& AllStories() {
  static const std::vector<Story> stories{
      {.name = "FirstFormatting", .act = FirstRecords, .points_min = 40},
      {.name = "MetadataSnapshot",
       .broker_config = {{"metadata.log.max.record.bytes.between.snapshots", "1"}},
       .before = OneTopic,
       .act = SnapshotsAreWritten,
       .points_min = 15},
      {.name = "TopicCreation", .before = OneTopic, .act = TopicIsCreated, .points_min = 25},
      {.name = "TopicDeletion",
       .before = RecordsInTwoTopics,
       .act = TopicIsDeleted,
       .points_min = 20},
      {.name = "RetentionDeletion",
       .broker_config = {{"log.initial.task.delay.ms", "1"},
                         {"log.retention.check.interval.ms", "10"}},
       .before = ManySegments,
       .act = OldRecordsGo,
       .points_min = 35},
      {.name = "Roll",
       .broker_config = {{"log.initial.task.delay.ms", "1"},
                         {"log.flush.offset.checkpoint.interval.ms", "5"}},
       .before = CreateRivers,
       .act = SegmentsAreRolled,
       .points_min = 80},
      {.name = "CleanStop", .before = RecordsInTwoTopics, .points_min = 20}};
  return stories;
}

const Story& CarelessStory() {
  static const Story story{.name = "Careless", .act = CarelessRecords};
  return story;
}

const std::vector<Persistence>& AllPersistences() {
  static const std::vector<Persistence> persistences{
      {.name = "everything is left", .power_lost = false},
      {.name = "nothing unsynced is left",
       .faults = {.keep_all_probability = 0,
                  .keep_none_probability = 1,
                  .keep_no_names_probability = 1}},
      {.name = "names are left, data are not",
       .faults = {.keep_all_probability = 0,
                  .keep_none_probability = 1,
                  .keep_all_names_probability = 1}},
      {.name = "data are left, names are not",
       .faults = {.keep_all_probability = 1, .keep_no_names_probability = 1}},
      {.name = "some sectors are left, some are torn",
       .faults = {.keep_all_probability = 0,
                  .keep_none_probability = 0,
                  .keep_all_names_probability = 0.3}},
      {.name = "anything may be left", .faults = {}}};
  return persistences;
}

}  // namespace penstock::sim
