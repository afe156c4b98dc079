"""Every exception of penstock, with one class for each error of Kafka's protocol.

>>> from penstock import errors
>>> errors.UnknownTopicOrPartition.code
3
>>> issubclass(errors.RequestTimedOut, TimeoutError)
True
"""

from __future__ import annotations

from penstock._codes import by_code
from penstock._errors import (
    Cancelled,
    ClosedError,
    ConfigError,
    ConnectionFailed,
    DeliveryError,
    KafkaError,
    OutOfSpace,
    SerializationError,
    TimeoutError,  # noqa: A004 - it is the builtin one too
    Undelivered,
)

__all__ = [
    "Cancelled",
    "ClosedError",
    "ConfigError",
    "ConnectionFailed",
    "DeliveryError",
    "KafkaError",
    "OutOfSpace",
    "SerializationError",
    "TimeoutError",
    "Undelivered",
]


def __getattr__(name: str) -> type[KafkaError]:
    if not name.startswith("_"):
        for known in by_code().values():
            if known.__name__ == name:
                globals()[name] = known
                return known
    raise AttributeError(f"module 'penstock.errors' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *(known.__name__ for known in by_code().values())})
