// A Node as a program uses it: through the public headers only, on a real disk.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <penstock/node.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace penstock {
namespace {

using testing::HasSubstr;

class NodeTest : public testing::Test {
 protected:
  NodeTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "penstock-node-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
  }
  ~NodeTest() override { std::filesystem::remove_all(directory_); }

  std::string Path(std::string_view name) const { return directory_ + "/" + std::string(name); }

  std::string directory_;
};

// Whether a Kafka broker answers ApiVersions there.
bool Answers(const std::string& address) {
  const size_t colon = address.rfind(':');
  sockaddr_in target{};
  target.sin_family = AF_INET;
  target.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(colon + 1))));
  ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &target.sin_addr);
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  bool answered = false;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&target), sizeof target) == 0) {
    const std::string_view request("\0\0\0\x0a\0\x12\0\0\0\0\0\x05\0\0", 14);
    char answer[8];
    answered = ::send(fd, request.data(), request.size(), MSG_NOSIGNAL) == 14 &&
               ::recv(fd, answer, sizeof answer, MSG_WAITALL) == 8 && answer[7] == 5;
  }
  ::close(fd);
  return answered;
}

TEST_F(NodeTest, OpensADirectoryAndLeavesItInOrder) {
  Result<Node> node = Node::Open(Path("data"));
  ASSERT_TRUE(node.ok()) << node.error().message();
  EXPECT_TRUE(std::filesystem::exists(Path("data/meta.properties")));
  EXPECT_TRUE(node->addresses().empty());
  const Result<void> stopped = node->Stop();
  EXPECT_TRUE(stopped.ok());
  EXPECT_TRUE(std::filesystem::exists(Path("data/.kafka_cleanshutdown")));
}

TEST_F(NodeTest, DestroyingItStopsItInOrder) {
  {
    ASSERT_TRUE(Node::Open(Path("data")).ok());
  }
  EXPECT_TRUE(std::filesystem::exists(Path("data/.kafka_cleanshutdown")));
  EXPECT_TRUE(Node::Open(Path("data")).ok());
}

TEST_F(NodeTest, InMemoryItLeavesNothingOnTheDisk) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(directory_);
  Result<Node> node = Node::Open(":memory:");
  ASSERT_TRUE(node.ok()) << node.error().message();
  const Result<std::string> address = node->Serve("127.0.0.1:0");
  ASSERT_TRUE(address.ok()) << address.error().message();
  EXPECT_TRUE(Answers(*address));
  std::filesystem::current_path(before);
  EXPECT_TRUE(std::filesystem::is_empty(directory_));
}

TEST_F(NodeTest, ServesAsOftenAsItIsAskedAndUntilItStops) {
  Result<Node> node = Node::Open(Path("data"));
  const Result<std::string> first = node->Serve("127.0.0.1:0");
  const Result<std::string> second = node->Serve("127.0.0.1:0");
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_NE(*first, *second);
  EXPECT_EQ(node->addresses(), (std::vector{*first, *second}));
  EXPECT_TRUE(Answers(*first));
  EXPECT_TRUE(Answers(*second));
  EXPECT_TRUE(node->Stop().ok());
  EXPECT_FALSE(Answers(*first));
  EXPECT_TRUE(node->addresses().empty());
}

TEST_F(NodeTest, SaysWhyItDoesNotServe) {
  Result<Node> node = Node::Open(Path("data"));
  const Result<std::string> address = node->Serve("127.0.0.1:0");
  ASSERT_TRUE(address.ok());
  const Result<std::string> again = node->Serve(*address);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().kind(), ErrorKind::kNotPossibleNow);
  EXPECT_THAT(again.error().message(), HasSubstr("Address already in use"));
  const Result<std::string> nonsense = node->Serve("9092");
  ASSERT_FALSE(nonsense.ok());
  EXPECT_EQ(nonsense.error().kind(), ErrorKind::kInvalidArgument);
  const Result<std::string> everybody = node->Serve("0.0.0.0:0");
  ASSERT_FALSE(everybody.ok());
  EXPECT_EQ(everybody.error().kind(), ErrorKind::kNotPossibleNow);
}

TEST_F(NodeTest, ADirectoryIsOpenOnceInAProcess) {
  Result<Node> node = Node::Open(Path("data"));
  ASSERT_TRUE(node.ok());
  const Result<Node> second = Node::Open(directory_ + "/./data");
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind(), ErrorKind::kNotPossibleNow);
  EXPECT_THAT(second.error().message(), HasSubstr("pid " + std::to_string(::getpid())));
  EXPECT_TRUE(node->Stop().ok());
  EXPECT_TRUE(Node::Open(Path("data")).ok());
}

TEST_F(NodeTest, AnotherProcessHoldsADirectoryAsLongAsItLives) {
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    const Result<Node> node = Node::Open(Path("data"));
    const char opened = node.ok() ? 'y' : 'n';
    static_cast<void>(!::write(pipe_ends[1], &opened, 1));
    ::pause();
  }
  char opened = 'n';
  ASSERT_EQ(::read(pipe_ends[0], &opened, 1), 1);
  ASSERT_EQ(opened, 'y');
  const Result<Node> refused = Node::Open(Path("data"));
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message(), HasSubstr("pid " + std::to_string(child)));

  ASSERT_EQ(::kill(child, SIGKILL), 0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(std::filesystem::exists(Path("data/.lock")));
  const Result<Node> next = Node::Open(Path("data"));
  EXPECT_TRUE(next.ok()) << next.error().message();
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

TEST_F(NodeTest, SeveralLiveInOneProcess) {
  std::vector<Node> nodes;
  for (int i = 0; i < 3; ++i) {
    Result<Node> node = Node::Open(i == 0 ? ":memory:" : Path("data" + std::to_string(i)));
    ASSERT_TRUE(node.ok()) << node.error().message();
    nodes.push_back(*std::move(node));
  }
  std::vector<std::string> addresses;
  for (Node& node : nodes) addresses.push_back(*node.Serve("127.0.0.1:0"));
  nodes.erase(nodes.begin());
  EXPECT_FALSE(Answers(addresses[0]));
  EXPECT_TRUE(Answers(addresses[1]));
  EXPECT_TRUE(Answers(addresses[2]));
}

TEST_F(NodeTest, ThreadsUseItWhileOneStopsIt) {
  Result<Node> node = Node::Open(":memory:");
  ASSERT_TRUE(node.ok());
  std::atomic<int> unexpected = 0;
  std::vector<std::thread> users;
  for (int t = 0; t < 4; ++t) {
    users.emplace_back([&node, &unexpected] {
      for (int i = 0; i < 20; ++i) {
        const Result<std::string> address = node->Serve("127.0.0.1:0");
        if (!address.ok() && address.error().kind() != ErrorKind::kCancelled) ++unexpected;
        static_cast<void>(node->addresses());
      }
    });
  }
  for (int t = 0; t < 2; ++t) {
    users.emplace_back([&node, &unexpected] {
      if (!node->Stop().ok()) ++unexpected;
    });
  }
  for (std::thread& user : users) user.join();
  EXPECT_EQ(unexpected, 0);
  const Result<std::string> late = node->Serve("127.0.0.1:0");
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().kind(), ErrorKind::kCancelled);
}

TEST_F(NodeTest, AForkedChildCannotUseItAndHarmsNothing) {
  Result<Node> node = Node::Open(Path("data"));
  ASSERT_TRUE(node.ok());
  const pid_t child = fork();
  if (child == 0) {
    const Result<std::string> address = node->Serve("127.0.0.1:0");
    const bool told = !address.ok() && address.error().kind() == ErrorKind::kNotPossibleNow;
    {
      const Node dropped = *std::move(node);
    }
    ::_exit(told ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  const Result<std::string> address = node->Serve("127.0.0.1:0");
  ASSERT_TRUE(address.ok()) << address.error().message();
  EXPECT_TRUE(Answers(*address));
}

TEST_F(NodeTest, SaysWhatIsWrongWithAPathOrAConfig) {
  std::ofstream(Path("file")) << "not a directory";
  const Result<Node> on_a_file = Node::Open(Path("file"));
  ASSERT_FALSE(on_a_file.ok());
  EXPECT_THAT(on_a_file.error().message(), HasSubstr(Path("file")));

  NodeOptions options;
  options.config["num.partitions"] = "many";
  const Result<Node> misconfigured = Node::Open(Path("data"), options);
  ASSERT_FALSE(misconfigured.ok());
  EXPECT_EQ(misconfigured.error().kind(), ErrorKind::kInvalidArgument);
  EXPECT_THAT(misconfigured.error().message(), HasSubstr("num.partitions"));
  EXPECT_FALSE(std::filesystem::exists(Path("data")));
}

TEST_F(NodeTest, TellsItsLogToWhoeverAsks) {
  std::mutex guard;
  std::string log;
  NodeOptions options;
  options.log = [&](std::string_view line) {
    const std::lock_guard lock(guard);
    log.append(line).append("\n");
  };
  {
    ASSERT_TRUE(Node::Open(":memory:", options).ok());
  }
  EXPECT_THAT(log, HasSubstr("serving"));
  EXPECT_THAT(log, HasSubstr("stopped"));
}

}  // namespace
}  // namespace penstock
