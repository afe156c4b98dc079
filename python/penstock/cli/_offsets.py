"""Where reading begins and ends: --offset, in the language of rpk.

``start``  ``end``  ``47`` (an offset)  ``+10`` (ten after the start)  ``-10`` (ten before the end)
``47:52`` (from, and up to but without)  ``:end`` (from the start up to what is there now)
``@TIME``  ``@TIME:TIME`` (records from a time on, and up to a time)

A TIME is ``2026-01-31``, ``2026-01-31T08:00:00`` (the zone of this machine, unless it ends in Z or
+01:00), ten digits (seconds since 1970), thirteen (milliseconds), or a duration before now: ``1h``.
"""

from __future__ import annotations

import datetime
import enum
import re
import time
from dataclasses import dataclass

from penstock.cli._errors import UsageError
from penstock.cli._units import parse_duration

_HELP = "write start, end, 47, +10, -10, 47:52, :end, @1h or @2026-01-31T08:00:00"
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}(:\d{2}(:\d{2}(\.\d+)?)?)?)?(Z|[+-]\d{2}:?\d{2})?")


class Kind(enum.Enum):
    """What a position counts from."""

    START = "start"  # the first offset that is there
    END = "end"  # behind the last record
    OFFSET = "offset"  # 0
    TIME = "time"  # milliseconds since 1970


@dataclass(frozen=True)
class Position:
    """A place in a partition: a kind, and a number of records or milliseconds."""

    kind: Kind
    number: int = 0


@dataclass(frozen=True)
class Span:
    """From a position, and up to one, which is not included; without an end it goes on."""

    begin: Position
    end: Position | None = None


FROM_START = Span(Position(Kind.START))


def parse_span(text: str, *, now_ms: int | None = None) -> Span:
    """Read what --offset was given.

    Raises:
        UsageError: it is none of the forms.
    """
    now = int(time.time() * 1000) if now_ms is None else now_ms
    stripped = text.strip()
    if stripped.startswith("@"):
        return _time_span(stripped[1:], text, now)
    begin, colon, end = stripped.partition(":")
    if not colon:
        return Span(_position(begin, text))
    last = _position(end, text) if end else None
    span = Span(_position(begin, text) if begin else Position(Kind.START), last)
    _check_order(span, text)
    return span


def _position(text: str, whole: str) -> Position:
    word = text.strip().lower()
    if word in ("start", "beginning", "earliest", "oldest"):
        return Position(Kind.START)
    if word in ("end", "latest", "newest"):
        return Position(Kind.END)
    match = re.fullmatch(r"([+-]?)(\d{1,19})", word)
    if match is None:
        raise UsageError(f"{whole!r} is no offset: {_HELP}")
    number = int(match.group(2))
    if number >= 1 << 63:
        raise UsageError(f"{whole!r} is no offset: they end at 2^63 - 1")
    if match.group(1) == "+":
        return Position(Kind.START, number)
    return Position(Kind.END, -number) if match.group(1) == "-" else Position(Kind.OFFSET, number)


def _time_span(text: str, whole: str, now_ms: int) -> Span:
    begin, end = _split_times(text)
    if not begin and not end:
        raise UsageError(f"{whole!r} names no time: {_HELP}")
    first = Position(Kind.TIME, parse_time(begin, now_ms=now_ms)) if begin else Position(Kind.START)
    last = Position(Kind.TIME, parse_time(end, now_ms=now_ms)) if end else None
    span = Span(first, last)
    _check_order(span, whole)
    return span


def _split_times(text: str) -> tuple[str, str]:
    """Split at the colon between two times; times of day and zones have colons, too."""
    match = _ISO.match(text)
    if match is not None and match.end() < len(text) and text[match.end()] == ":":
        return text[: match.end()], text[match.end() + 1 :]
    if match is not None and match.end() == len(text):
        return text, ""
    begin, _, end = text.partition(":")
    return begin, end


def parse_time(text: str, *, now_ms: int) -> int:
    """Read a time as milliseconds since 1970.

    Raises:
        UsageError: it is none.
    """
    stripped = text.strip()
    if stripped == "now":
        return now_ms
    if re.fullmatch(r"\d{13}", stripped):
        return int(stripped)
    if re.fullmatch(r"\d{9,10}", stripped):
        return int(stripped) * 1000
    if _ISO.fullmatch(stripped):
        return _iso_milliseconds(stripped)
    # A bare number is no duration here: it is too near to an offset, and to a time in seconds.
    if re.fullmatch(r"-?[0-9.]*\d(ms|s|m|h|d|w)[0-9a-z.]*", stripped):
        return now_ms - round(parse_duration(stripped.removeprefix("-")) * 1000)
    raise UsageError(f"{text!r} is no time: write 1h, 2026-01-31, 2026-01-31T08:00:00Z or now")


def _iso_milliseconds(text: str) -> int:
    try:
        moment = datetime.datetime.fromisoformat(text)
        return round(moment.timestamp() * 1000)  # without a zone: the one of this machine
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"{text!r} is no time: {error}") from None


def _check_order(span: Span, text: str) -> None:
    end = span.end
    if end is not None and end.kind == span.begin.kind and end.number < span.begin.number:
        raise UsageError(f"{text!r} ends before it begins")
