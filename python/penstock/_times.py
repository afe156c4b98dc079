"""Where a read begins and ends: an offset, a time, "-1h", "now", "earliest", "latest"."""

from __future__ import annotations

import operator
import time
from typing import NamedTuple

from penstock import _units

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date, datetime, timedelta
    from typing import TypeAlias

    # What people may say. A datetime without a zone is local time; a timedelta is that long ago.
    When: TypeAlias = int | str | datetime | date | timedelta

EARLIEST = "earliest"
LATEST = "latest"
_WORDS = {
    "earliest": EARLIEST,
    "beginning": EARLIEST,
    "start": EARLIEST,
    "smallest": EARLIEST,
    "latest": LATEST,
    "end": LATEST,
    "largest": LATEST,
}


class Place(NamedTuple):
    """A place in a partition: an offset, the first record of a time (ms), or one of its ends."""

    kind: str  # "offset", "time", EARLIEST or LATEST
    value: int = 0


def parse(when: object, *, now_ms: int | None = None) -> Place:
    """Return the place that is meant.

    Raises:
        TypeError: it is neither int, str, datetime nor timedelta.
        ValueError: a negative offset, or text that is no time.

    >>> parse(42)
    Place(kind='offset', value=42)
    >>> parse("-1h", now_ms=3_600_000)
    Place(kind='time', value=0)
    """
    if isinstance(when, str):
        return _text(when, now_ms)
    if hasattr(when, "total_seconds"):
        return Place("time", _now(now_ms) - abs(round(when.total_seconds() * 1000)))
    if hasattr(when, "isoformat"):
        return _moment(when)
    if isinstance(when, bool) or not hasattr(when, "__index__"):
        raise TypeError(
            "a place is an offset, a datetime, ISO text, '-1h', 'now', 'earliest' or 'latest', "
            f"not {when!r}"
        )
    offset = operator.index(when)
    if offset < 0:
        raise ValueError(
            f"an offset is 0 or more, not {offset}; the newest records: last={-offset}"
        )
    return Place("offset", offset)


def timestamp_ms(when: object) -> int:
    """Return milliseconds since 1970 for a number of them, or for what parse() takes as a time.

    >>> timestamp_ms("1970-01-01T00:00:01Z")
    1000
    """
    if not isinstance(when, bool) and hasattr(when, "__index__"):
        return operator.index(when)
    place = parse(when)
    if place.kind != "time":
        raise ValueError(f"a time is wanted, not {when!r}")
    return place.value


def _now(now_ms: int | None) -> int:
    return time.time_ns() // 1_000_000 if now_ms is None else now_ms


def _text(text: str, now_ms: int | None) -> Place:
    word = text.strip().lower()
    if word in _WORDS:
        return Place(_WORDS[word])
    if word == "now":
        return Place("time", _now(now_ms))
    if word[:1] in ("-", "+"):
        micros = _units.microseconds(word)
        if micros is not None:
            return Place("time", _now(now_ms) + micros // 1000)
    from datetime import datetime

    try:
        if word.isdigit():
            raise ValueError("only digits")
        return _moment(datetime.fromisoformat(text.strip()))
    except ValueError:
        raise ValueError(
            f"{text!r} is no place in a topic: say an offset (int), '2026-01-31T12:00', '-15m', "
            "'now', 'earliest' or 'latest'"
        ) from None


def _moment(moment: object) -> Place:
    from datetime import date, datetime

    if isinstance(moment, date) and not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)
    if not isinstance(moment, datetime):
        raise TypeError(f"a datetime is wanted, not {moment!r}")
    if moment.tzinfo is None:
        moment = moment.astimezone()
    since = moment - datetime.fromtimestamp(0, moment.tzinfo)
    return Place("time", (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000)
