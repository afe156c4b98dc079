// A number of units (requests, bytes) that callers hold for a while. Strictly first come, first
// served: a large request is not overtaken by small ones.
#pragma once

#include <cstdint>
#include <optional>

#include "runtime/executor.h"
#include "runtime/run_queue.h"
#include "runtime/task.h"

namespace penstock {

class Semaphore {
 public:
  // Units in use; gives them back when it is destroyed. The semaphore outlives it.
  class Permit {
   public:
    Permit() = default;
    Permit(Permit&& other) noexcept;
    Permit& operator=(Permit&& other) noexcept;
    ~Permit() { Release(); }

    uint64_t units() const { return units_; }
    void Release();

   private:
    friend class Semaphore;
    Permit(Semaphore* semaphore, uint64_t units) : semaphore_(semaphore), units_(units) {}

    Semaphore* semaphore_ = nullptr;
    uint64_t units_ = 0;
  };

  // `executor` outlives the semaphore.
  Semaphore(Executor& executor, uint64_t units)
      : executor_(executor), capacity_(units), available_(units) {}
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;
  ~Semaphore();

  // Waits until `units` are free and everybody who came before has been served. units <=
  // capacity(). The semaphore outlives the Task.
  Task<Permit> Acquire(uint64_t units);
  // Nothing if the caller would have to wait.
  std::optional<Permit> TryAcquire(uint64_t units);

  uint64_t capacity() const { return capacity_; }
  uint64_t available() const { return available_; }

 private:
  class Waiter;

  void GiveBack(uint64_t units);
  void ServeWaiting();

  Executor& executor_;
  const uint64_t capacity_;
  uint64_t available_;
  RunQueue waiting_;
};

}  // namespace penstock
