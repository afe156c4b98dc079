#include "bindings/fields.h"

#include <climits>
#include <cmath>

namespace penstock {

namespace {

constexpr Py_ssize_t kFieldBytesMax = INT32_MAX;

std::span<const uint8_t> Bytes(const char* data, Py_ssize_t size) {
  return {reinterpret_cast<const uint8_t*>(data), static_cast<size_t>(size)};
}

bool CheckSize(size_t size, const char* what) {
  if (size <= static_cast<size_t>(kFieldBytesMax)) return true;
  PyErr_Format(PyExc_ValueError, "%s has %zu bytes; a record's fields have at most 2147483647",
               what, size);
  return false;
}

}  // namespace

BytesField::~BytesField() {
  if (has_buffer_) PyBuffer_Release(&buffer_);
  Py_XDECREF(kept_);
}

bool BytesField::TakePlain(PyObject* object, bool& taken) {
  taken = true;
  if (object == nullptr || object == Py_None) {
    bytes_.reset();
    return true;
  }
  if (PyBytes_CheckExact(object)) {
    kept_ = Py_NewRef(object);
    bytes_ = Bytes(PyBytes_AS_STRING(object), PyBytes_GET_SIZE(object));
    return true;
  }
  if (PyUnicode_Check(object)) {
    Py_ssize_t size = 0;
    const char* text = PyUnicode_AsUTF8AndSize(object, &size);
    if (text == nullptr) return false;
    kept_ = Py_NewRef(object);
    bytes_ = Bytes(text, size);
    return true;
  }
  if (PyObject_CheckBuffer(object)) {
    if (PyObject_GetBuffer(object, &buffer_, PyBUF_SIMPLE) != 0) return false;
    has_buffer_ = true;
    bytes_ = Bytes(static_cast<const char*>(buffer_.buf), buffer_.len);
    return true;
  }
  taken = false;
  return true;
}

bool BytesField::Take(PyObject* object, PyObject* encode, const char* what) {
  bool taken = false;
  if (!TakePlain(object, taken)) return false;
  if (!taken && encode != nullptr && encode != Py_None) {
    PyObject* encoded = PyObject_CallOneArg(encode, object);
    if (encoded == nullptr) return false;
    const bool fine = TakePlain(encoded, taken);
    Py_DECREF(encoded);  // what is kept of it has its own reference
    if (!fine) return false;
  }
  if (!taken) {
    PyErr_Format(PyExc_TypeError, "%s is a %.100s; it must be bytes, str or None", what,
                 Py_TYPE(object)->tp_name);
    return false;
  }
  return !bytes_.has_value() || CheckSize(bytes_->size(), what);
}

bool RecordFields::TakeHeader(PyObject* name, PyObject* header) {
  if (!PyUnicode_Check(name)) {
    PyErr_Format(PyExc_TypeError, "the name of a header is a %.100s; it must be a str",
                 Py_TYPE(name)->tp_name);
    return false;
  }
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(name, &size);
  if (text == nullptr) return false;
  const std::string& kept = texts_.emplace_back(text, static_cast<size_t>(size));
  BytesField bytes;
  if (!bytes.Take(header, nullptr, "the value of a header")) return false;
  RecordHeaderView view{.key = kept, .value = std::nullopt};
  if (bytes.bytes().has_value()) {
    view.value = AsBytes(texts_.emplace_back(AsText(*bytes.bytes())));
  }
  headers_.push_back(view);
  return true;
}

bool RecordFields::TakeHeaders(PyObject* object) {
  if (object == nullptr || object == Py_None) return true;
  if (PyDict_Check(object)) {
    PyObject *name, *value;
    Py_ssize_t position = 0;
    while (PyDict_Next(object, &position, &name, &value)) {
      if (!TakeHeader(name, value)) return false;
    }
    return true;
  }
  PyObject* pairs = PySequence_Fast(object, "headers are a list of (str, bytes | None), or a dict");
  if (pairs == nullptr) return false;
  bool fine = true;
  for (Py_ssize_t i = 0; fine && i < PySequence_Fast_GET_SIZE(pairs); ++i) {
    PyObject* pair = PySequence_Fast_GET_ITEM(pairs, i);
    if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2) {
      PyErr_Format(PyExc_TypeError, "header %zd is not a pair of a str and bytes", i);
      fine = false;
    } else {
      fine = TakeHeader(PyTuple_GET_ITEM(pair, 0), PyTuple_GET_ITEM(pair, 1));
    }
  }
  Py_DECREF(pairs);
  return fine;
}

bool RecordFields::TakeTimestamp(PyObject* object) {
  if (object == nullptr || object == Py_None) return true;
  if (PyLong_Check(object)) {
    const int64_t milliseconds = PyLong_AsLongLong(object);
    if (milliseconds == -1 && PyErr_Occurred() != nullptr) return false;
    if (milliseconds < 0) {
      PyErr_Format(PyExc_ValueError, "timestamp is %R; it is milliseconds since 1970, not below 0",
                   object);
      return false;
    }
    timestamp_ = TimestampMs(milliseconds);
    return true;
  }
  PyObject* seconds = PyObject_HasAttrString(object, "timestamp")
                          ? PyObject_CallMethod(object, "timestamp", nullptr)
                          : nullptr;
  if (seconds == nullptr) {
    if (PyErr_Occurred() == nullptr) {
      PyErr_Format(PyExc_TypeError,
                   "timestamp is a %.100s; it must be milliseconds as an int, or a datetime",
                   Py_TYPE(object)->tp_name);
    }
    return false;
  }
  const double value = PyFloat_AsDouble(seconds);
  Py_DECREF(seconds);
  if (PyErr_Occurred() != nullptr) return false;
  if (!(value >= 0)) {
    PyErr_Format(PyExc_ValueError, "timestamp %R lies before 1970", object);
    return false;
  }
  timestamp_ = TimestampMs(static_cast<int64_t>(std::llround(value * 1000)));
  return true;
}

bool RecordFields::TakePartition(PyObject* object) {
  if (object == nullptr || object == Py_None) return true;
  if (!PyLong_Check(object)) {
    PyErr_Format(PyExc_TypeError, "partition is a %.100s; it must be an int",
                 Py_TYPE(object)->tp_name);
    return false;
  }
  const long partition = PyLong_AsLong(object);
  if (partition == -1 && PyErr_Occurred() != nullptr) return false;
  if (partition < 0 || partition > INT32_MAX) {
    PyErr_Format(PyExc_ValueError, "partition is %ld; it must be from 0 to 2147483647", partition);
    return false;
  }
  partition_ = PartitionId(static_cast<int32_t>(partition));
  return true;
}

}  // namespace penstock
