// Opens a data directory in this program, sends orders to it, reads them back, and, where an
// address is given, serves Kafka clients there until the standard input ends.
#include <cstdio>
#include <iostream>
#include <penstock/penstock.hpp>
#include <string>

namespace {

using std::chrono::seconds;

// Sends three orders, and waits until they are on the disk.
penstock::Result<void> Send(penstock::Client& client) {
  auto producer = client.NewProducer({{"compression.type", "zstd"}});
  if (!producer) return producer.error();
  for (const char* drink : {"tea", "coffee", "milk"}) {
    auto sent = producer->Send("orders", {.value = drink, .key = "anna"});
    if (!sent) return sent.error();
    const auto where = sent->Get(seconds(10));
    if (!where) return where.error();
    std::cout << "sent " << drink << ": offset " << where->offset << '\n';
  }
  return producer->Close(seconds(10));
}

// Reads all orders, from the first one to what is the end now.
penstock::Result<void> Read(penstock::Client& client) {
  const auto end = client.admin().EndOffsets({{"orders", 0}});
  if (!end) return end.error();
  auto consumer = client.NewConsumer({{"auto.offset.reset", "earliest"}});
  if (!consumer) return consumer.error();
  if (const auto assigned = consumer->AssignTopics({"orders"}); !assigned) return assigned.error();
  for (int64_t position = 0; position < end->front();) {
    const auto batch = consumer->Poll(seconds(10));
    if (!batch) return batch.error();
    for (const penstock::Record& record : *batch) {
      std::cout << "read " << record.value.value_or("nothing") << ": offset " << record.offset
                << '\n';
    }
    if (!batch->empty()) position = batch->next_offset();
  }
  return {};
}

penstock::Result<void> Run(const std::string& directory, const char* address) {
  auto node = penstock::Node::Open(directory);
  if (!node) return node.error();
  auto client = node->NewClient();
  if (!client) return client.error();
  const auto created = client->admin().CreateTopic({.name = "orders", .partitions = 1});
  if (!created && created.error().kind() != penstock::ErrorKind::kAlreadyExists) {
    return created.error();
  }
  if (const auto sent = Send(*client); !sent) return sent.error();
  if (const auto read = Read(*client); !read) return read.error();
  if (address != nullptr) {
    const auto bound = node->Serve(address);
    if (!bound) return bound.error();
    std::cout << "penstock " << penstock::Version() << " serves " << *bound << std::endl;
    while (std::getchar() != EOF) {
    }
  }
  return node->Stop();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    std::cerr << "usage: orders DIRECTORY [HOST:PORT]   (:memory: is a directory too)\n";
    return 2;
  }
  const auto done = Run(argv[1], argc == 3 ? argv[2] : nullptr);
  if (!done) std::cerr << "orders: " << done.error().message() << '\n';
  return done ? 0 : 1;
}
