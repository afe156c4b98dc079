"""Reads as tables of other libraries: pandas, with pyarrow or without, and pyarrow itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from penstock._errors import SerializationError
from penstock._values import from_json

if TYPE_CHECKING:
    import pandas
    import pyarrow

    from penstock._read import Read

_COLUMNS = ("partition", "offset", "timestamp", "key", "value", "headers")


class _Stream:
    """The columns of records as the extension gives them."""

    def __init__(self, read: Read[Any], *, text: bool) -> None:
        self._read = read
        self._text = text

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._read._stream(text=self._text)


def data_frame(read: Read[Any], columns: list[str] | None, decode: str | None) -> pandas.DataFrame:
    """Return a row for each record; with decode="json" a column for each field of the values."""
    import pandas

    try:
        import pyarrow  # noqa: F401 - whether it is there
    except ImportError:
        return _without_arrow(pandas, read, columns, decode)
    frame: pandas.DataFrame = arrow_table(read, columns, decode).to_pandas()
    return frame


def arrow_table(read: Read[Any], columns: list[str] | None, decode: str | None) -> pyarrow.Table:
    """Return a row for each record; with decode="json" a column for each field of the values.

    Raises:
        ImportError: pyarrow is not installed.
        ValueError: there is no such column.
        SerializationError: a value is no JSON.
    """
    try:
        import pyarrow
    except ImportError as error:
        error.add_note("a table with columns= or decode='json' needs pyarrow, other tables do not")
        raise
    table = pyarrow.table(_Stream(read, text=decode == "text"))
    if decode == "json":
        partitions, offsets = table["partition"], table["offset"]
        rows = [
            _parse(value, read, partitions, offsets, i)
            for i, value in enumerate(table["value"].to_pylist())
        ]
        table = table.drop_columns(["value"])
        for name, values in _fields(rows).items():
            if name in table.column_names:
                table = table.drop_columns([name])
            table = table.append_column(name, pyarrow.array(values))
    if columns is None:
        return table
    _check(columns, table.column_names)
    return table.select(columns)


def _without_arrow(
    pandas: Any, read: Read[Any], columns: list[str] | None, decode: str | None
) -> pandas.DataFrame:
    records = [record for batch in read.batches() for record in batch.records()]
    data: dict[str, Any] = {name: [getattr(r, name) for r in records] for name in _COLUMNS}
    data["timestamp"] = pandas.to_datetime(data["timestamp"], unit="ms", utc=True)
    if decode == "text":
        for name in ("key", "value"):
            data[name] = [None if b is None else b.decode(errors="replace") for b in data[name]]
    if decode == "json":
        rows = [record.json() for record in records]
        del data["value"]
        data.update(_fields(rows))
    if columns is not None:
        _check(columns, list(data))
        data = {name: data[name] for name in columns}
    frame: pandas.DataFrame = pandas.DataFrame(data)
    return frame


def _parse(value: bytes | None, read: Read[Any], partitions: Any, offsets: Any, row: int) -> Any:
    if value is None:
        return None
    try:
        return from_json(value)
    except ValueError as error:
        partition, offset = partitions[row].as_py(), offsets[row].as_py()
        raise SerializationError(
            f"{read._topic}[{partition}] @ {offset}: the value {value[:60]!r} is no JSON: {error}",
            topic=read._topic,
            partition=partition,
            offset=offset,
        ) from error


def _fields(rows: list[Any]) -> dict[str, list[Any]]:
    """Return the fields of JSON objects by name; what is no object has none of them."""
    names = dict.fromkeys(name for row in rows if isinstance(row, dict) for name in row)
    return {
        name: [row.get(name) if isinstance(row, dict) else None for row in rows] for name in names
    }


def _check(columns: list[str], known: list[str]) -> None:
    for name in columns:
        if name not in known:
            raise ValueError(f"no column {name!r}; there are {', '.join(known)}")
