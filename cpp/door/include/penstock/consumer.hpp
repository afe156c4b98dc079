// Reads records of partitions that the program names: there are no groups.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <penstock/batch.hpp>
#include <penstock/export.hpp>
#include <penstock/result.hpp>
#include <penstock/time.hpp>
#include <penstock/topic.hpp>
#include <string>
#include <vector>

namespace penstock {

class Engine;
class SharedConsumer;

inline namespace v0 {

// Made by Client::NewConsumer. Movable. One thread at a time calls Poll; everything else but moving
// and destroying may be called by any number of threads at once.
//
// A partition is read from where it was sought to, or from where auto.offset.reset says: from the
// end unless it is "earliest". What is asked of a partition that is not assigned is
// kNotPossibleNow; what is asked after Close is kCancelled.
class Consumer {
 public:
  PENSTOCK_API Consumer(Consumer&& other) noexcept;
  PENSTOCK_API Consumer& operator=(Consumer&& other) noexcept;
  // Closes it if nobody has.
  PENSTOCK_API ~Consumer();

  // Reads these partitions and no others. Those that were assigned before keep their positions.
  PENSTOCK_API Result<void> Assign(std::vector<TopicPartition> partitions);
  // The same with all partitions that these topics have now. kNotFound: there is no such topic.
  PENSTOCK_API Result<void> AssignTopics(std::vector<std::string> topics,
                                         Timeout timeout = std::chrono::seconds(60));
  PENSTOCK_API std::vector<TopicPartition> assignment() const;

  // The next record of the partition will be that of the offset, or the first one behind it.
  PENSTOCK_API Result<void> Seek(const TopicPartition& partition, int64_t offset);
  // The same for the first record that is not older; where there is none, the end. Waits for the
  // broker.
  PENSTOCK_API Result<void> SeekToTime(std::vector<TopicPartition> partitions, Timestamp timestamp,
                                       Timeout timeout = std::chrono::seconds(60));
  PENSTOCK_API Result<void> SeekToBeginning(std::vector<TopicPartition> partitions,
                                            Timeout timeout = std::chrono::seconds(60));
  PENSTOCK_API Result<void> SeekToEnd(std::vector<TopicPartition> partitions,
                                      Timeout timeout = std::chrono::seconds(60));

  // Poll gives nothing of a paused partition.
  PENSTOCK_API Result<void> Pause(std::vector<TopicPartition> partitions);
  PENSTOCK_API Result<void> Resume(std::vector<TopicPartition> partitions);

  // The next records of one of the partitions, at least one as long as some come in time; without
  // records at the limit, after Wakeup, and when a signal handler interrupts the wait. (A signal
  // that comes just before the wait is not noticed: where one is to end the program, give a limit.)
  // Records are fetched ahead, so that it seldom waits. An error is that of a partition or of the
  // cluster; the next call goes on.
  PENSTOCK_API Result<RecordBatch> Poll(Timeout timeout);
  // The Poll that waits, or else the next one, returns at once.
  PENSTOCK_API void Wakeup();

  // The offset behind what Poll has given of the partition; asks the broker where nothing is known.
  PENSTOCK_API Result<int64_t> Position(const TopicPartition& partition,
                                        Timeout timeout = std::chrono::seconds(60));
  // Where the partition ended when it was fetched last; nothing before that.
  PENSTOCK_API std::optional<int64_t> high_watermark(const TopicPartition& partition) const;

  // Ends a Poll that waits. A second Close does nothing.
  PENSTOCK_API Result<void> Close();

 private:
  friend class Client;
  class Turn;  // of the thread that polls

  Consumer(std::shared_ptr<Engine> engine, std::shared_ptr<SharedConsumer> shared);
  void End();
  Result<void> SeekTo(std::vector<TopicPartition> partitions, int64_t timestamp, Timeout timeout);

  std::shared_ptr<Engine> engine_;
  std::shared_ptr<SharedConsumer> shared_;
  std::unique_ptr<Turn> turn_;
};

}  // namespace v0
}  // namespace penstock
