#include "bindings/arrow.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bindings/arrow_abi.h"
#include "bindings/batch.h"
#include "bindings/errors.h"

namespace penstock {

namespace py = pybind11;

namespace {

constexpr int64_t kNullable = 2;

// --- Schemas ---

struct SchemaContent {
  std::string format;
  std::string name;
  std::vector<std::unique_ptr<ArrowSchema>> children;
  std::vector<ArrowSchema*> pointers;
};

void ReleaseSchema(ArrowSchema* schema) {
  auto* content = static_cast<SchemaContent*>(schema->private_data);
  for (const auto& child : content->children) {
    if (child->release != nullptr) child->release(child.get());
  }
  delete content;
  schema->release = nullptr;
}

void FillSchema(ArrowSchema* schema, std::string format, std::string name, int64_t flags,
                std::vector<std::unique_ptr<ArrowSchema>> children) {
  auto* content = new SchemaContent{
      .format = std::move(format), .name = std::move(name), .children = std::move(children)};
  for (const auto& child : content->children) content->pointers.push_back(child.get());
  *schema = {.format = content->format.c_str(),
             .name = content->name.c_str(),
             .metadata = nullptr,
             .flags = flags,
             .n_children = static_cast<int64_t>(content->children.size()),
             .children = content->pointers.data(),
             .dictionary = nullptr,
             .release = ReleaseSchema,
             .private_data = content};
}

std::unique_ptr<ArrowSchema> Field(std::string format, std::string name, int64_t flags = 0,
                                   std::vector<std::unique_ptr<ArrowSchema>> children = {}) {
  auto field = std::make_unique<ArrowSchema>();
  FillSchema(field.get(), std::move(format), std::move(name), flags, std::move(children));
  return field;
}

template <class... Fields>
std::vector<std::unique_ptr<ArrowSchema>> FieldsOf(Fields... fields) {
  std::vector<std::unique_ptr<ArrowSchema>> all;
  (all.push_back(std::move(fields)), ...);
  return all;
}

void FillRecordSchema(ArrowSchema* schema, bool text) {
  const std::string bytes = text ? "u" : "z";
  auto header = Field("+s", "item", 0, FieldsOf(Field("u", "key"), Field("z", "value", kNullable)));
  FillSchema(schema, "+s", "", 0,
             FieldsOf(Field("i", "partition"), Field("l", "offset"), Field("tsm:UTC", "timestamp"),
                      Field(bytes, "key", kNullable), Field(bytes, "value", kNullable),
                      Field("+l", "headers", 0, FieldsOf(std::move(header)))));
}

// --- Arrays ---

struct ArrayContent {
  std::vector<uint8_t> validity;  // a bit each
  std::vector<int32_t> offsets;
  std::vector<uint8_t> data;
  std::vector<const void*> buffers;
  std::vector<std::unique_ptr<ArrowArray>> children;
  std::vector<ArrowArray*> pointers;
};

void ReleaseArray(ArrowArray* array) {
  auto* content = static_cast<ArrayContent*>(array->private_data);
  for (const auto& child : content->children) {
    if (child->release != nullptr) child->release(child.get());
  }
  delete content;
  array->release = nullptr;
}

void FillArray(ArrowArray* array, int64_t length, int64_t nulls,
               std::unique_ptr<ArrayContent> content) {
  for (const auto& child : content->children) content->pointers.push_back(child.get());
  *array = {.length = length,
            .null_count = nulls,
            .offset = 0,
            .n_buffers = static_cast<int64_t>(content->buffers.size()),
            .n_children = static_cast<int64_t>(content->children.size()),
            .buffers = content->buffers.data(),
            .children = content->pointers.data(),
            .dictionary = nullptr,
            .release = ReleaseArray,
            .private_data = content.get()};
  static_cast<void>(content.release());
}

// A column of numbers.
template <class T>
class Numbers {
 public:
  void Add(T value) {
    const auto* raw = reinterpret_cast<const uint8_t*>(&value);
    content_->data.insert(content_->data.end(), raw, raw + sizeof value);
    ++length_;
  }
  std::unique_ptr<ArrowArray> Finish() {
    auto array = std::make_unique<ArrowArray>();
    content_->buffers = {nullptr, content_->data.data()};
    FillArray(array.get(), length_, 0, std::move(content_));
    return array;
  }

 private:
  std::unique_ptr<ArrayContent> content_ = std::make_unique<ArrayContent>();
  int64_t length_ = 0;
};

// A column of bytes or text.
class Bytes {
 public:
  Bytes() { content_->offsets.push_back(0); }
  void Add(const RecordBytes& bytes) {
    if (length_ % 8 == 0) content_->validity.push_back(0);
    if (bytes.has_value()) {
      content_->validity.back() |= static_cast<uint8_t>(1U << (length_ % 8));
      content_->data.insert(content_->data.end(), bytes->begin(), bytes->end());
    } else {
      ++nulls_;
    }
    content_->offsets.push_back(static_cast<int32_t>(content_->data.size()));
    ++length_;
  }
  size_t size_in_bytes() const { return content_->data.size(); }
  std::unique_ptr<ArrowArray> Finish() {
    auto array = std::make_unique<ArrowArray>();
    content_->buffers = {nulls_ == 0 ? nullptr : content_->validity.data(),
                         content_->offsets.data(), content_->data.data()};
    FillArray(array.get(), length_, nulls_, std::move(content_));
    return array;
  }

 private:
  std::unique_ptr<ArrayContent> content_ = std::make_unique<ArrayContent>();
  int64_t length_ = 0;
  int64_t nulls_ = 0;
};

class Columns {
 public:
  // Everything of one batch. An offset of a column is 32 bits wide: too much is an error.
  Status Add(const Batch& batch) {
    HeldRecords reader = batch.Read();
    const int32_t partition = batch.held().partition.partition.value();
    RecordView record;
    while (reader.Next(record)) {
      constexpr size_t kRoom = size_t{1} << 30;
      if (values_.size_in_bytes() > kRoom || keys_.size_in_bytes() > kRoom) {
        return OutOfRange("more than a gigabyte of records in one chunk of columns");
      }
      partitions_.Add(partition);
      offsets_.Add(reader.OffsetOf(record).value());
      timestamps_.Add(reader.TimestampOf(record).value());
      keys_.Add(record.key);
      values_.Add(record.value);
      AddHeaders(record);
      ++length_;
    }
    return reader.status();
  }

  void Finish(ArrowArray* array) {
    auto pairs = std::make_unique<ArrowArray>();
    auto pair_content = std::make_unique<ArrayContent>();
    pair_content->buffers = {nullptr};
    pair_content->children.push_back(header_keys_.Finish());
    pair_content->children.push_back(header_values_.Finish());
    FillArray(pairs.get(), headers_, 0, std::move(pair_content));
    auto lists = std::make_unique<ArrowArray>();
    list_content_->buffers = {nullptr, list_content_->offsets.data()};
    list_content_->children.push_back(std::move(pairs));
    FillArray(lists.get(), length_, 0, std::move(list_content_));

    auto content = std::make_unique<ArrayContent>();
    content->buffers = {nullptr};
    content->children.push_back(partitions_.Finish());
    content->children.push_back(offsets_.Finish());
    content->children.push_back(timestamps_.Finish());
    content->children.push_back(keys_.Finish());
    content->children.push_back(values_.Finish());
    content->children.push_back(std::move(lists));
    FillArray(array, length_, 0, std::move(content));
  }

 private:
  void AddHeaders(const RecordView& record) {
    if (list_content_->offsets.empty()) list_content_->offsets.push_back(0);
    std::span<const uint8_t> rest = record.headers;
    RecordHeaderView header;
    while (ReadHeader(rest, header)) {
      header_keys_.Add(AsBytes(header.key));
      header_values_.Add(header.value);
      ++headers_;
    }
    list_content_->offsets.push_back(static_cast<int32_t>(headers_));
  }

  int64_t length_ = 0;
  int64_t headers_ = 0;
  Numbers<int32_t> partitions_;
  Numbers<int64_t> offsets_;
  Numbers<int64_t> timestamps_;
  Bytes keys_;
  Bytes values_;
  Bytes header_keys_;
  Bytes header_values_;
  std::unique_ptr<ArrayContent> list_content_ = std::make_unique<ArrayContent>();
};

// --- The stream ---

struct StreamContent {
  py::object batches;  // an iterator of lists of Batch
  bool text = false;
  std::string last_error;
};

StreamContent& ContentOf(ArrowArrayStream* stream) {
  return *static_cast<StreamContent*>(stream->private_data);
}

int GetSchema(ArrowArrayStream* stream, ArrowSchema* out) {
  FillRecordSchema(out, ContentOf(stream).text);
  return 0;
}

// Called by whoever reads the columns, on a thread of theirs, with the GIL or without.
int GetNext(ArrowArrayStream* stream, ArrowArray* out) {
  StreamContent& content = ContentOf(stream);
  std::vector<const Batch*> batches;
  const py::gil_scoped_acquire gil;
  try {
    PyObject* next = PyIter_Next(content.batches.ptr());
    if (next == nullptr) {
      if (PyErr_Occurred() != nullptr) throw py::error_already_set();
      std::memset(out, 0, sizeof *out);  // released: the end
      return 0;
    }
    const auto list = py::reinterpret_steal<py::list>(next);
    for (const py::handle batch : list) batches.push_back(&py::cast<const Batch&>(batch));
    Columns columns;
    Status added;
    {
      const py::gil_scoped_release released;
      for (const Batch* batch : batches) {
        if (added.ok()) added = columns.Add(*batch);
      }
    }
    RaiseIfError(added);
    columns.Finish(out);
    return 0;
  } catch (const std::exception& error) {
    content.last_error = error.what();
    return EIO;
  }
}

const char* GetLastError(ArrowArrayStream* stream) {
  const std::string& error = ContentOf(stream).last_error;
  return error.empty() ? nullptr : error.c_str();
}

void ReleaseStream(ArrowArrayStream* stream) {
  const py::gil_scoped_acquire gil;
  delete &ContentOf(stream);
  stream->release = nullptr;
}

template <class T>
void DestroyCapsule(PyObject* capsule) {
  auto* content = static_cast<T*>(PyCapsule_GetPointer(capsule, PyCapsule_GetName(capsule)));
  if (content->release != nullptr) content->release(content);
  delete content;
}

template <class T>
py::object Capsule(std::unique_ptr<T> content, const char* name) {
  PyObject* capsule = PyCapsule_New(content.get(), name, DestroyCapsule<T>);
  if (capsule == nullptr) throw py::error_already_set();
  static_cast<void>(content.release());
  return py::reinterpret_steal<py::object>(capsule);
}

}  // namespace

py::object ArrowSchemaCapsule(bool text) {
  auto schema = std::make_unique<ArrowSchema>();
  FillRecordSchema(schema.get(), text);
  return Capsule(std::move(schema), "arrow_schema");
}

py::object ArrowStreamCapsule(py::iterator batches, bool text) {
  auto stream = std::make_unique<ArrowArrayStream>();
  *stream = {.get_schema = GetSchema,
             .get_next = GetNext,
             .get_last_error = GetLastError,
             .release = ReleaseStream,
             .private_data = new StreamContent{.batches = std::move(batches), .text = text}};
  return Capsule(std::move(stream), "arrow_array_stream");
}

void BindArrow(py::module_& m) {
  m.def("arrow_schema", &ArrowSchemaCapsule, py::arg("text") = false);
  m.def(
      "arrow_stream",
      [](const py::iterator& batches, bool text) { return ArrowStreamCapsule(batches, text); },
      py::arg("batches"), py::arg("text") = false);
}

}  // namespace penstock
