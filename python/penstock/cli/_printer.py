"""Prints records as they come: for people a line each, for programs JSON, CSV or a format."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from typing import BinaryIO, Protocol

from penstock.cli._format import FormattedRecord, compile_format
from penstock.cli._output import to_json, yaml_lines
from penstock.cli._record_json import record_fields
from penstock.cli._shape import Column, Shape
from penstock.cli._units import show_time

FORMATS = ("table", "wide", "json", "jsonl", "yaml", "csv", "value", "help")
RECORD = Shape(
    "Records",
    (
        Column("topic", "string", "The topic."),
        Column("partition", "integer", "The partition."),
        Column("offset", "integer", "The offset."),
        Column("timestamp", "integer", "Milliseconds since 1970."),
        Column("key", "string", "The key as text, or in base64.", nullable=True),
        Column("key_encoding", "string", "base64 where the key is no text.", nullable=True),
        Column("value", "string", "The value as text, or in base64.", nullable=True),
        Column("value_encoding", "string", "base64 where the value is no text.", nullable=True),
        Column("headers", "array", "The headers.", columns=(
            Column("key", "string", "The name."),
            Column("value", "string", "The value as text, or in base64.", nullable=True),
            Column("value_encoding", "string", "base64 where it is no text.", nullable=True),
        )),
    ),
    name="value",
)  # fmt: skip


class Printer(Protocol):
    """Turns records into bytes, one after the other."""

    def begin(self) -> bytes:
        """Return what stands before the first record."""

    def record(self, record: FormattedRecord, number: int) -> bytes:
        """Return a record; the first one has the number 1."""

    def end(self, count: int) -> bytes:
        """Return what stands behind the last of so many records."""


def make_printer(form: str, format_: str | None, *, columns: int | None, color: bool) -> Printer:
    """Return the printer for -o and -f; ``columns`` is the width of a terminal.

    Raises:
        UsageError: the format is wrong.
    """
    if format_ is not None:
        return _Simple(compile_format(format_))
    if form in ("table", "wide"):
        return _Table(columns if form == "table" else None, color=color)
    if form == "json":
        return _JsonArray()
    if form == "csv":
        return _Csv()
    if form == "yaml":
        return _Simple(_yaml)
    return _Simple(_value if form == "value" else _jsonl)


def terminal_columns() -> int:
    """Return the width of the terminal."""
    return shutil.get_terminal_size((100, 24)).columns


def row_of(record: FormattedRecord) -> dict[str, object]:
    """Return a record as it is in JSON."""
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": record.timestamp,
        **record_fields(record.key, record.value, record.headers),
    }


class _Simple:
    """Records that stand alone."""

    def __init__(self, show: Callable[[FormattedRecord, int], bytes]) -> None:
        self.record = show

    def begin(self) -> bytes:
        return b""

    def end(self, count: int) -> bytes:
        del count
        return b""


def _jsonl(record: FormattedRecord, _: int) -> bytes:
    return f"{to_json(row_of(record))}\n".encode()


def _yaml(record: FormattedRecord, _: int) -> bytes:
    return "".join(f"{line}\n" for line in yaml_lines([row_of(record)])).encode()


def _value(record: FormattedRecord, _: int) -> bytes:
    return (record.value or b"") + b"\n"


class _JsonArray:
    """One array of all records."""

    def begin(self) -> bytes:
        return b"["

    def record(self, record: FormattedRecord, number: int) -> bytes:
        return (b",\n" if number > 1 else b"\n") + to_json(row_of(record)).encode()

    def end(self, count: int) -> bytes:
        return b"\n]\n" if count else b"]\n"


class _Csv:
    """A header and a row each."""

    def begin(self) -> bytes:
        return _csv_line([column.name for column in RECORD.columns])

    def record(self, record: FormattedRecord, _: int) -> bytes:
        row = row_of(record)
        headers = row.pop("headers")
        values = ["" if value is None else value for value in row.values()]
        return _csv_line([*values, json.dumps(headers, ensure_ascii=False)])

    def end(self, count: int) -> bytes:
        del count
        return b""


def _csv_line(values: list[object]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue().encode()


class _Table:
    """A line for each record, cut where the terminal ends."""

    _WIDTHS = (9, 10, 23, 16)

    def __init__(self, columns: int | None, *, color: bool) -> None:
        self._columns = columns
        self._color = color

    def begin(self) -> bytes:
        heads = ("PARTITION", "OFFSET", "TIME", "KEY", "VALUE")
        line = self._line(*heads)
        return (f"\x1b[1m{line}\x1b[0m\n" if self._color else f"{line}\n").encode()

    def record(self, record: FormattedRecord, _: int) -> bytes:
        value = _cell(record.value)
        if self._columns is None and record.headers:
            value += "  " + " ".join(f"{name}={_cell(data)}" for name, data in record.headers)
        place = (str(record.partition), str(record.offset), show_time(record.timestamp))
        return (self._line(*place, _cell(record.key), value) + "\n").encode()

    def end(self, count: int) -> bytes:
        del count
        return b""

    def _line(self, partition: str, offset: str, time: str, key: str, value: str) -> str:
        first, second, third, fourth = self._WIDTHS
        if self._columns is not None and len(key) > fourth:
            key = key[: fourth - 1] + "…"
        head = f"{partition:>{first}}  {offset:>{second}}  {time:<{third}}  {key:<{fourth}}  "
        line = (head + value).rstrip()
        if self._columns is not None and len(line) > self._columns:
            line = line[: max(self._columns - 1, 1)] + "…"
        return line


def _cell(data: bytes | None) -> str:
    """Show bytes on a terminal, and nothing that could move its cursor."""
    if data is None:
        return "-"
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return f"0x{data.hex()}"
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def write_all(file: BinaryIO, data: bytes) -> None:
    """Write and hand over, so that whoever reads a pipe sees it now."""
    if data:
        file.write(data)
        file.flush()
