"""CSV with lines that may be broken: each fault has its line and column, and reading goes on."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from penstock.cli._errors import CommandError
from penstock.cli._input import Faults, Fields, Outgoing, check_fields, row_record

# A quote that is never closed swallows what follows; beyond this it is taken for that.
RECORD_LINES_MAX = 1_000
_FIELD_BYTES_MAX = 128 << 20


def read_csv(
    stream: BinaryIO, fields: Fields, faults: Faults, *, delimiter: str = ","
) -> Iterator[Outgoing]:
    """Make a record of each row; the first line names the columns. All values are texts.

    Raises:
        CommandError: there is no header, or it is broken.
    """
    csv.field_size_limit(_FIELD_BYTES_MAX)
    lines = _Lines(stream)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    header = _read_header(reader, lines, faults.source, delimiter)
    check_fields(fields, header, faults.source)
    while True:
        lines.begin_record()
        try:
            row = next(reader)
        except StopIteration:
            return
        except (csv.Error, _BadLineError) as error:
            _add_fault(error, lines, faults, delimiter)
            lines.give_back_all_but_first()
            continue
        if not row:
            continue  # an empty line
        if len(row) != len(header):
            column = min(len(row), len(header)) + 1
            names = f"{len(row)} fields, but the header has {len(header)}"
            what = f"no {header[column - 1]!r}" if len(row) < len(header) else "one too many"
            faults.add(lines.first_number, f"field {column}: {what} ({names})")
            lines.give_back_all_but_first()
            continue
        yield from row_record(
            dict(zip(header, row, strict=True)), fields, faults, lines.first_number
        )


def _read_header(
    reader: Iterator[list[str]], lines: _Lines, source: str, delimiter: str
) -> list[str]:
    lines.begin_record()
    try:
        header = next(reader)
    except StopIteration:
        raise CommandError(f"{source}: empty, but the first line has to name the columns") from None
    except (csv.Error, _BadLineError) as error:
        fault = _describe(error, lines, delimiter)
        raise CommandError(f"{source}:1:{fault.column}: {fault.message}") from None
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice or not header:
        named = f"the column {twice[0]!r} is named twice" if twice else "no column is named"
        raise CommandError(f"{source}:1: {named}")
    return header


class _BadLineError(Exception):
    """A line that is no text, or one that a record should not have reached."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True)
class _Fault:
    message: str
    column: int  # in characters, from 1


class _Lines:
    """The lines of a stream as text; remembers those of the record that is being read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = iter(stream)
        self._back: deque[str | bytes] = deque()
        self._taken: list[str | bytes] = []
        self._number = 0

    def begin_record(self) -> None:
        self._taken = []

    @property
    def first_number(self) -> int:
        """The number of the record's first line, from 1."""
        return self._number - len(self._taken) + 1

    @property
    def first(self) -> str:
        """The record's first line."""
        line = self._taken[0]
        return line if isinstance(line, str) else ""

    @property
    def whole(self) -> str:
        """All lines of the record."""
        return "".join(line for line in self._taken if isinstance(line, str))

    def give_back_all_but_first(self) -> None:
        """Read the record's other lines again, as what they would be without the first."""
        self._back.extendleft(reversed(self._taken[1:]))
        self._number -= len(self._taken) - 1
        self._taken = self._taken[:1]

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if len(self._taken) >= RECORD_LINES_MAX:
            raise _BadLineError("a quote is not closed", 0)
        line = self._back.popleft() if self._back else next(self._stream)
        self._number += 1
        if isinstance(line, bytes) and self._number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        self._taken.append(line)
        if isinstance(line, str):
            return line
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            raise _BadLineError(f"no UTF-8: {error.reason}", error.start + 1) from None
        self._taken[-1] = text
        return text


def _add_fault(error: Exception, lines: _Lines, faults: Faults, delimiter: str) -> None:
    fault = _describe(error, lines, delimiter)
    faults.add(lines.first_number, fault.message, column=fault.column)


def _describe(error: Exception, lines: _Lines, delimiter: str) -> _Fault:
    if isinstance(error, _BadLineError) and error.column:
        return _Fault(str(error), error.column)
    found = _find_fault(lines.whole, delimiter)
    if found is not None:
        return found
    return _Fault(str(error), 1)


def _find_fault(text: str, delimiter: str) -> _Fault | None:
    """Find in a record's text what csv complains about without a place."""
    at = 0
    end = len(text.rstrip("\r\n"))
    while at <= end:
        if text[at : at + 1] == '"':
            opening = at
            at = _closing_quote(text, at)
            if at < 0:
                return _Fault("a quote is opened here and not closed", opening + 1)
            at += 1
            if at < end and text[at] != delimiter:
                return _Fault("text behind a closing quote", at + 1)
        else:
            stop = text.find(delimiter, at)
            stop = end if stop < 0 else stop
            lone = text.find("\r", at, stop)
            if lone >= 0:
                return _Fault("a carriage return in the middle of a line", lone + 1)
            at = stop
        at += 1
    return None


def _closing_quote(text: str, opening: int) -> int:
    at = text.find('"', opening + 1)
    while at >= 0 and text[at + 1 : at + 2] == '"':
        at = text.find('"', at + 2)
    return at
