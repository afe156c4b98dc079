"""Event streaming that speaks Apache Kafka's protocol: a broker in this process, or a client.

``open(path)`` is a broker on a directory in this process, ``serve(path)`` the same with a listener,
``connect(servers)`` a client of any Kafka cluster; all three are used alike.

>>> import penstock
>>> with penstock.open(":memory:") as db:
...     clicks = db.topic("clicks", partitions=4)
...     future = clicks.send({"user": 1, "page": "/"}, key="u1")
...     [record.json() for record in clicks.read()]
[{'user': 1, 'page': '/'}]
"""

from __future__ import annotations

from penstock import _codes, _native, _records
from penstock._broker import Broker, open, serve  # noqa: A004 - penstock.open()
from penstock._cluster import Cluster
from penstock._cmake import get_cmake_dir, get_include
from penstock._connect import connect
from penstock._consumer import Consumer
from penstock._errors import (
    ClosedError,
    ConfigError,
    ConnectionFailed,
    DeliveryError,
    KafkaError,
    SerializationError,
    TimeoutError,  # noqa: A004 - it is the builtin one too
)
from penstock._faults import Faults
from penstock._native import Batch, BulkMetadata, Future, Record, RecordMetadata, __version__
from penstock._partition import TopicPartition
from penstock._producer import Producer
from penstock._read import Read
from penstock._topic import Topic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from penstock._admin import Admin
    from penstock._admin_types import NewTopic
    from penstock._decoding import TypedRecord

__all__ = [
    "Admin",
    "Batch",
    "Broker",
    "BulkMetadata",
    "ClosedError",
    "Cluster",
    "ConfigError",
    "ConnectionFailed",
    "Consumer",
    "DeliveryError",
    "Faults",
    "Future",
    "KafkaError",
    "NewTopic",
    "Producer",
    "Read",
    "Record",
    "RecordMetadata",
    "SerializationError",
    "TimeoutError",
    "Topic",
    "TopicPartition",
    "TypedRecord",
    "__version__",
    "connect",
    "get_cmake_dir",
    "get_include",
    "open",
    "serve",
]

# What is imported when it is first asked for: dataclasses take longer than all the rest.
_LATER = {
    "Admin": "penstock._admin",
    "NewTopic": "penstock._admin_types",
    "TypedRecord": "penstock._decoding",
}


def _set_error_factory() -> None:
    """Have the extension raise the errors of this package."""
    _native.set_error_factory(_codes.make)


_set_error_factory()
_records.install()


def __getattr__(name: str) -> object:
    module = _LATER.get(name)
    if module is None:
        raise AttributeError(f"module 'penstock' has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(module), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})
