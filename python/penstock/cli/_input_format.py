"""Record formats for reading: produce -f, in the language of rpk.

``%v\\n``  ``%k\\t%v\\n``  ``%p %k:%v{hex}\\n``: a field ends where the text behind it begins.
%k key   %v value (%s, too)   %p partition   %d timestamp; {hex} and {base64} decode a text.
``%K{4}%V{big32}%k%v``: lengths come first, in that many digits or in bytes; -1 is null.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from penstock.cli._errors import UsageError
from penstock.cli._format import read_literal
from penstock.cli._input import LINE_BYTES_MAX, Faults, Outgoing

_VERB = re.compile(r"%([A-Za-z])(?:\{([^{}]*)\})?")
_ALIASES = {"s": "v", "S": "V"}
_FIELDS = "kvpdKV"
_SIZES = {
    f"{order}{bits}": struct.Struct(sign + code)
    for order, sign in (("big", ">"), ("little", "<"))
    for bits, code in (("8", "b"), ("16", "h"), ("32", "i"), ("64", "q"))
}


@dataclass(frozen=True)
class _Field:
    name: str
    modifier: str
    until: bytes  # the text behind it


def read_format(stream: BinaryIO, text: str, faults: Faults) -> Iterator[Outgoing]:
    """Make records of a stream as the format says.

    A record that does not fit is passed over where each stands on a line of its own; elsewhere
    nobody knows where the next one begins.

    Raises:
        UsageError: the format is wrong.
        CommandError: the stream does not fit.
    """
    begin, fields = parse_input_format(text)
    if _is_by_line(begin, fields):
        for number, line in enumerate(stream, 1):
            source = _Source(None, line)
            record = _read_record(source, begin, fields, faults, number)
            if record is not None:
                yield record
        return
    source = _Source(stream)
    number = 0
    while not source.is_at_end():
        number += 1
        strict = Faults(f"{faults.source}: record", skip=False, say=lambda _: None)
        record = _read_record(source, begin, fields, strict, number)
        if record is not None:
            yield record


def parse_input_format(text: str) -> tuple[bytes, list[_Field]]:
    """Split a format into the text in front and its fields.

    Raises:
        UsageError: it is wrong; the message says where.
    """
    begin = b""
    fields: list[_Field] = []
    literal = bytearray()
    at = 0
    while at < len(text):
        match = _VERB.match(text, at)
        if match is None:
            if text[at] == "%" and text[at + 1 : at + 2] != "%":
                raise UsageError(f"format: position {at + 1}: there are %k %v %p %d %K %V %%")
            data, width = read_literal(text, at)
            literal += data
            at += width
            continue
        if fields:
            fields[-1] = _Field(fields[-1].name, fields[-1].modifier, bytes(literal))
        else:
            begin = bytes(literal)
        literal.clear()
        name = _ALIASES.get(match.group(1), match.group(1))
        fields.append(_checked_field(name, match.group(2) or "", at))
        at = match.end()
    if not fields:
        raise UsageError(f"format {text!r} has no field: there are %k %v %p %d %K %V")
    fields[-1] = _Field(fields[-1].name, fields[-1].modifier, bytes(literal))
    _check_fields(fields)
    return begin, fields


def _checked_field(name: str, modifier: str, at: int) -> _Field:
    if name not in _FIELDS:
        raise UsageError(f"format: %{name} at position {at + 1}: there are %k %v %p %d %K %V %%")
    if name in "kv":
        known = modifier in ("", "hex", "base64")
    elif name in "KV":
        known = modifier in _SIZES or re.fullmatch(r"[1-9]\d?", modifier) is not None
    else:
        known = modifier in ("", "ascii")
    if not known:
        raise UsageError(f"format: %{name}{{{modifier}}} at position {at + 1} is no form of it")
    return _Field(name, modifier, b"")


def _check_fields(fields: list[_Field]) -> None:
    names = [field.name for field in fields]
    if len(set(names)) < len(names):
        raise UsageError("format: a field is named twice")
    if "k" not in names and "v" not in names:
        raise UsageError("format: there is neither %k nor %v")
    for index, field in enumerate(fields):
        has_length = field.name.upper() in names[:index]
        if field.name not in "KV" and not has_length and not field.until:
            raise UsageError(f"format: nothing says where %{field.name} ends; put a text behind it")


def _is_by_line(begin: bytes, fields: list[_Field]) -> bool:
    """Whether a record is a line: its only line feed is the last character of the format."""
    text = begin + b"".join(field.until for field in fields)
    lengths = any(field.name in "KV" for field in fields)
    return not lengths and text.endswith(b"\n") and text.count(b"\n") == 1


def _read_record(
    source: _Source, begin: bytes, fields: list[_Field], faults: Faults, number: int
) -> Outgoing | None:
    """Read one record; what does not fit is told with the column or byte where it stands."""
    try:
        source.expect(begin)
        found: dict[str, bytes | int | None] = {}
        for field in fields:
            found[field.name] = _read_field(source, field, found, is_last=field is fields[-1])
    except _MisfitError as error:
        faults.add(number, str(error), column=source.position + 1)
        return None
    key, value = found.get("k"), found.get("v")
    partition, timestamp = found.get("p"), found.get("d")
    return Outgoing(
        value=value if isinstance(value, bytes) else None,
        key=key if isinstance(key, bytes) else None,
        partition=partition if isinstance(partition, int) else None,
        timestamp=timestamp if isinstance(timestamp, int) else None,
    )


class _MisfitError(Exception):
    """The stream is not as the format says."""


def _read_field(
    source: _Source, field: _Field, found: dict[str, bytes | int | None], *, is_last: bool
) -> bytes | int | None:
    name = field.name
    if name in "KV":
        length = _read_length(source, field)
        source.expect(field.until)
        return length
    announced = found.get(name.upper())
    data: bytes | None
    if isinstance(announced, int):
        data = None if announced == -1 else source.take(announced)
        source.expect(field.until)
    else:
        data = source.until(field.until, name, or_end=is_last)
    if name in "pd":
        return _number(data or b"", name)
    return None if data is None else _decode(data, field)


def _read_length(source: _Source, field: _Field) -> int:
    layout = _SIZES.get(field.modifier)
    if layout is not None:
        length = int(layout.unpack(source.take(layout.size))[0])
    else:
        length = _number(source.take(int(field.modifier)).strip(), field.name)
    if not -1 <= length <= LINE_BYTES_MAX:
        raise _MisfitError(f"%{field.name}: a length of {length}")
    return length


def _number(data: bytes, name: str) -> int:
    if re.fullmatch(rb"-?\d{1,18}", data) is None:
        raise _MisfitError(f"%{name}: {data[:20]!r} is no number")
    return int(data)


def _decode(data: bytes, field: _Field) -> bytes:
    try:
        if field.modifier == "hex":
            return bytes.fromhex(data.decode("ascii"))
        return base64.b64decode(data, validate=True) if field.modifier == "base64" else data
    except (binascii.Error, ValueError):
        raise _MisfitError(f"%{field.name}: {data[:20]!r} is no {field.modifier}") from None


class _Source:
    """Bytes that are read up to a text, or so many of them."""

    CHUNK_BYTES = 1 << 16

    def __init__(self, stream: BinaryIO | None, data: bytes = b"") -> None:
        # A terminal or a pipe gives what is there, and does not wait for a whole chunk.
        self._read = None if stream is None else getattr(stream, "read1", stream.read)
        self._data = data
        self._at = 0
        self._before = 0

    @property
    def position(self) -> int:
        """How many bytes are read."""
        return self._before + self._at

    def is_at_end(self) -> bool:
        return self._at == len(self._data) and not self._more()

    def take(self, count: int) -> bytes:
        while len(self._data) - self._at < count:
            if not self._more():
                left = len(self._data) - self._at
                raise _MisfitError(f"it ends {count - left} bytes early")
        self._at += count
        return self._data[self._at - count : self._at]

    def expect(self, text: bytes) -> None:
        start = self._at
        if text and self.take(len(text)) != text:
            self._at = start
            raise _MisfitError(f"{text!r} is expected here")

    def until(self, text: bytes, name: str, *, or_end: bool) -> bytes:
        """Read up to a text and over it; the last field of the last record may do without it."""
        searched = self._at
        while True:
            found = self._data.find(text, searched)
            if found >= 0:
                data = self._data[self._at : found]
                self._at = found + len(text)
                return data
            kept = len(self._data) - self._at
            if kept > LINE_BYTES_MAX:
                raise _MisfitError(f"no {text!r} behind %{name} in {LINE_BYTES_MAX} bytes")
            if not self._more():
                if or_end:
                    return self.take(kept)
                raise _MisfitError(f"there is no {text!r} behind %{name}")
            searched = max(kept - len(text) + 1, 0)

    def _more(self) -> bool:
        """Read on; what is read already is forgotten."""
        chunk = b"" if self._read is None else self._read(self.CHUNK_BYTES)
        if not chunk:
            return False
        self._data = self._data[self._at :] + chunk
        self._before += self._at
        self._at = 0
        return True
