// Group commit: the logs of a directory whose files wait for the disk are synced together, round
// after round. What comes while a round runs goes into the next one. A file system commits several
// files for little more than one, and the loop is woken once for all of them.
#pragma once

#include <memory>
#include <vector>

#include "base/status.h"
#include "runtime/event.h"
#include "runtime/executor.h"
#include "runtime/files.h"
#include "runtime/task.h"
#include "runtime/task_group.h"

namespace penstock {

class GroupSync {
 public:
  // Both outlive the object.
  GroupSync(Executor& executor, Files& files);
  GroupSync(const GroupSync&) = delete;
  GroupSync& operator=(const GroupSync&) = delete;

  // As file->Sync(): everything written before the call is durable when it is done.
  Task<Status> Sync(std::shared_ptr<File> file);
  // Ends the round that runs; nobody is waiting any more.
  Task<> Stop() { return rounds_.Stop(); }

 private:
  struct Waiting {
    Waiting(std::shared_ptr<File> its_file, Executor& executor)
        : file(std::move(its_file)), done(executor) {}

    std::shared_ptr<File> file;
    Status result;
    Event done;
  };

  Task<> RunRounds();

  Executor& executor_;
  Files& files_;
  std::vector<std::shared_ptr<Waiting>> next_round_;
  bool running_ = false;
  TaskGroup rounds_;
};

}  // namespace penstock
