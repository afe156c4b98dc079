#include "bindings/future.h"

#include <new>
#include <optional>
#include <string>
#include <utility>

#include "base/strings.h"
#include "bindings/errors.h"
#include "bindings/guarded.h"
#include "bindings/notifier.h"
#include "bindings/wait.h"

namespace penstock {

namespace py = pybind11;

namespace {

struct Content {
  std::shared_ptr<SharedProducer> producer;
  SharedProducer::Ticket ticket;  // of one record, or
  std::shared_ptr<Bulk> bulk;     // of many
  PyObject* result = nullptr;     // RecordMetadata or BulkMetadata, once somebody asked
  bool asked = false;

  bool done() const {
    if (bulk != nullptr) return bulk->done();
    return ticket.parcel->StateOf(ticket.index) != Parcel::State::kWaiting;
  }
  void Listen(std::shared_ptr<Signal> signal, uint64_t token) const {
    if (bulk != nullptr) {
      bulk->listeners().Add(0, std::move(signal), token);
    } else {
      ticket.parcel->listeners().Add(ticket.index, std::move(signal), token);
    }
  }
  // Only when it is done.
  Status error() const {
    if (bulk != nullptr) {
      if (bulk->failed() == 0) return OkStatus();
      Status error = bulk->first_error();
      if (bulk->failed() + bulk->delivered() > 1) {
        error = Annotate(error, StrCat(bulk->failed(), " of ", bulk->failed() + bulk->delivered(),
                                       " records failed"));
      }
      error = WithDetail(error, "failed", std::to_string(bulk->failed()));
      error = WithDetail(error, "delivered", std::to_string(bulk->delivered()));
      return WithDetail(error, "topic", bulk->topic());
    }
    if (ticket.parcel->StateOf(ticket.index) != Parcel::State::kFailed) return OkStatus();
    return WithDetail(ticket.parcel->ErrorOf(ticket.index), "topic",
                      ticket.parcel->TopicOf(ticket.index));
  }
};

struct FutureObject {
  PyObject_HEAD;
  Content content;
};

PyTypeObject* future_type = nullptr;
PyTypeObject* record_metadata_type = nullptr;
PyTypeObject* bulk_metadata_type = nullptr;

Content& ContentOf(PyObject* self) { return reinterpret_cast<FutureObject*>(self)->content; }

PyObject* NewFuture() {
  PyObject* made = future_type->tp_alloc(future_type, 0);
  if (made != nullptr) new (&ContentOf(made)) Content();
  return made;
}

void FutureDealloc(PyObject* self) {
  Content& content = ContentOf(self);
  if (!content.asked && content.ticket.parcel != nullptr) {
    content.producer->GiveUp(content.ticket);
  }
  Py_CLEAR(content.result);
  // The last reference to a producer closes it, which waits for the engine.
  std::shared_ptr<SharedProducer> producer = std::move(content.producer);
  content.~Content();
  if (producer.use_count() == 1) {
    const py::gil_scoped_release released;
    producer.reset();
  }
  PyTypeObject* type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

PyObject* Metadata(const Content& content) {
  if (content.bulk == nullptr) {
    const RecordMetadata metadata = content.ticket.parcel->MetadataOf(content.ticket.index);
    const std::string& topic = content.ticket.parcel->TopicOf(content.ticket.index);
    PyObject* made = PyStructSequence_New(record_metadata_type);
    if (made == nullptr) return nullptr;
    PyStructSequence_SetItem(
        made, 0, PyUnicode_FromStringAndSize(topic.data(), static_cast<Py_ssize_t>(topic.size())));
    PyStructSequence_SetItem(made, 1, PyLong_FromLong(metadata.partition.value()));
    PyStructSequence_SetItem(made, 2, PyLong_FromLongLong(metadata.offset.value()));
    PyStructSequence_SetItem(made, 3, PyLong_FromLongLong(metadata.timestamp.value()));
    return made;
  }
  const Bulk& bulk = *content.bulk;
  py::dict offsets;
  for (const auto& [partition, part] : bulk.partitions()) {
    offsets[py::int_(partition.value())] = py::make_tuple(part.first.value(), part.count);
  }
  PyObject* made = PyStructSequence_New(bulk_metadata_type);
  if (made == nullptr) return nullptr;
  PyStructSequence_SetItem(made, 0, py::str(bulk.topic()).release().ptr());
  PyStructSequence_SetItem(made, 1, PyLong_FromLongLong(bulk.delivered()));
  PyStructSequence_SetItem(made, 2, offsets.release().ptr());
  return made;
}

// Null with an exception set unless it is done in time.
bool WaitUntilDone(Content& content, std::optional<double> seconds) {
  if (content.done()) return true;
  const auto waiter = std::make_shared<Waiter>();
  content.Listen(waiter, 0);
  if (content.done()) return true;
  {
    const py::gil_scoped_release released;
    content.producer->Hurry();
  }
  const Deadline deadline(seconds);
  if (WaitFor(*waiter, deadline)) return true;
  SetError(
      Status(StatusCode::kDeadlineExceeded,
             StrCat("no answer for ", content.bulk != nullptr ? "these records" : "this record",
                    " within ", std::to_string(*seconds), " s; they are still on their way")));
  return false;
}

bool ParseTimeout(PyObject* const* arguments, Py_ssize_t count, PyObject* names,
                  std::optional<double>& seconds) {
  const Py_ssize_t named = names == nullptr ? 0 : PyTuple_GET_SIZE(names);
  if (count + named > 1 || (named == 1 && PyUnicode_CompareWithASCIIString(
                                              PyTuple_GET_ITEM(names, 0), "timeout") != 0)) {
    PyErr_SetString(PyExc_TypeError, "the only argument is timeout, in seconds");
    return false;
  }
  if (count + named == 0 || arguments[0] == Py_None) return true;
  seconds = PyFloat_AsDouble(arguments[0]);
  return PyErr_Occurred() == nullptr;
}

PyObject* FutureResult(PyObject* self, PyObject* const* arguments, Py_ssize_t count,
                       PyObject* names) {
  std::optional<double> seconds;
  if (!ParseTimeout(arguments, count, names, seconds)) return nullptr;
  return Guarded([&]() -> PyObject* {
    Content& content = ContentOf(self);
    if (!WaitUntilDone(content, seconds)) return nullptr;
    content.asked = true;
    if (content.result != nullptr) return Py_NewRef(content.result);
    const Status error = content.error();
    if (!error.ok()) {
      SetError(error);
      return nullptr;
    }
    content.result = Metadata(content);
    return Py_XNewRef(content.result);
  });
}

PyObject* FutureException(PyObject* self, PyObject* const* arguments, Py_ssize_t count,
                          PyObject* names) {
  std::optional<double> seconds;
  if (!ParseTimeout(arguments, count, names, seconds)) return nullptr;
  return Guarded([&]() -> PyObject* {
    Content& content = ContentOf(self);
    if (!WaitUntilDone(content, seconds)) return nullptr;
    content.asked = true;
    const Status error = content.error();
    if (error.ok()) return Py_NewRef(Py_None);
    return MakeError(error).release().ptr();
  });
}

PyObject* FutureDone(PyObject* self, PyObject*) { return PyBool_FromLong(ContentOf(self).done()); }
PyObject* FutureCancelled(PyObject*, PyObject*) { Py_RETURN_FALSE; }

// notify(notifier, token): the token is told once when it is done. False: it is done already.
PyObject* FutureNotify(PyObject* self, PyObject* const* arguments, Py_ssize_t count) {
  if (count != 2) {
    PyErr_SetString(PyExc_TypeError, "notify takes a Notifier and a token");
    return nullptr;
  }
  return Guarded([&]() -> PyObject* {
    const std::shared_ptr<Notifier> notifier = NotifierOf(arguments[0]);
    const uint64_t token = PyLong_AsUnsignedLongLong(arguments[1]);
    if (PyErr_Occurred() != nullptr) return nullptr;
    Content& content = ContentOf(self);
    content.asked = true;
    if (content.done()) Py_RETURN_FALSE;
    content.Listen(notifier, token);
    {
      const py::gil_scoped_release released;
      content.producer->Hurry();
    }
    // Told meanwhile, or not: then it is told now, and once more at most.
    if (content.done()) notifier->Tell(token);
    Py_RETURN_TRUE;
  });
}

// What needs an event loop is Python's: penstock._futures.
PyObject* CallPython(const char* function, PyObject* self, PyObject* argument) {
  PyObject* module = PyImport_ImportModule("penstock._futures");
  if (module == nullptr) return nullptr;
  PyObject* result = argument == nullptr
                         ? PyObject_CallMethod(module, function, "O", self)
                         : PyObject_CallMethod(module, function, "OO", self, argument);
  Py_DECREF(module);
  return result;
}
PyObject* FutureAwait(PyObject* self) { return CallPython("wait", self, nullptr); }
PyObject* FutureAddDoneCallback(PyObject* self, PyObject* function) {
  ContentOf(self).asked = true;
  return CallPython("add_done_callback", self, function);
}

PyObject* FutureRepr(PyObject* self) {
  return Guarded([&]() -> PyObject* {
    const Content& content = ContentOf(self);
    const char* what = content.bulk != nullptr ? "send_many" : "send";
    if (!content.done()) return PyUnicode_FromFormat("<Future of %s: pending>", what);
    const Status error = content.error();
    if (!error.ok()) {
      const std::string message(error.message());
      return PyUnicode_FromFormat("<Future of %s: failed, %s>", what, message.c_str());
    }
    PyObject* metadata = Metadata(content);
    if (metadata == nullptr) return nullptr;
    PyObject* text = PyUnicode_FromFormat("<Future of %s: %R>", what, metadata);
    Py_DECREF(metadata);
    return text;
  });
}

PyMethodDef methods[] = {
    {"done", FutureDone, METH_NOARGS, "True once it is delivered or has failed."},
    {"cancelled", FutureCancelled, METH_NOARGS, "Always False: what was sent is on its way."},
    {"result", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(FutureResult)),
     METH_FASTCALL | METH_KEYWORDS, "Waits; gives the metadata or raises why it failed."},
    {"exception", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(FutureException)),
     METH_FASTCALL | METH_KEYWORDS, "Waits; gives why it failed, or None."},
    {"notify", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(FutureNotify)), METH_FASTCALL,
     nullptr},
    {"add_done_callback", FutureAddDoneCallback, METH_O,
     "Calls the function with the future once it is done, on a thread of the package."},
    {nullptr, nullptr, 0, nullptr}};
PyType_Slot slots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(FutureDealloc)},
                       {Py_tp_repr, reinterpret_cast<void*>(FutureRepr)},
                       {Py_am_await, reinterpret_cast<void*>(FutureAwait)},
                       {Py_tp_methods, methods},
                       {Py_tp_doc, const_cast<char*>("What becomes of something that was sent.")},
                       {0, nullptr}};
PyType_Spec spec = {"penstock.Future", sizeof(FutureObject), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};

PyStructSequence_Field record_metadata_fields[] = {
    {"topic", "The topic."},
    {"partition", "The partition."},
    {"offset", "The offset in the partition; -1 where nobody said (acks=0)."},
    {"timestamp", "Milliseconds since 1970 UTC, as the log has it."},
    {nullptr, nullptr}};
PyStructSequence_Desc record_metadata_desc = {
    "penstock.RecordMetadata", "Where a record that was sent is.", record_metadata_fields, 4};
PyStructSequence_Field bulk_metadata_fields[] = {
    {"topic", "The topic."},
    {"count", "How many records were delivered."},
    {"offsets", "Partition -> (first offset, number of records)."},
    {nullptr, nullptr}};
PyStructSequence_Desc bulk_metadata_desc = {
    "penstock.BulkMetadata", "Where the records of a send_many are.", bulk_metadata_fields, 3};

}  // namespace

PyObject* MakeFuture(const std::shared_ptr<SharedProducer>& producer,
                     SharedProducer::Ticket ticket) {
  PyObject* made = NewFuture();
  if (made == nullptr) return nullptr;
  ContentOf(made).producer = producer;
  ContentOf(made).ticket = std::move(ticket);
  return made;
}

PyObject* MakeFuture(const std::shared_ptr<SharedProducer>& producer, std::shared_ptr<Bulk> bulk) {
  PyObject* made = NewFuture();
  if (made == nullptr) return nullptr;
  ContentOf(made).producer = producer;
  ContentOf(made).bulk = std::move(bulk);
  return made;
}

void BindFuture(py::module_& m) {
  PyObject* type = PyType_FromSpec(&spec);
  record_metadata_type = PyStructSequence_NewType(&record_metadata_desc);
  bulk_metadata_type = PyStructSequence_NewType(&bulk_metadata_desc);
  if (type == nullptr || record_metadata_type == nullptr || bulk_metadata_type == nullptr) {
    throw py::error_already_set();
  }
  future_type = reinterpret_cast<PyTypeObject*>(type);
  m.attr("Future") = py::reinterpret_borrow<py::object>(type);
  m.attr("RecordMetadata") =
      py::reinterpret_borrow<py::object>(reinterpret_cast<PyObject*>(record_metadata_type));
  m.attr("BulkMetadata") =
      py::reinterpret_borrow<py::object>(reinterpret_cast<PyObject*>(bulk_metadata_type));
}

}  // namespace penstock
