"""What --offset and --timeout understand."""

from __future__ import annotations

import datetime

import pytest
from penstock.cli._errors import UsageError
from penstock.cli._offsets import Kind, Position, Span, parse_span, parse_time
from penstock.cli._units import (
    parse_duration,
    parse_rate,
    parse_size,
    show_bytes,
    show_duration,
    show_time,
)

NOW = 1_780_000_000_000  # 2026-05-28T20:26:40Z
HOUR = 3_600_000


def at(number: int) -> Position:
    return Position(Kind.TIME, number)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("start", Span(Position(Kind.START))),
        ("beginning", Span(Position(Kind.START))),
        ("END", Span(Position(Kind.END))),
        ("47", Span(Position(Kind.OFFSET, 47))),
        ("+10", Span(Position(Kind.START, 10))),
        ("-10", Span(Position(Kind.END, -10))),
        ("47:52", Span(Position(Kind.OFFSET, 47), Position(Kind.OFFSET, 52))),
        (":end", Span(Position(Kind.START), Position(Kind.END))),
        ("-10:end", Span(Position(Kind.END, -10), Position(Kind.END))),
        (":52", Span(Position(Kind.START), Position(Kind.OFFSET, 52))),
        ("@1h", Span(at(NOW - HOUR))),
        ("@-1h", Span(at(NOW - HOUR))),
        ("@1h30m", Span(at(NOW - HOUR * 3 // 2))),
        ("@2h:1h", Span(at(NOW - 2 * HOUR), at(NOW - HOUR))),
        ("@2h:now", Span(at(NOW - 2 * HOUR), at(NOW))),
        ("@:1h", Span(Position(Kind.START), at(NOW - HOUR))),
        ("@1780000000", Span(at(NOW))),
        ("@1780000000000", Span(at(NOW))),
        ("@2026-05-28T20:26:40Z", Span(at(NOW))),
        ("@2026-05-28T22:26:40+02:00", Span(at(NOW))),
        ("@2026-05-28T20:26:40Z:2026-05-28T20:26:41Z", Span(at(NOW), at(NOW + 1000))),
        ("@2026-05-28T20:26:39.750Z:now", Span(at(NOW - 250), at(NOW))),
    ],
)
def test_where_to_begin_and_end(text: str, span: Span) -> None:
    assert parse_span(text, now_ms=NOW) == span


def test_a_date_is_midnight_of_this_machine() -> None:
    midnight = datetime.datetime(2026, 1, 31).astimezone()
    wanted = round(midnight.timestamp() * 1000)
    assert parse_time("2026-01-31", now_ms=NOW) == wanted
    assert parse_time("2026-01-31T08:00", now_ms=NOW) == wanted + 8 * HOUR
    assert parse_time("2026-01-31 08:00:00", now_ms=NOW) == wanted + 8 * HOUR


@pytest.mark.parametrize(
    "text",
    ["", "x", "1.5", "--1", "@", "@:", "@yesterday", "@2026-13-01", "@2026-02-30T00:00:00", "52:47",
     "@1h:2h", "@47", "end:x", "99999999999999999999", "9223372036854775808", "@1h:5"],
)  # fmt: skip
def test_what_is_no_offset(text: str) -> None:
    with pytest.raises(UsageError):
        parse_span(text, now_ms=NOW)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5", 5),
        ("0.5", 0.5),
        ("250ms", 0.25),
        ("5s", 5),
        ("1h30m", 5400),
        ("7d", 604800),
        ("1 s", 1),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "s", "5x", "1h30", "-5s", "1e3"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(UsageError):
        parse_duration(text)


def test_sizes_and_rates() -> None:
    assert [parse_size(text) for text in ("1000", "10k", "64MiB", "1.5 GB")] == [
        1000, 10_000, 64 << 20, 1_500_000_000,
    ]  # fmt: skip
    assert [parse_rate(text) for text in ("500", "10k/s", "600/m")] == [500, 10_000, 10]
    for wrong in ("", "k", "10q", "5/x", "0", "-1"):
        with pytest.raises(UsageError):
            parse_rate(wrong)


def test_what_people_read() -> None:
    assert [show_bytes(size) for size in (0, 1023, 1024, 5 << 30, 1 << 50)] == [
        "0 B", "1023 B", "1.0 KiB", "5.0 GiB", "1024.0 TiB",
    ]  # fmt: skip
    assert [show_duration(ms) for ms in (0, 250, 1500, 60_000, 604_800_000)] == [
        "0 ms", "250 ms", "1500 ms", "1 min", "7 d",
    ]  # fmt: skip
    assert show_time(-1) == "-"
    assert show_time(NOW + 7).endswith(".007")
    assert show_time(1 << 62) == str(1 << 62)
