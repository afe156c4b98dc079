"""What records are made from: lines, JSON lines, CSV, Parquet, and what consume has printed.

Every reader is a generator of `Outgoing`. What it cannot read goes to a `Faults` with its place,
which stops or counts; the reader goes on behind it.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from penstock.cli._errors import CommandError, UsageError, one_line

Headers = list[tuple[str, bytes | None]]
LINE_BYTES_MAX = 128 << 20

FORMATS = ("lines", "jsonl", "records", "csv", "tsv", "parquet")
_EXTENSIONS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".txt": "lines",
    ".log": "lines",
}


@dataclass(slots=True)
class Outgoing:
    """A record that is to be sent."""

    value: bytes | None
    key: bytes | None = None
    headers: Headers = field(default_factory=list)
    timestamp: int | None = None
    partition: int | None = None


@dataclass(frozen=True)
class Fields:
    """Which fields of a row become the key and, instead of the whole row, the value."""

    key: str | None = None
    value: str | None = None


class Faults:
    """Counts what cannot be read and says where; the first one ends all, unless told not to."""

    SHOWN_MAX = 20

    def __init__(self, source: str, *, skip: bool, say: Callable[[str], None]) -> None:
        self.source = source
        self.count = 0
        self._skip = skip
        self._say = say

    def add(self, line: int, message: str, *, column: int | None = None) -> None:
        """Note a fault; a line and a column count from 1.

        Raises:
            CommandError: it is not to be passed over.
        """
        place = f"{self.source}:{line}" + (f":{column}" if column is not None else "")
        text = one_line(f"{place}: {message}")
        self.count += 1
        if not self._skip:
            raise CommandError(text, hint="--on-error skip goes on behind it")
        if self.count <= self.SHOWN_MAX:
            self._say(text)
        if self.count == self.SHOWN_MAX:
            self._say("more such lines are counted only")


def format_of(path: str) -> str:
    """Guess the format of a file from its name.

    Raises:
        UsageError: the name does not tell.
    """
    extension = os.path.splitext(path)[1].lower()
    form = _EXTENSIONS.get(extension)
    if form is None:
        raise UsageError(
            f"{path}: the name does not tell the format", hint=f"--from {'|'.join(FORMATS)}"
        )
    return form


def read_lines(stream: BinaryIO) -> Iterator[Outgoing]:
    """Make a record of each line, without its line feed."""
    for line in stream:
        yield Outgoing(line[:-1] if line.endswith(b"\n") else line)


def read_jsonl(stream: BinaryIO, fields: Fields, faults: Faults) -> Iterator[Outgoing]:
    """Make a record of each line of JSON; its value is the line, byte for byte."""
    for number, line in enumerate(stream, 1):
        stripped = line.strip()
        if not stripped:
            continue
        parsed = _parse_json(stripped, number, faults)
        if parsed is None:
            continue
        (value,) = parsed
        if fields.key is None and fields.value is None:
            yield Outgoing(stripped)
            continue
        wanted = [name for name in (fields.key, fields.value) if name is not None]
        if not isinstance(value, dict):
            faults.add(number, f"no object, so it has no field {wanted[0]!r}")
            continue
        missing = [name for name in wanted if name not in value]
        if missing:
            faults.add(number, f"there is no field {missing[0]!r}")
            continue
        yield from row_record(value, fields, faults, number, whole=stripped)


def read_records(stream: BinaryIO, faults: Faults) -> Iterator[Outgoing]:
    """Make records of the lines that `penstock consume -o jsonl` prints.

    Topic and offset are left out; the partition is kept only by those who ask for it.
    """
    for number, line in enumerate(stream, 1):
        stripped = line.strip()
        parsed = _parse_json(stripped, number, faults) if stripped else None
        if parsed is None:
            continue
        (row,) = parsed
        if not isinstance(row, dict) or "value" not in row:
            faults.add(number, "no record as consume -o jsonl prints it: there is no field 'value'")
            continue
        try:
            yield _record_of(row)
        except ValueError as error:
            faults.add(number, str(error))


def _record_of(row: Mapping[str, object]) -> Outgoing:
    headers = [] if row.get("headers") is None else row["headers"]
    if not isinstance(headers, list):
        raise ValueError("headers is no list")
    timestamp, partition = row.get("timestamp"), row.get("partition")
    if not isinstance(timestamp, int | None) or not isinstance(partition, int | None):
        raise ValueError("timestamp and partition have to be whole numbers")
    return Outgoing(
        value=_bytes_of(row, "value"),
        key=_bytes_of(row, "key"),
        headers=[_header_of(header) for header in headers],
        timestamp=timestamp,
        partition=partition,
    )


def _header_of(header: object) -> tuple[str, bytes | None]:
    if not isinstance(header, dict) or not isinstance(header.get("key"), str):
        raise ValueError("a header has to be an object with 'key' and 'value'")
    return str(header["key"]), _bytes_of(header, "value")


def _bytes_of(row: Mapping[str, object], name: str) -> bytes | None:
    value = row.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text")
    if row.get(f"{name}_encoding") != "base64":
        return value.encode()
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError(f"{name} is no base64: {error}") from None


def _parse_json(text: bytes, line: int, faults: Faults) -> tuple[object] | None:
    try:
        return (json.loads(text),)
    except json.JSONDecodeError as error:
        faults.add(line, error.msg, column=error.colno)
    except UnicodeDecodeError as error:
        faults.add(line, f"no UTF-8: {error.reason}", column=error.start + 1)
    except RecursionError:
        faults.add(line, "nested too deeply")
    return None


def row_record(
    row: Mapping[str, object],
    fields: Fields,
    faults: Faults,
    line: int,
    *,
    whole: bytes | None = None,
) -> Iterator[Outgoing]:
    """Make a record of a row: its value is the row as JSON, or one of its fields.

    ``whole`` is the row as it was written, if it was JSON. What is no JSON is a fault of ``line``.
    """
    try:
        key = None if fields.key is None else _field_bytes(row[fields.key])
        if fields.value is not None:
            yield Outgoing(_field_bytes(row[fields.value]), key)
        else:
            yield Outgoing(to_json_bytes(row) if whole is None else whole, key)
    except ValueError as error:
        faults.add(line, str(error))


def _field_bytes(value: object) -> bytes | None:
    """Return a field alone: texts and bytes as they are, null as null, the rest as JSON."""
    if value is None or isinstance(value, bytes):
        return value
    return value.encode() if isinstance(value, str) else to_json_bytes(value)


def to_json_bytes(value: object) -> bytes:
    """Return compact JSON.

    Raises:
        ValueError: it holds what JSON cannot, as NaN.
    """
    text = json.dumps(
        value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_plain
    )
    return text.encode()


def _plain(value: object) -> object:
    """Return what JSON has no form of: times in ISO 8601, bytes in base64, decimals as texts."""
    import datetime
    import decimal
    import uuid

    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, (decimal.Decimal, uuid.UUID)):
        return str(value)
    raise ValueError(f"a {type(value).__name__} has no form in JSON")


def read_parquet(path: str, fields: Fields, faults: Faults) -> Iterator[Outgoing]:
    """Make a record of each row of a Parquet file.

    Raises:
        CommandError: pyarrow is not installed, or the file is none.
    """
    parquet = import_parquet("reading Parquet")
    try:
        file = parquet.ParquetFile(path)
        names = list(file.schema_arrow.names)
        check_fields(fields, names, path)
        number = 0
        for batch in file.iter_batches(batch_size=10_000):
            for row in batch.to_pylist():
                number += 1
                yield from row_record(row, fields, faults, number)
    except OSError:
        raise
    except Exception as error:  # ArrowInvalid and its relatives, whose module is not imported here
        if not type(error).__module__.startswith("pyarrow"):
            raise
        raise CommandError(f"{path}: {one_line(str(error))}") from error


def import_parquet(what: str) -> Any:
    """Import pyarrow.parquet, which is not one of the package's dependencies.

    Raises:
        CommandError: it is not installed.
    """
    try:
        import pyarrow.parquet
    except ImportError:
        raise CommandError(f"{what} needs pyarrow", hint="pip install pyarrow") from None
    return pyarrow.parquet


def check_fields(fields: Fields, names: list[str], source: str) -> None:
    """Check that the fields that are asked for are there.

    Raises:
        UsageError: one is not.
    """
    for option, name in (("--key-field", fields.key), ("--value-field", fields.value)):
        if name is not None and name not in names:
            raise UsageError(f"{option} {name}: {source} has {', '.join(names)}")
