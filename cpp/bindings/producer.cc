#include "bindings/producer.h"

#include <structmember.h>

#include <array>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "base/strings.h"
#include "bindings/errors.h"
#include "bindings/fields.h"
#include "bindings/future.h"
#include "bindings/guarded.h"
#include "bindings/notifier.h"
#include "bindings/wait.h"

namespace penstock {

namespace py = pybind11;

namespace {

struct ProducerObject {
  PyObject_HEAD;
  std::shared_ptr<SharedProducer> producer;
  PyObject* encode_value;
  PyObject* encode_key;
  // Asked instead of waiting for room, and before every send while `hold` is true: what it gives is
  // what send gives, unless it is None.
  PyObject* when_full;
  char hold;
};

// send() of one topic.
struct SenderObject {
  PyObject_HEAD;
  vectorcallfunc call;
  PyObject* producer;
  const std::string* topic;
};

PyTypeObject* producer_type = nullptr;
PyTypeObject* sender_type = nullptr;

ProducerObject* AsProducer(PyObject* self) { return reinterpret_cast<ProducerObject*>(self); }

// --- Arguments ---

constexpr std::array<const char*, 5> kFieldNames = {"value", "key", "headers", "timestamp",
                                                    "partition"};
using FieldObjects = std::array<PyObject*, kFieldNames.size()>;

// Positional and keyword arguments to fields, which are borrowed.
bool ParseFields(PyObject* const* arguments, Py_ssize_t count, PyObject* names,
                 FieldObjects& fields) {
  fields.fill(nullptr);
  if (count > static_cast<Py_ssize_t>(fields.size())) {
    PyErr_Format(PyExc_TypeError,
                 "send takes at most %zu arguments (value, key, headers, "
                 "timestamp, partition), not %zd",
                 fields.size(), count);
    return false;
  }
  for (Py_ssize_t i = 0; i < count; ++i) fields[static_cast<size_t>(i)] = arguments[i];
  const Py_ssize_t named = names == nullptr ? 0 : PyTuple_GET_SIZE(names);
  for (Py_ssize_t i = 0; i < named; ++i) {
    PyObject* name = PyTuple_GET_ITEM(names, i);
    size_t place = 0;
    while (place < fields.size() &&
           PyUnicode_CompareWithASCIIString(name, kFieldNames[place]) != 0) {
      ++place;
    }
    if (place == fields.size()) {
      PyErr_Format(PyExc_TypeError,
                   "send has no argument %R; it takes value, key, headers, "
                   "timestamp, partition",
                   name);
      return false;
    }
    if (fields[place] != nullptr) {
      PyErr_Format(PyExc_TypeError, "send got two values for %R", name);
      return false;
    }
    fields[place] = arguments[count + i];
  }
  return true;
}

bool TakeFields(const ProducerObject& producer, const FieldObjects& objects, RecordFields& fields) {
  return fields.value.Take(objects[0], producer.encode_value, "value") &&
         fields.key.Take(objects[1], producer.encode_key, "key") &&
         fields.TakeHeaders(objects[2]) && fields.TakeTimestamp(objects[3]) &&
         fields.TakePartition(objects[4]);
}

const std::string* TopicOf(SharedProducer& producer, PyObject* name) {
  if (!PyUnicode_Check(name)) {
    PyErr_Format(PyExc_TypeError, "topic is a %.100s; it must be a str", Py_TYPE(name)->tp_name);
    return nullptr;
  }
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(name, &size);
  if (text == nullptr) return nullptr;
  return &producer.Topic(std::string_view(text, static_cast<size_t>(size)));
}

// --- Sending ---

// Waits until there may be room again, at most until the deadline. Throws.
void WaitForRoom(SharedProducer& producer, const Deadline& deadline) {
  const auto waiter = std::make_shared<Waiter>();
  producer.ListenForRoom(waiter, 0);
  if (producer.HasRoom()) return;
  if (WaitFor(*waiter, deadline)) return;
  Raise(Status(StatusCode::kDeadlineExceeded, StrCat("no room for a record within max.block.ms (",
                                                     InMilliseconds(producer.block_max()),
                                                     " ms): buffer.memory is full of records "
                                                     "that are not delivered")));
}

Deadline BlockDeadline(const SharedProducer& producer) {
  return Deadline(static_cast<double>(InMilliseconds(producer.block_max())) / 1000);
}

// What when_full gives for this record; None where there is no such callable. Null with an
// exception set.
PyObject* AskWhenFull(const ProducerObject& self, const std::string& topic,
                      const FieldObjects& objects) {
  if (self.when_full == nullptr || self.when_full == Py_None) return Py_NewRef(Py_None);
  const auto given = [](PyObject* object) { return object == nullptr ? Py_None : object; };
  PyObject* name = PyUnicode_FromStringAndSize(topic.data(), static_cast<Py_ssize_t>(topic.size()));
  if (name == nullptr) return nullptr;
  return PyObject_CallFunction(self.when_full, "NOOOOO", name, given(objects[0]), given(objects[1]),
                               given(objects[2]), given(objects[3]), given(objects[4]));
}

PyObject* SendFields(ProducerObject& self, const std::string& topic, const FieldObjects& objects) {
  if (self.hold != 0) {
    PyObject* instead = AskWhenFull(self, topic, objects);
    if (instead != Py_None) return instead;
    Py_DECREF(instead);
  }
  RecordFields fields;
  if (!TakeFields(self, objects, fields)) return nullptr;
  const OutgoingRecord record = fields.record();
  StatusOr<std::optional<SharedProducer::Ticket>> ticket = self.producer->TrySend(topic, record);
  if (ticket.ok() && !ticket->has_value()) {
    PyObject* instead = AskWhenFull(self, topic, objects);
    if (instead != Py_None) return instead;
    Py_DECREF(instead);
    const Deadline deadline = BlockDeadline(*self.producer);
    do {
      WaitForRoom(*self.producer, deadline);
      ticket = self.producer->TrySend(topic, record);
    } while (ticket.ok() && !ticket->has_value());
  }
  if (!ticket.ok()) {
    SetError(ticket.status());
    return nullptr;
  }
  return MakeFuture(self.producer, **std::move(ticket));
}

PyObject* ProducerSend(PyObject* self, PyObject* const* arguments, Py_ssize_t count,
                       PyObject* names) {
  if (count < 1) {
    PyErr_SetString(PyExc_TypeError, "send needs a topic");
    return nullptr;
  }
  return Guarded([&]() -> PyObject* {
    ProducerObject& producer = *AsProducer(self);
    const std::string* topic = TopicOf(*producer.producer, arguments[0]);
    FieldObjects fields;
    if (topic == nullptr || !ParseFields(arguments + 1, count - 1, names, fields)) return nullptr;
    return SendFields(producer, *topic, fields);
  });
}

PyObject* SenderCall(PyObject* self, PyObject* const* arguments, size_t flagged_count,
                     PyObject* names) {
  return Guarded([&]() -> PyObject* {
    const auto* sender = reinterpret_cast<SenderObject*>(self);
    FieldObjects fields;
    if (!ParseFields(arguments, PyVectorcall_NARGS(flagged_count), names, fields)) return nullptr;
    return SendFields(*AsProducer(sender->producer), *sender->topic, fields);
  });
}

// --- Many at once ---

// One of several iterables that go side by side; None: each gives None.
class Column {
 public:
  explicit Column(PyObject* object) {
    if (object != Py_None) iterator_ = py::reinterpret_steal<py::object>(PyObject_GetIter(object));
    if (object != Py_None && !iterator_) throw py::error_already_set();
  }
  // A null object: it is over. Throws what the iterator raises.
  py::object Next() {
    if (!iterator_) return py::none();
    PyObject* next = PyIter_Next(iterator_.ptr());
    if (next == nullptr && PyErr_Occurred() != nullptr) throw py::error_already_set();
    return py::reinterpret_steal<py::object>(next);
  }
  bool given() const { return static_cast<bool>(iterator_); }

 private:
  py::object iterator_;
};

py::object NextBeside(Column& column, const char* what) {
  py::object next = column.Next();
  if (!next) {
    throw py::value_error(StrCat(what, " end before the values do"));
  }
  return next;
}

void SendInBulk(ProducerObject& self, const std::shared_ptr<Bulk>& bulk, const std::string& topic,
                const FieldObjects& objects) {
  RecordFields fields;
  if (!TakeFields(self, objects, fields)) throw py::error_already_set();
  const OutgoingRecord record = fields.record();
  bool sent = ValueOrRaise(self.producer->TrySendIn(bulk, topic, record));
  if (sent) return;
  const Deadline deadline = BlockDeadline(*self.producer);
  while (!sent) {
    WaitForRoom(*self.producer, deadline);
    sent = ValueOrRaise(self.producer->TrySendIn(bulk, topic, record));
  }
}

// send_many(topic, values, keys, headers, timestamps, partition)
PyObject* ProducerSendMany(PyObject* self, PyObject* const* arguments, Py_ssize_t count) {
  if (count != 6) {
    PyErr_SetString(PyExc_TypeError, "send_many takes six arguments");
    return nullptr;
  }
  return Guarded([&]() -> PyObject* {
    ProducerObject& producer = *AsProducer(self);
    const std::string* topic = TopicOf(*producer.producer, arguments[0]);
    if (topic == nullptr) return nullptr;
    Column values(arguments[1]), keys(arguments[2]), headers(arguments[3]), times(arguments[4]);
    if (!values.given()) throw py::type_error("values is None; it must be an iterable of values");
    const auto bulk = std::make_shared<Bulk>(*topic);
    int64_t sent = 0;
    try {
      while (const py::object value = values.Next()) {
        const py::object key = NextBeside(keys, "the keys");
        const py::object header = NextBeside(headers, "the headers");
        const py::object time = NextBeside(times, "the timestamps");
        const FieldObjects fields = {value.ptr(), key.ptr(), header.ptr(), time.ptr(),
                                     arguments[5]};
        SendInBulk(producer, bulk, *topic, fields);
        ++sent;
      }
    } catch (py::error_already_set& error) {
      bulk->Sealed();
      const std::string note = StrCat(sent, " records before it were sent");
      try {
        error.value().attr("add_note")(note);
      } catch (py::error_already_set&) {
        // An exception that takes no note says enough.
      }
      throw;
    } catch (...) {
      bulk->Sealed();
      throw;
    }
    bulk->Sealed();
    return MakeFuture(producer.producer, bulk);
  });
}

// --- The rest ---

std::optional<double> SecondsOf(PyObject* object) {
  if (object == Py_None) return std::nullopt;
  const double seconds = PyFloat_AsDouble(object);
  if (PyErr_Occurred() != nullptr) throw py::error_already_set();
  return seconds;
}

PyObject* ProducerTopicSender(PyObject* self, PyObject* name) {
  const std::string* topic = TopicOf(*AsProducer(self)->producer, name);
  if (topic == nullptr) return nullptr;
  PyObject* made = sender_type->tp_alloc(sender_type, 0);
  if (made == nullptr) return nullptr;
  auto* sender = reinterpret_cast<SenderObject*>(made);
  sender->call = SenderCall;
  sender->producer = Py_NewRef(self);
  sender->topic = topic;
  return made;
}

PyObject* ProducerFlush(PyObject* self, PyObject* timeout) {
  return Guarded([&]() -> PyObject* {
    const Deadline deadline(SecondsOf(timeout));
    const auto waiter = std::make_shared<Waiter>();
    SharedProducer& producer = *AsProducer(self)->producer;
    {
      const py::gil_scoped_release released;
      producer.Flush(waiter, 0);
    }
    if (!WaitFor(*waiter, deadline)) {
      Raise(Status(StatusCode::kDeadlineExceeded,
                   StrCat("flush: ", producer.unanswered(), " records are still on their way")));
    }
    Py_RETURN_NONE;
  });
}

// Closing takes its time limit to the engine; a signal ends the wait, not the closing.
PyObject* ProducerClose(PyObject* self, PyObject* timeout) {
  return Guarded([&]() -> PyObject* {
    const std::optional<double> seconds = SecondsOf(timeout);
    SharedProducer& producer = *AsProducer(self)->producer;
    const double limit = std::min(seconds.value_or(1e9), 1e9);
    int64_t failed = 0;
    {
      const py::gil_scoped_release released;
      failed = producer.Close(std::chrono::duration_cast<Duration>(
          std::chrono::duration<double>(std::max(limit, 0.0))));
    }
    return PyLong_FromLongLong(failed);
  });
}

PyObject* ProducerPending(PyObject* self, PyObject*) {
  return PyLong_FromLongLong(AsProducer(self)->producer->unanswered());
}

PyObject* ProducerHasRoom(PyObject* self, PyObject*) {
  return PyBool_FromLong(AsProducer(self)->producer->HasRoom());
}

PyObject* ProducerNotifyRoom(PyObject* self, PyObject* const* arguments, Py_ssize_t count) {
  if (count != 2) {
    PyErr_SetString(PyExc_TypeError, "notify_room takes a Notifier and a token");
    return nullptr;
  }
  return Guarded([&]() -> PyObject* {
    const std::shared_ptr<Notifier> notifier = NotifierOf(arguments[0]);
    const uint64_t token = PyLong_AsUnsignedLongLong(arguments[1]);
    if (PyErr_Occurred() != nullptr) return nullptr;
    SharedProducer& producer = *AsProducer(self)->producer;
    producer.ListenForRoom(notifier, token);
    if (producer.HasRoom()) notifier->Tell(token);
    Py_RETURN_NONE;
  });
}

PyObject* ProducerTakeFailures(PyObject* self, PyObject*) {
  return Guarded([&]() -> PyObject* {
    py::list failures;
    for (const SharedProducer::Failure& failure : AsProducer(self)->producer->TakeFailures()) {
      failures.append(py::make_tuple(failure.topic, failure.records, MakeError(failure.why)));
    }
    return failures.release().ptr();
  });
}

int ProducerTraverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(AsProducer(self)->encode_value);
  Py_VISIT(AsProducer(self)->encode_key);
  Py_VISIT(AsProducer(self)->when_full);
  return 0;
}

int ProducerClear(PyObject* self) {
  Py_CLEAR(AsProducer(self)->encode_value);
  Py_CLEAR(AsProducer(self)->encode_key);
  Py_CLEAR(AsProducer(self)->when_full);
  return 0;
}

void ProducerDealloc(PyObject* self) {
  PyObject_GC_UnTrack(self);
  ProducerClear(self);
  std::shared_ptr<SharedProducer> producer = std::move(AsProducer(self)->producer);
  AsProducer(self)->producer.~shared_ptr();
  {
    const py::gil_scoped_release released;
    producer.reset();
  }
  PyTypeObject* type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

int SenderTraverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(reinterpret_cast<SenderObject*>(self)->producer);
  return 0;
}

int SenderClear(PyObject*) { return 0; }  // the producer's clear breaks the cycle

void SenderDealloc(PyObject* self) {
  PyObject_GC_UnTrack(self);
  Py_CLEAR(reinterpret_cast<SenderObject*>(self)->producer);
  PyTypeObject* type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

template <class Function>
PyCFunction AsMethod(Function function) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(function));
}

PyMethodDef producer_methods[] = {
    {"send", AsMethod(ProducerSend), METH_FASTCALL | METH_KEYWORDS,
     "send(topic, value=None, key=None, headers=None, timestamp=None, partition=None) -> Future"},
    {"send_many", AsMethod(ProducerSendMany), METH_FASTCALL, nullptr},
    {"topic_sender", ProducerTopicSender, METH_O, "send() of one topic."},
    {"flush", ProducerFlush, METH_O, nullptr},
    {"close", ProducerClose, METH_O, nullptr},
    {"pending", ProducerPending, METH_NOARGS, nullptr},
    {"has_room", ProducerHasRoom, METH_NOARGS, nullptr},
    {"notify_room", AsMethod(ProducerNotifyRoom), METH_FASTCALL, nullptr},
    {"take_failures", ProducerTakeFailures, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};
PyMemberDef producer_members[] = {
    {"encode_value", T_OBJECT, offsetof(ProducerObject, encode_value), 0, nullptr},
    {"encode_key", T_OBJECT, offsetof(ProducerObject, encode_key), 0, nullptr},
    {"when_full", T_OBJECT, offsetof(ProducerObject, when_full), 0, nullptr},
    {"hold", T_BOOL, offsetof(ProducerObject, hold), 0, nullptr},
    {nullptr, 0, 0, 0, nullptr}};
PyType_Slot producer_slots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(ProducerDealloc)},
                                {Py_tp_traverse, reinterpret_cast<void*>(ProducerTraverse)},
                                {Py_tp_clear, reinterpret_cast<void*>(ProducerClear)},
                                {Py_tp_methods, producer_methods},
                                {Py_tp_members, producer_members},
                                {0, nullptr}};
PyType_Spec producer_spec = {
    "penstock._native.Producer", sizeof(ProducerObject), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION, producer_slots};

PyMemberDef sender_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(SenderObject, call), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr}};
PyType_Slot sender_slots[] = {
    {Py_tp_dealloc, reinterpret_cast<void*>(SenderDealloc)},
    {Py_tp_traverse, reinterpret_cast<void*>(SenderTraverse)},
    {Py_tp_clear, reinterpret_cast<void*>(SenderClear)},
    {Py_tp_call, reinterpret_cast<void*>(PyVectorcall_Call)},
    {Py_tp_members, sender_members},
    {Py_tp_doc, const_cast<char*>("send(value=None, key=None, headers=None, timestamp=None, "
                                  "partition=None) -> Future")},
    {0, nullptr}};
PyType_Spec sender_spec = {"penstock._native.TopicSender", sizeof(SenderObject), 0,
                           Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL |
                               Py_TPFLAGS_DISALLOW_INSTANTIATION,
                           sender_slots};

}  // namespace

py::object MakeProducer(std::shared_ptr<SharedProducer> producer) {
  PyObject* made = producer_type->tp_alloc(producer_type, 0);
  if (made == nullptr) throw py::error_already_set();
  new (&AsProducer(made)->producer) std::shared_ptr<SharedProducer>(std::move(producer));
  return py::reinterpret_steal<py::object>(made);
}

void BindProducer(py::module_& m) {
  PyObject* producer = PyType_FromSpec(&producer_spec);
  PyObject* sender = PyType_FromSpec(&sender_spec);
  if (producer == nullptr || sender == nullptr) throw py::error_already_set();
  producer_type = reinterpret_cast<PyTypeObject*>(producer);
  sender_type = reinterpret_cast<PyTypeObject*>(sender);
  m.attr("Producer") = py::reinterpret_borrow<py::object>(producer);
  m.attr("TopicSender") = py::reinterpret_borrow<py::object>(sender);
}

}  // namespace penstock
