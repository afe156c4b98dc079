// Requests of Kafka's own client and answers of a real broker (golden/, made by
// golden/Capture.java): we read from the bytes what Kafka's converters read, and we write the same
// bytes.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "base/strings.h"
#include "gtest/gtest.h"
#include "protocol/frame.h"
#include "protocol/json.h"
#include "protocol/message_table.h"
#include "protocol/messages/api_versions.h"
#include "tests/protocol/sorted_json.h"

namespace penstock {
namespace {

// One exchange: the words at the start of its lines, and what follows them.
using Exchange = std::map<std::string, std::string>;

std::vector<Exchange> ReadExchanges(const std::filesystem::path& path) {
  std::vector<Exchange> exchanges;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const size_t space = line.find(' ');
    if (line.empty() || line.front() == '#') continue;
    std::string word = line.substr(0, space);
    if (word == "version") exchanges.emplace_back();
    exchanges.back()[std::move(word)] = line.substr(space + 1);
  }
  return exchanges;
}

Slice FromHex(std::string_view hex) {
  Slice bytes = Slice::Allocate(hex.size() / 2);
  for (size_t i = 0; i < bytes.size(); ++i) {
    const std::string pair(hex.substr(2 * i, 2));
    bytes.mutable_data()[i] = static_cast<uint8_t>(std::stoi(pair, nullptr, 16));
  }
  return bytes;
}

std::string ToHex(const SliceChain& chain) {
  std::string hex;
  const Slice bytes = chain.Flatten();
  for (const uint8_t byte : bytes.span()) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 0xF];
  }
  return hex;
}

int16_t Version(const Exchange& exchange, const std::string& word) {
  return static_cast<int16_t>(*ParseInt32(exchange.at(word)));
}

// Reads header and body of one direction, compares what was read and writes it again.
template <class Header>
void ExpectSame(const Exchange& exchange, const std::string& word, int16_t header_version,
                const MessageInfo& info, int16_t version) {
  const Slice bytes = FromHex(exchange.at(word));
  WireReader reader(bytes);
  Header header;
  ASSERT_TRUE(Decode(reader, header, header_version).ok());
  EXPECT_EQ(testing::SortedJson(ToJson(header, header_version)),
            exchange.at(word + "_header_json"));
  auto written = Encode(header, header_version);
  ASSERT_TRUE(written.ok());

  if (exchange.contains(word + "_json")) {
    const size_t body = reader.position();
    const auto json = info.decode_to_json(reader, version);
    ASSERT_TRUE(json.ok()) << json.status();
    EXPECT_EQ(testing::SortedJson(*json), exchange.at(word + "_json"));
    EXPECT_EQ(reader.remaining(), 0u);

    WireReader again(bytes.Sub(body));
    auto encoded = info.recode(again, version);
    ASSERT_TRUE(encoded.ok()) << encoded.status();
    written->Append(*std::move(encoded));
  }
  EXPECT_EQ(ToHex(*written), exchange.at(word));
}

void ExpectSame(const ApiInfo& api, const Exchange& exchange) {
  const int16_t version = Version(exchange, "version");
  SCOPED_TRACE(StrCat(api.name, " version ", version));
  const auto key = static_cast<int16_t>(api.key);
  const MessageInfo* request = FindMessage(MessageKind::kRequest, key);
  const MessageInfo* response = FindMessage(MessageKind::kResponse, key);
  ASSERT_TRUE(request != nullptr && response != nullptr);
  const int16_t response_version =
      exchange.contains("response_version") ? Version(exchange, "response_version") : version;

  WireReader reader(FromHex(exchange.at("request")));
  const auto header = DecodeRequestHeader(reader);
  ASSERT_TRUE(header.ok()) << header.status();
  EXPECT_EQ(header->request_api_key, key);
  EXPECT_EQ(header->request_api_version, version);
  EXPECT_EQ(header->client_id, "golden-client");

  ExpectSame<RequestHeader>(exchange, "request", api.RequestHeaderVersion(version), *request,
                            version);
  ExpectSame<ResponseHeader>(exchange, "response", api.ResponseHeaderVersion(version), *response,
                             response_version);
}

std::vector<std::filesystem::path> GoldenFiles() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(PENSTOCK_GOLDEN)) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

const ApiInfo& ApiOf(const std::filesystem::path& file) {
  const auto key = ParseInt32(file.filename().string().substr(0, 2));
  return *FindApi(static_cast<int16_t>(*key));
}

TEST(GoldenTest, WeReadAndWriteWhatKafkaDoes) {
  const auto files = GoldenFiles();
  ASSERT_FALSE(files.empty());
  for (const auto& file : files) {
    for (const Exchange& exchange : ReadExchanges(file)) ExpectSame(ApiOf(file), exchange);
  }
}

TEST(GoldenTest, EachFileHasTheEndsOfItsRangeAndBothSidesOfTheFlexibleSwitch) {
  for (const auto& file : GoldenFiles()) {
    const ApiInfo& api = ApiOf(file);
    std::vector<int16_t> seen;
    for (const Exchange& exchange : ReadExchanges(file))
      seen.push_back(Version(exchange, "version"));
    const auto max = static_cast<int16_t>(api.versions.max - (api.latest_unstable ? 1 : 0));
    for (const int16_t wanted :
         {api.versions.min, max, api.flexible, static_cast<int16_t>(api.flexible - 1)}) {
      if (wanted < api.versions.min || wanted > max) continue;
      EXPECT_TRUE(std::count(seen.begin(), seen.end(), wanted) > 0)
          << api.name << " lacks version " << wanted;
    }
  }
}

// What the 4.3.1 broker says that it serves is what the schemas say; Produce is offered from 0 for
// the sake of old clients.
TEST(GoldenTest, TheRangesAreThoseOfTheBroker) {
  Exchange newest;
  for (const Exchange& exchange :
       ReadExchanges(std::string(PENSTOCK_GOLDEN) + "/18_api_versions.txt")) {
    if (exchange.at("version") == "4") newest = exchange;
  }
  WireReader reader(FromHex(newest.at("response")));
  ASSERT_TRUE(DecodeResponseHeader(reader, *FindApi(ApiKey::kApiVersions), 4).ok());
  ApiVersionsResponse response;
  ASSERT_TRUE(Decode(reader, response, 4).ok());
  size_t on_broker = 0;
  for (const ApiInfo& api : AllApis()) {
    // A broker without a receiver of client metrics does not offer these two.
    const bool telemetry =
        api.key == ApiKey::kGetTelemetrySubscriptions || api.key == ApiKey::kPushTelemetry;
    on_broker += api.on_broker && !telemetry ? 1 : 0;
  }
  EXPECT_EQ(response.api_keys.size(), on_broker);
  for (const auto& offered : response.api_keys) {
    const ApiInfo* api = FindApi(offered.api_key);
    ASSERT_NE(api, nullptr) << offered.api_key;
    SCOPED_TRACE(api->name);
    EXPECT_TRUE(api->on_broker);
    EXPECT_EQ(offered.min_version, api->key == ApiKey::kProduce ? 0 : api->versions.min);
    EXPECT_EQ(offered.max_version, api->versions.max - (api->latest_unstable ? 1 : 0));
  }
}

}  // namespace
}  // namespace penstock
