// Whoever listens is told once; whoever waits is woken by it, by the clock or by a signal.
#include "embed/signal.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <pthread.h>

#include <csignal>
#include <thread>

namespace penstock {
namespace {

TEST(WaiterTest, WhatWasToldBeforeTheWaitEndsIt) {
  Waiter waiter;
  waiter.Tell(7);
  EXPECT_EQ(waiter.Wait(std::nullopt), Waiter::End::kTold);
  EXPECT_EQ(waiter.Wait(Duration::zero()), Waiter::End::kTimeout);
}

TEST(WaiterTest, AnotherThreadEndsTheWait) {
  Waiter waiter;
  std::thread teller([&waiter] { waiter.Tell(0); });
  EXPECT_EQ(waiter.Wait(std::nullopt), Waiter::End::kTold);
  teller.join();
}

TEST(WaiterTest, ASignalEndsTheWaitOfItsThread) {
  struct sigaction action{};
  action.sa_handler = [](int) {};
  struct sigaction before{};
  ASSERT_EQ(sigaction(SIGUSR1, &action, &before), 0);
  Waiter waiter;
  std::atomic<bool> ended = false;
  const pthread_t self = pthread_self();
  // Until it is seen: the first ones may come before the wait begins.
  std::thread sender([&] {
    while (!ended) {
      pthread_kill(self, SIGUSR1);
      std::this_thread::yield();
    }
  });
  EXPECT_EQ(waiter.Wait(std::nullopt), Waiter::End::kInterrupted);
  ended = true;
  sender.join();
  sigaction(SIGUSR1, &before, nullptr);
}

bool IsReadable(const Notifier& notifier) {
  pollfd readable{.fd = notifier.fd(), .events = POLLIN, .revents = 0};
  return ::poll(&readable, 1, 0) == 1;
}

TEST(NotifierTest, IsReadableWhileTokensAreThere) {
  Notifier notifier;
  EXPECT_FALSE(IsReadable(notifier));
  EXPECT_TRUE(notifier.Drain().empty());
  notifier.Tell(3);
  notifier.Tell(1);
  EXPECT_TRUE(IsReadable(notifier));
  EXPECT_EQ(notifier.Drain(), (std::vector<uint64_t>{3, 1}));
  EXPECT_FALSE(IsReadable(notifier));
  notifier.Tell(4);
  EXPECT_TRUE(IsReadable(notifier));
}

TEST(ListenersTest, EachIsToldOfItsOwnThingOnce) {
  Listeners listeners;
  const auto notifier = std::make_shared<Notifier>();
  listeners.Tell(1);  // nobody listens
  listeners.Add(1, notifier, 10);
  listeners.Add(2, notifier, 20);
  listeners.Add(1, notifier, 11);
  listeners.Tell(1);
  EXPECT_EQ(notifier->Drain(), (std::vector<uint64_t>{10, 11}));
  listeners.Tell(1);
  EXPECT_TRUE(notifier->Drain().empty());
  listeners.TellAll();
  EXPECT_EQ(notifier->Drain(), (std::vector<uint64_t>{20}));
}

}  // namespace
}  // namespace penstock
