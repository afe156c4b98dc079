"""What records, batches and futures can do besides the extension's own: json(), text(), HTML.

The extension's types are fast and plain; install() gives them these methods when penstock is
imported.
"""

from __future__ import annotations

from types import GenericAlias
from typing import Any

from penstock import _native
from penstock._errors import SerializationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_SHOWN = 60


def json_of(self: _native.Record) -> Any:
    """Return the value parsed as JSON; None for a tombstone.

    Raises:
        SerializationError: it is no JSON.

    >>> penstock.Record("clicks", 0, 7, 0, None, b'{"user": 1}').json()
    {'user': 1}
    """
    if self.value is None:
        return None
    from penstock._values import from_json

    try:
        return from_json(self.value)
    except ValueError as error:
        raise _undecodable(self, "JSON", error) from error


def text_of(self: _native.Record, encoding: str = "utf-8") -> str:
    """Return the value as text; "" for a tombstone.

    Raises:
        SerializationError: the bytes are no such text.

    >>> penstock.Record("greetings", 0, 0, 0, None, b"hello").text()
    'hello'
    """
    if self.value is None:
        return ""
    try:
        return self.value.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(self, encoding, error) from error


def _undecodable(record: _native.Record, what: str, error: ValueError) -> SerializationError:
    value = record.value or b""
    dots = "..." if len(value) > _SHOWN else ""
    return SerializationError(
        f"{record.topic}[{record.partition}] @ {record.offset}: "
        f"the value {value[:_SHOWN]!r}{dots} is no {what}: {error}",
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
    )


def shown(data: bytes | None) -> str:
    """Return a key or value for a repr: short, text where it is text."""
    if data is None:
        return "None"
    text = repr(data[:_SHOWN])
    return f"{text}... ({len(data)} bytes)" if len(data) > _SHOWN else text


def _html(name: str) -> Callable[[Any], str]:
    def to_html(value: Any) -> str:
        from penstock import _display

        html: str = getattr(_display, name)(value)
        return html

    return to_html


def install() -> None:
    """Give the extension's types their methods."""
    for name, method in {"json": json_of, "text": text_of, "_repr_html_": _html("record")}.items():
        setattr(_native.Record, name, method)
    setattr(_native.Future, "__class_getitem__", classmethod(GenericAlias))  # noqa: B010
    for kind, name in ((_native.Batch, "batch"), (_native.Future, "plain")):
        setattr(kind, "_repr_html_", _html(name))  # noqa: B010 - mypy knows no such method
