"""What penstock raises: KafkaError and its relatives. Those of the protocol's codes: _codes.py."""

from __future__ import annotations

import builtins
from typing import Any, NamedTuple


class KafkaError(Exception):
    """Something that a broker refused, or that did not work between here and a broker.

    Attributes:
        code: Kafka's number of the error, 0 where Kafka has none.
        name: Kafka's name of the error, such as ``UNKNOWN_TOPIC_OR_PARTITION``, or "".
        retriable: whether the same call may succeed later.
        fatal: whether the object that raised it can do nothing more.
        txn_requires_abort: whether the transaction has to be aborted.
        topic, partition, broker: where, as far as it is known.
        hint: one line about the way out, or "".
    """

    code: int = 0
    name: str = ""
    retriable: bool = False
    fatal: bool = False
    txn_requires_abort: bool = False
    topic: str | None = None
    partition: int | None = None
    broker: str | None = None
    hint: str = ""

    def __init__(self, message: str = "", **about: Any) -> None:
        """Take what happened in one line, and any of the attributes above."""
        super().__init__(message)
        for attribute, value in about.items():
            if not hasattr(type(self), attribute):
                raise TypeError(f"{type(self).__name__} has no attribute {attribute!r}")
            setattr(self, attribute, value)

    @property
    def message(self) -> str:
        """What happened, without Kafka's name and the hint."""
        return str(self.args[0]) if self.args else ""

    def __str__(self) -> str:
        """Return what happened, Kafka's name for it, whether a retry helps, and the hint."""
        lines = [self.message + self._where()]
        if self.name:
            retry = "a retry may help" if self.retriable else "a retry does not help"
            lines.append(f"Kafka calls it {self.name} ({self.code}); {retry}")
        if self.hint:
            lines.append(f"hint: {self.hint}")
        return "\n  ".join(lines)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by class, message and attributes."""
        return _unpickle, (type(self), self.message), self.__dict__ or None

    def _where(self) -> str:
        known = [
            f"{word} {value}"
            for word, value in [
                ("topic", self.topic),
                ("partition", self.partition),
                ("broker", self.broker),
            ]
            if value is not None and str(value) not in self.message
        ]
        return f" ({', '.join(known)})" if known else ""


class ConnectionFailed(KafkaError, ConnectionError):  # noqa: N818 - reads as a sentence
    """No broker could be reached; ``steps`` tells how far it went, one line for each step."""

    retriable = True
    steps: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the message with the steps between it and the hint."""
        first, *rest = super().__str__().split("\n  ")
        return "\n  ".join([first, *self.steps, *rest])


class TimeoutError(KafkaError, builtins.TimeoutError):  # noqa: A001 - it is the builtin one too
    """The time that was given was not enough."""

    retriable = True


class ConfigError(KafkaError, ValueError):
    """A config that is unknown, contradicts another one, or has a value that it may not have.

    ``suggestion`` is the name that may have been meant, or None.
    """

    suggestion: str | None = None


class ClosedError(KafkaError, RuntimeError):
    """The object was closed, or belongs to the process that this one was forked from."""


class SerializationError(KafkaError, ValueError):
    """A value could not be turned into bytes, or bytes not into the value that they should be.

    ``offset`` is that of the record, where there is one.
    """

    offset: int | None = None


class OutOfSpace(KafkaError):  # noqa: N818
    """A disk or a buffer is full."""

    retriable = True


class Cancelled(KafkaError):  # noqa: N818
    """The call was ended by another one."""


class Undelivered(NamedTuple):
    """Records of one topic that were not delivered, and why."""

    topic: str
    number: int
    error: BaseException


class DeliveryError(KafkaError):
    """Records that were sent did not arrive; ``records`` tells which, with the cause of each."""

    records: tuple[Undelivered, ...] = ()


def placed(error: KafkaError, **where: Any) -> KafkaError:
    """Return the error with topic or partition, where it does not know them itself."""
    for attribute, value in where.items():
        if getattr(error, attribute, value) is None:
            setattr(error, attribute, value)
    return error


def _unpickle(kind: type[KafkaError], message: str) -> KafkaError:
    return kind(message)
