#include "bindings/record.h"

#include <structmember.h>

#include <string>

namespace penstock {

namespace py = pybind11;

namespace {

struct RecordObject {
  PyObject_HEAD;
  PyObject* topic;
  PyObject* partition;
  PyObject* offset;
  PyObject* timestamp;
  PyObject* key;
  PyObject* value;
  PyObject* headers;  // null: none
  int leader_epoch;
};

PyTypeObject* record_type = nullptr;

RecordObject* AsRecord(PyObject* self) { return reinterpret_cast<RecordObject*>(self); }

PyObject* BytesOrNone(const RecordBytes& bytes) {
  if (!bytes.has_value()) return Py_NewRef(Py_None);
  return PyBytes_FromStringAndSize(reinterpret_cast<const char*>(bytes->data()),
                                   static_cast<Py_ssize_t>(bytes->size()));
}

PyObject* HeaderList(const RecordView& record) {
  PyObject* list = PyList_New(0);
  if (list == nullptr) return nullptr;
  std::span<const uint8_t> rest = record.headers;
  RecordHeaderView header;
  while (ReadHeader(rest, header)) {
    // A key is UTF-8 by the protocol; what is not keeps its bytes as surrogates.
    PyObject* key = PyUnicode_DecodeUTF8(
        header.key.data(), static_cast<Py_ssize_t>(header.key.size()), "surrogateescape");
    PyObject* value = key == nullptr ? nullptr : BytesOrNone(header.value);
    PyObject* pair = value == nullptr ? nullptr : PyTuple_Pack(2, key, value);
    const bool added = pair != nullptr && PyList_Append(list, pair) == 0;
    Py_XDECREF(key);
    Py_XDECREF(value);
    Py_XDECREF(pair);
    if (!added) {
      Py_DECREF(list);
      return nullptr;
    }
  }
  return list;
}

RecordObject* NewRecord() {
  PyObject* made = record_type->tp_alloc(record_type, 0);
  return made == nullptr ? nullptr : AsRecord(made);
}

void RecordDealloc(PyObject* self) {
  RecordObject* record = AsRecord(self);
  Py_XDECREF(record->topic);
  Py_XDECREF(record->partition);
  Py_XDECREF(record->offset);
  Py_XDECREF(record->timestamp);
  Py_XDECREF(record->key);
  Py_XDECREF(record->value);
  Py_XDECREF(record->headers);
  PyTypeObject* type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

bool IsBytesOrNone(PyObject* object) { return object == Py_None || PyBytes_Check(object); }

PyObject* RecordMake(PyTypeObject*, PyObject* arguments, PyObject* keywords) {
  static const char* names[] = {"topic", "partition", "offset",  "timestamp",
                                "key",   "value",     "headers", nullptr};
  PyObject *topic, *partition, *offset, *timestamp, *key, *value, *headers = nullptr;
  if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "UO!O!O!OO|O!:Record",
                                   const_cast<char**>(names), &topic, &PyLong_Type, &partition,
                                   &PyLong_Type, &offset, &PyLong_Type, &timestamp, &key, &value,
                                   &PyList_Type, &headers)) {
    return nullptr;
  }
  if (!IsBytesOrNone(key) || !IsBytesOrNone(value)) {
    PyErr_SetString(PyExc_TypeError, "key and value of a Record are bytes or None");
    return nullptr;
  }
  RecordObject* record = NewRecord();
  if (record == nullptr) return nullptr;
  record->topic = Py_NewRef(topic);
  record->partition = Py_NewRef(partition);
  record->offset = Py_NewRef(offset);
  record->timestamp = Py_NewRef(timestamp);
  record->key = Py_NewRef(key);
  record->value = Py_NewRef(value);
  record->headers = Py_XNewRef(headers);
  record->leader_epoch = -1;
  return reinterpret_cast<PyObject*>(record);
}

PyObject* RecordHeaders(PyObject* self, void*) {
  RecordObject* record = AsRecord(self);
  if (record->headers == nullptr) return PyList_New(0);
  return Py_NewRef(record->headers);
}

PyObject* RecordText(PyObject* self, PyObject*) {
  PyObject* value = AsRecord(self)->value;
  if (value == Py_None) return Py_NewRef(Py_None);
  return PyUnicode_DecodeUTF8(PyBytes_AS_STRING(value), PyBytes_GET_SIZE(value), nullptr);
}

PyObject* RecordJson(PyObject* self, PyObject*) {
  PyObject* value = AsRecord(self)->value;
  if (value == Py_None) return Py_NewRef(Py_None);
  PyObject* module = PyImport_ImportModule("json");
  if (module == nullptr) return nullptr;
  PyObject* parsed = PyObject_CallMethod(module, "loads", "O", value);
  Py_DECREF(module);
  return parsed;
}

// At most the first bytes, so that a large value does not flood a terminal.
PyObject* Shortened(PyObject* bytes) {
  constexpr Py_ssize_t kShown = 60;
  if (bytes == Py_None || PyBytes_GET_SIZE(bytes) <= kShown) return PyObject_Repr(bytes);
  PyObject* front = PyBytes_FromStringAndSize(PyBytes_AS_STRING(bytes), kShown);
  if (front == nullptr) return nullptr;
  PyObject* text = PyUnicode_FromFormat("%R... (%zd bytes)", front, PyBytes_GET_SIZE(bytes));
  Py_DECREF(front);
  return text;
}

PyObject* RecordRepr(PyObject* self) {
  const RecordObject* record = AsRecord(self);
  PyObject* key = Shortened(record->key);
  PyObject* value = key == nullptr ? nullptr : Shortened(record->value);
  PyObject* text = nullptr;
  if (value != nullptr) {
    text = PyUnicode_FromFormat(
        "Record(topic=%R, partition=%S, offset=%S, timestamp=%S, key=%U, value=%U%s)",
        record->topic, record->partition, record->offset, record->timestamp, key, value,
        record->headers == nullptr ? "" : ", headers=[...]");
  }
  Py_XDECREF(key);
  Py_XDECREF(value);
  return text;
}

PyObject* RecordCompare(PyObject* self, PyObject* other, int operation) {
  if (Py_TYPE(other) != record_type || (operation != Py_EQ && operation != Py_NE)) {
    Py_RETURN_NOTIMPLEMENTED;
  }
  const RecordObject* a = AsRecord(self);
  const RecordObject* b = AsRecord(other);
  PyObject* const pairs[][2] = {{a->topic, b->topic},   {a->partition, b->partition},
                                {a->offset, b->offset}, {a->timestamp, b->timestamp},
                                {a->key, b->key},       {a->value, b->value}};
  bool same = true;
  for (const auto& pair : pairs) {
    const int equal = PyObject_RichCompareBool(pair[0], pair[1], Py_EQ);
    if (equal < 0) return nullptr;
    same = same && equal == 1;
  }
  if (same && (a->headers != nullptr || b->headers != nullptr)) {
    PyObject* first = RecordHeaders(self, nullptr);
    PyObject* second = RecordHeaders(other, nullptr);
    const int equal =
        first == nullptr || second == nullptr ? -1 : PyObject_RichCompareBool(first, second, Py_EQ);
    Py_XDECREF(first);
    Py_XDECREF(second);
    if (equal < 0) return nullptr;
    same = equal == 1;
  }
  return PyBool_FromLong(same == (operation == Py_EQ));
}

Py_hash_t RecordHash(PyObject* self) {
  const RecordObject* record = AsRecord(self);
  PyObject* place = PyTuple_Pack(3, record->topic, record->partition, record->offset);
  if (place == nullptr) return -1;
  const Py_hash_t hash = PyObject_Hash(place);
  Py_DECREF(place);
  return hash;
}

PyMemberDef members[] = {
    {"topic", T_OBJECT_EX, offsetof(RecordObject, topic), READONLY, nullptr},
    {"partition", T_OBJECT_EX, offsetof(RecordObject, partition), READONLY, nullptr},
    {"offset", T_OBJECT_EX, offsetof(RecordObject, offset), READONLY, nullptr},
    {"timestamp", T_OBJECT_EX, offsetof(RecordObject, timestamp), READONLY,
     "Milliseconds since 1970 UTC."},
    {"key", T_OBJECT_EX, offsetof(RecordObject, key), READONLY, nullptr},
    {"value", T_OBJECT_EX, offsetof(RecordObject, value), READONLY, nullptr},
    {"leader_epoch", T_INT, offsetof(RecordObject, leader_epoch), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr}};
PyGetSetDef properties[] = {
    {"headers", RecordHeaders, nullptr, "Pairs of a name and bytes or None.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};
PyMethodDef methods[] = {
    {"text", RecordText, METH_NOARGS, "The value as text; it must be UTF-8. None stays None."},
    {"json", RecordJson, METH_NOARGS, "The value parsed as JSON. None stays None."},
    {nullptr, nullptr, 0, nullptr}};
PyType_Slot slots[] = {{Py_tp_new, reinterpret_cast<void*>(RecordMake)},
                       {Py_tp_dealloc, reinterpret_cast<void*>(RecordDealloc)},
                       {Py_tp_repr, reinterpret_cast<void*>(RecordRepr)},
                       {Py_tp_richcompare, reinterpret_cast<void*>(RecordCompare)},
                       {Py_tp_hash, reinterpret_cast<void*>(RecordHash)},
                       {Py_tp_members, members},
                       {Py_tp_getset, properties},
                       {Py_tp_methods, methods},
                       {Py_tp_doc, const_cast<char*>("One record of a topic. Immutable.")},
                       {0, nullptr}};
PyType_Spec spec = {"penstock.Record", sizeof(RecordObject), 0, Py_TPFLAGS_DEFAULT, slots};

}  // namespace

PyObject* MakeRecord(PyObject* topic, PyObject* partition, LeaderEpoch epoch, Offset offset,
                     TimestampMs timestamp, const RecordView& view) {
  RecordObject* record = NewRecord();
  if (record == nullptr) return nullptr;
  record->topic = Py_NewRef(topic);
  record->partition = Py_NewRef(partition);
  record->offset = PyLong_FromLongLong(offset.value());
  record->timestamp = PyLong_FromLongLong(timestamp.value());
  record->key = BytesOrNone(view.key);
  record->value = BytesOrNone(view.value);
  if (view.header_count > 0) record->headers = HeaderList(view);
  record->leader_epoch = epoch.value();
  if (record->offset == nullptr || record->timestamp == nullptr || record->key == nullptr ||
      record->value == nullptr || (view.header_count > 0 && record->headers == nullptr)) {
    Py_DECREF(reinterpret_cast<PyObject*>(record));
    return nullptr;
  }
  return reinterpret_cast<PyObject*>(record);
}

void BindRecord(py::module_& m) {
  PyObject* type = PyType_FromSpec(&spec);
  if (type == nullptr) throw py::error_already_set();
  record_type = reinterpret_cast<PyTypeObject*>(type);
  m.attr("Record") = py::reinterpret_borrow<py::object>(type);
}

}  // namespace penstock
