"""Record formats for printing: -f, in the language of rpk, with kcat's %s and %S.

%t topic   %p partition   %o offset   %d timestamp   %k key   %v value (%s, too)   %e leader epoch
%T %K %V (%S, too) lengths in bytes; of null -1   %H number of headers   %i records printed so far
%h{...} the part in braces once per header, %k and %v in it are the header's   %% a percent sign
%k{hex} %v{base64}   %d{strftime[%F %T]}   %p{hex8} %o{big64} %K{little32}: numbers in bytes
Escapes: \\n \\t \\r \\0 \\\\ \\xFF. A record is printed as the format says, and nothing behind it.
"""

from __future__ import annotations

import base64
import datetime
import string
import struct
from collections.abc import Callable, Sequence
from typing import Protocol

from penstock.cli._errors import UsageError


class FormattedRecord(Protocol):
    """What a format can show of a record; timestamps are milliseconds since 1970."""

    @property
    def topic(self) -> str:
        """Its topic."""

    @property
    def partition(self) -> int:
        """Its partition."""

    @property
    def offset(self) -> int:
        """Its offset."""

    @property
    def timestamp(self) -> int:
        """Its timestamp."""

    @property
    def key(self) -> bytes | None:
        """Its key."""

    @property
    def value(self) -> bytes | None:
        """Its value."""

    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]:
        """Its headers."""


Piece = Callable[[FormattedRecord, int], bytes]
_ESCAPES = {"n": b"\n", "t": b"\t", "r": b"\r", "0": b"\0", "\\": b"\\", "a": b"\a", "v": b"\v"}
_TEXTS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "hex": lambda data: data.hex().encode(),
    "base64": base64.b64encode,
}
_ENDIAN = {"big": ">", "little": "<"}
_STRUCT = {"8": "B", "16": "H", "32": "I", "64": "Q"}


def compile_format(text: str) -> Callable[[FormattedRecord, int], bytes]:
    """Return a function of a record and its number (from 1) that gives the bytes to print.

    Raises:
        UsageError: the format is wrong; the message says where.
    """
    pieces = _Parser(text, _RECORD).pieces()
    if len(pieces) == 1:
        return pieces[0]

    def join(record: FormattedRecord, number: int) -> bytes:
        return b"".join([piece(record, number) for piece in pieces])

    return join


def _text(get: Callable[[FormattedRecord], bytes | None], modifier: str) -> Piece:
    convert = _TEXTS.get(modifier)
    if convert is None:
        raise UsageError(f"{{{modifier}}} is no form of a text: there are hex and base64")
    return lambda record, _: convert(get(record) or b"")


def _number(get: Callable[[FormattedRecord, int], int], modifier: str) -> Piece:
    if modifier in ("", "ascii"):
        return lambda record, number: b"%d" % get(record, number)
    for prefix, sign in _ENDIAN.items():
        if modifier.startswith(prefix) and modifier[len(prefix) :] in _STRUCT:
            code = struct.Struct(sign + _STRUCT[modifier[len(prefix) :]])
            mask = (1 << code.size * 8) - 1
            return lambda record, number: code.pack(get(record, number) & mask)
    if modifier.startswith("hex") and modifier[3:] in _STRUCT:
        digits = int(modifier[3:]) // 4
        bits = (1 << digits * 4) - 1
        return lambda record, number: b"%0*x" % (digits, get(record, number) & bits)
    raise UsageError(f"{{{modifier}}} is no form of a number: hex32, big32, little64")


def _time(modifier: str) -> Piece:
    if not modifier.startswith("strftime[") or not modifier.endswith("]"):
        return _number(lambda record, _: record.timestamp, modifier)
    pattern = modifier.removeprefix("strftime[")[:-1]

    def show(record: FormattedRecord, _: int) -> bytes:
        moment = datetime.datetime.fromtimestamp(record.timestamp / 1000).astimezone()
        return moment.strftime(pattern).encode()

    return show


def _length(data: bytes | None) -> int:
    return -1 if data is None else len(data)


def _headers(modifier: str) -> Piece:
    inner = _Parser(modifier, _HEADER).pieces()

    def show(record: FormattedRecord, number: int) -> bytes:
        shown = (_Header(record, name, value) for name, value in record.headers)
        return b"".join([piece(header, number) for header in shown for piece in inner])

    return show


class _Header:
    """A header in the clothes of a record: its name is the key."""

    def __init__(self, record: FormattedRecord, name: str, value: bytes | None) -> None:
        self.topic, self.partition, self.offset = record.topic, record.partition, record.offset
        self.timestamp = record.timestamp
        self.key: bytes | None = name.encode()
        self.value = value
        self.headers: Sequence[tuple[str, bytes | None]] = ()


def _leader_epoch(record: FormattedRecord, _: int) -> int:
    return int(getattr(record, "leader_epoch", -1))


_HEADER: dict[str, Callable[[str], Piece]] = {
    "k": lambda modifier: _text(lambda record: record.key, modifier),
    "v": lambda modifier: _text(lambda record: record.value, modifier),
    "s": lambda modifier: _text(lambda record: record.value, modifier),
    "K": lambda modifier: _number(lambda record, _: _length(record.key), modifier),
    "V": lambda modifier: _number(lambda record, _: _length(record.value), modifier),
    "S": lambda modifier: _number(lambda record, _: _length(record.value), modifier),
}
_RECORD: dict[str, Callable[[str], Piece]] = {
    **_HEADER,
    "t": lambda modifier: _text(lambda record: record.topic.encode(), modifier),
    "T": lambda modifier: _number(lambda record, _: len(record.topic.encode()), modifier),
    "p": lambda modifier: _number(lambda record, _: record.partition, modifier),
    "o": lambda modifier: _number(lambda record, _: record.offset, modifier),
    "e": lambda modifier: _number(_leader_epoch, modifier),
    "d": _time,
    "H": lambda modifier: _number(lambda record, _: len(record.headers), modifier),
    "h": _headers,
    "i": lambda modifier: _number(lambda _, number: number, modifier),
}


class _Parser:
    """Reads a format from left to right."""

    def __init__(self, text: str, verbs: dict[str, Callable[[str], Piece]]) -> None:
        self._text = text
        self._verbs = verbs
        self._at = 0

    def pieces(self) -> list[Piece]:
        """Return what to print, piece by piece."""
        pieces: list[Piece] = []
        literal = bytearray()
        while self._at < len(self._text):
            character = self._text[self._at]
            if character == "%" and self._text[self._at + 1 : self._at + 2] != "%":
                if literal:
                    pieces.append(_constant(bytes(literal)))
                    literal.clear()
                pieces.append(self._verb())
            else:
                data, width = read_literal(self._text, self._at)
                literal += data
                self._at += width
        if literal or not pieces:
            pieces.append(_constant(bytes(literal)))
        return pieces

    def _verb(self) -> Piece:
        name = self._text[self._at + 1 : self._at + 2]
        make = self._verbs.get(name)
        if make is None:
            known = " ".join("%" + verb for verb in self._verbs)
            raise UsageError(f"format: %{name} at position {self._at + 1}: there are {known} %%")
        self._at += 2
        if self._text[self._at : self._at + 1] != "{":
            return make("")
        end = self._closing_brace()
        modifier = self._text[self._at + 1 : end]
        self._at = end + 1
        return make(modifier)

    def _closing_brace(self) -> int:
        depth = 0
        for index in range(self._at, len(self._text)):
            depth += {"{": 1, "}": -1}.get(self._text[index], 0)
            if depth == 0:
                return index
        raise UsageError(f"format: the brace at position {self._at + 1} is not closed")


def read_literal(text: str, at: int) -> tuple[bytes, int]:
    """Return the bytes of a character, an escape or %% at a place, and how long it is there.

    Raises:
        UsageError: there is no such escape.
    """
    if text[at] == "%":
        return b"%", 2
    if text[at] != "\\":
        return text[at].encode(), 1
    code = text[at + 1 : at + 2]
    if code == "x":
        digits = text[at + 2 : at + 4]
        if len(digits) == 2 and all(digit in string.hexdigits for digit in digits):
            return bytes([int(digits, 16)]), 4
    elif code in _ESCAPES:
        return _ESCAPES[code], 2
    raise UsageError(f"format: \\{code} at position {at + 1} is no escape")


def _constant(data: bytes) -> Piece:
    return lambda _record, _number: data
