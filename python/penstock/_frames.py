"""Reads as tables of other libraries: pandas, with pyarrow or without, and pyarrow itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas
    import pyarrow

    from penstock._read import Read

_COLUMNS = ("partition", "offset", "timestamp", "key", "value", "headers")


def data_frame(read: Read[Any], columns: list[str] | None, decode: str | None) -> pandas.DataFrame:
    """Return a row for each record; with decode="json" a column for each field of the values."""
    import pandas

    data = _columns(read, columns, decode)
    if "timestamp" in data:
        data["timestamp"] = pandas.to_datetime(data["timestamp"], unit="ms", utc=True)
    return pandas.DataFrame(data)


def arrow_table(read: Read[Any], columns: list[str] | None, decode: str | None) -> pyarrow.Table:
    """Return a row for each record; with decode="json" a column for each field of the values.

    Raises:
        ImportError: pyarrow is not installed.
    """
    try:
        import pyarrow
    except ImportError as error:
        error.add_note(
            "a table with columns= or decode='json' needs pyarrow; without them it does not"
        )
        raise
    data = _columns(read, columns, decode)
    if "timestamp" in data:
        data["timestamp"] = pyarrow.array(data["timestamp"], pyarrow.timestamp("ms", tz="UTC"))
    return pyarrow.table(data)


def _columns(read: Read[Any], columns: list[str] | None, decode: str | None) -> dict[str, Any]:
    """Return the columns by name, in their order.

    Raises:
        ValueError: there is no such column.
    """
    records = [record for batch in read.batches() for record in batch.records()]
    data: dict[str, Any] = {
        name: [getattr(record, name) for record in records]
        for name in _COLUMNS
        if decode is None or name != "value"
    }
    if decode == "text":
        data["value"] = [None if r.value is None else r.text() for r in records]
    if decode == "json":
        parsed = [record.json() for record in records]
        fields = dict.fromkeys(name for row in parsed if isinstance(row, dict) for name in row)
        for field in fields:
            data[field] = [row.get(field) if isinstance(row, dict) else None for row in parsed]
    if columns is None:
        return data
    missing = [name for name in columns if name not in data]
    if missing:
        raise ValueError(f"no column {missing[0]!r}; there are {', '.join(data)}")
    return {name: data[name] for name in columns}
