// The real world of one shard: the loop, its file thread and the ports over them.
#pragma once

#include <utility>

#include "runtime/linux/epoll_reactor.h"
#include "runtime/linux/linux_files.h"
#include "runtime/linux/linux_network.h"
#include "runtime/linux/linux_random.h"
#include "runtime/root_task.h"
#include "runtime/runtime.h"

namespace penstock {

class LinuxWorld {
 public:
  // Belongs to the thread that makes it.
  explicit LinuxWorld(IdleMode idle_mode = IdleMode::kAdaptive)
      : reactor_(idle_mode), files_(reactor_), network_(reactor_) {}

  Runtime& runtime() { return runtime_; }
  EpollReactor& reactor() { return reactor_; }

  // Turns the loop until `task` is done.
  template <class T>
  T Run(Task<T> task) {
    RootTask<T> root(std::move(task));
    root.Start();
    while (!root.done()) reactor_.Turn();
    return root.TakeResult();
  }

  // Any thread and signal handlers: asks the program to end. How often it has been asked, this time
  // included.
  int RequestStop() noexcept { return reactor_.Stop(); }
  // Done once the program was asked to end.
  Task<> StopRequested() { return reactor_.stop_requested().Wait(); }

 private:
  EpollReactor reactor_;
  LinuxFiles files_;
  LinuxNetwork network_;
  LinuxRandom random_;
  OneShard shards_;
  Runtime runtime_{reactor_, reactor_, reactor_, files_, network_, random_, shards_};
};

}  // namespace penstock
