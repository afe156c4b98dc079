// From a HeldBatch to the records of a RecordBatch: all of them are read at once, so that a broken
// one is an error of Poll and not of a loop over the batch.
#include "door/record_batch_reader.h"

#include <cstring>
#include <functional>
#include <memory_resource>
#include <utility>

namespace penstock {
inline namespace v0 {

namespace {

// Keeps what records point to: the batch itself, and copies of what lay elsewhere, which is what
// was decompressed.
class Content {
 public:
  explicit Content(std::shared_ptr<const HeldBatch> batch) : batch_(std::move(batch)) {}
  Content(const Content&) = delete;
  Content& operator=(const Content&) = delete;

  Status Read() {
    const BatchView view = batch_->view();
    RecordScratch scratch;
    RecordIterator iterator(view, scratch);
    RecordView read;
    while (iterator.Next(read)) {
      if (iterator.OffsetOf(read) < batch_->first_wanted) continue;
      Add(iterator, read);
    }
    RETURN_IF_ERROR(iterator.status());
    size_t next = 0;
    for (Record& record : records_) {
      const size_t count = header_counts_[static_cast<size_t>(&record - records_.data())];
      record.headers = std::span<const Header>(headers_).subspan(next, count);
      next += count;
    }
    return OkStatus();
  }
  std::span<const Record> records() const { return records_; }

 private:
  void Add(const RecordIterator& iterator, const RecordView& read) {
    Record& record = records_.emplace_back();
    record.offset = iterator.OffsetOf(read).value();
    record.timestamp = TimestampOf(iterator.TimestampOf(read));
    record.key = Keep(read.key);
    record.value = Keep(read.value);
    std::span<const uint8_t> rest = read.headers;
    RecordHeaderView header;
    size_t count = 0;
    for (; ReadHeader(rest, header); ++count) {
      headers_.push_back({.key = *Keep(AsBytes(header.key)), .value = Keep(header.value)});
    }
    header_counts_.push_back(count);
  }

  std::optional<std::string_view> Keep(RecordBytes bytes) {
    if (!bytes.has_value()) return std::nullopt;
    const uint8_t* first = batch_->bytes.data();
    const std::less_equal<const uint8_t*> before;
    if (before(first, bytes->data()) &&
        before(bytes->data() + bytes->size(), first + batch_->bytes.size())) {
      return AsText(*bytes);
    }
    auto* copy = static_cast<char*>(copies_.allocate(bytes->size(), 1));
    if (!bytes->empty()) std::memcpy(copy, bytes->data(), bytes->size());
    return std::string_view(copy, bytes->size());
  }

  const std::shared_ptr<const HeldBatch> batch_;
  std::pmr::monotonic_buffer_resource copies_;
  std::vector<Record> records_;
  std::vector<Header> headers_;
  std::vector<size_t> header_counts_;
};

}  // namespace

Result<RecordBatch> RecordBatchReader::Read(std::shared_ptr<const HeldBatch> held) {
  RecordBatch batch;
  batch.partition_ = {.topic = held->partition.topic,
                      .partition = held->partition.partition.value()};
  batch.next_offset_ = held->next_offset.value();
  batch.high_watermark_ = held->high_watermark.value();
  auto content = std::make_shared<Content>(std::move(held));
  if (const Status read = content->Read(); !read.ok()) {
    return ErrorOf(Annotate(read, StrCat(batch.topic(), "-", batch.partition(), " before offset ",
                                         batch.next_offset())));
  }
  batch.records_ = content->records();
  batch.content_ = std::move(content);
  return batch;
}

}  // namespace v0
}  // namespace penstock
