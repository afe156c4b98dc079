"""Many records with one call: values with keys taken out of them, records, tables."""

from __future__ import annotations

import itertools
from typing import Any

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from penstock import _native
    from penstock._types import Headers


def send_many(
    sender: _native.Producer,
    topic: str,
    values: Iterable[object],
    key: Callable[[Any], object] | str | None,
    headers: Iterable[Headers | None] | None,
    timestamps: Iterable[int | None] | None,
    partition: int | None,
) -> _native.Future[_native.BulkMetadata]:
    """See Topic.send_many."""
    if isinstance(values, (str, bytes, bytearray, memoryview, dict)):
        raise TypeError(f"send_many() takes many values; send() takes one {type(values).__name__}")
    if not hasattr(values, "__iter__"):
        raise TypeError(f"values are iterable, not {type(values).__name__}")
    first, values = _peek(values)
    if hasattr(first, "offset") and hasattr(first, "headers"):
        return _send_records(sender, topic, values, key, headers, timestamps, partition)
    keys: Iterable[object] | None = None
    if key is not None:
        values, again = itertools.tee(values)
        keys = map(key_function(key), again)
    return sender.send_many(topic, values, keys, headers, timestamps, partition)


def key_function(key: Callable[[Any], object] | str) -> Callable[[Any], object]:
    """Return what takes the key out of a value: a function, or a field by its name.

    Numbers and booleans become text.

    Raises:
        TypeError: neither of them.
    """
    if isinstance(key, str):
        name = key
        return lambda value: _key_text(
            value[name] if isinstance(value, dict) else getattr(value, name)
        )
    if callable(key):
        function = key
        return lambda value: _key_text(function(value))
    raise TypeError(f"key is a function of a value or the name of a field, not {key!r}")


def append(
    sender: _native.Producer, topic: str, table: Any, key: str | None, value: str | None
) -> _native.Future[_native.BulkMetadata]:
    """See Topic.append."""
    names = _columns(table)
    for column in (key, value):
        if names is not None and column is not None and column not in names:
            raise ValueError(f"the table has no column {column!r}; it has {', '.join(names)}")
    native = getattr(sender, "send_arrow", None)
    if native is not None and hasattr(table, "__arrow_c_stream__"):
        future: _native.Future[_native.BulkMetadata] = native(
            topic, table.__arrow_c_stream__(), value, key
        )
        return future
    rows = _rows(table)
    keys: Iterable[object] | None = None
    if key is not None:
        rows, again = itertools.tee(rows)
        column_of_keys = key
        keys = (_key_text(row[column_of_keys]) for row in again)
    values: Iterable[object] = rows
    if value is not None:
        column_of_values = value
        values = (row[column_of_values] for row in rows)
    return sender.send_many(topic, values, keys, None, None, None)


def _send_records(
    sender: _native.Producer,
    topic: str,
    records: Iterable[Any],
    key: Callable[[Any], object] | str | None,
    headers: Iterable[Headers | None] | None,
    timestamps: Iterable[int | None] | None,
    partition: int | None,
) -> _native.Future[_native.BulkMetadata]:
    values, keys, with_headers, with_times = itertools.tee(records, 4)
    key_of = (lambda record: record.key) if key is None else key_function(key)
    return sender.send_many(
        topic,
        (record.value for record in values),
        (key_of(record) for record in keys),
        (record.headers or None for record in with_headers) if headers is None else headers,
        (record.timestamp for record in with_times) if timestamps is None else timestamps,
        partition,
    )


def _peek(values: Iterable[Any]) -> tuple[Any, Iterable[Any]]:
    if isinstance(values, (list, tuple)):
        return (values[0] if values else None), values
    iterator = iter(values)
    for first in iterator:
        return first, itertools.chain([first], iterator)
    return None, iter(())


def _key_text(key: object) -> object:
    if isinstance(key, bool):
        return "true" if key else "false"
    if hasattr(key, "dtype") and hasattr(key, "item"):
        key = key.item()
    return str(key) if isinstance(key, (int, float)) else key


def _columns(table: Any) -> list[str] | None:
    names = getattr(table, "column_names", None)
    if names is None:
        names = getattr(table, "columns", None)
    return None if names is None else [str(name) for name in names]


def _rows(table: Any) -> Iterator[dict[str, Any]]:
    """The rows of a table as dicts: pandas, polars, Arrow."""
    if hasattr(table, "iterrows") and hasattr(table, "to_dict"):
        plain = table.astype(object).where(table.notna(), None)
        return iter(plain.to_dict("records"))
    if hasattr(table, "iter_rows"):
        return iter(table.iter_rows(named=True))
    if hasattr(table, "to_pylist"):
        return iter(table.to_pylist())
    raise TypeError(
        f"a table has __arrow_c_stream__ or is a pandas DataFrame, not {type(table).__name__}"
    )
