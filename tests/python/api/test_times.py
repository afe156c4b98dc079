"""Where a read may begin and end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from penstock._times import Place, parse, timestamp_ms

NOW = 1_700_000_000_000


@pytest.mark.parametrize(
    ("when", "place"),
    [
        (0, Place("offset", 0)),
        (42, Place("offset", 42)),
        ("earliest", Place("earliest")),
        ("Beginning", Place("earliest")),
        ("latest", Place("latest")),
        ("end", Place("latest")),
        ("now", Place("time", NOW)),
        ("-1h", Place("time", NOW - 3_600_000)),
        ("-15m", Place("time", NOW - 900_000)),
        ("-1.5s", Place("time", NOW - 1500)),
        ("+1d", Place("time", NOW + 86_400_000)),
        (timedelta(minutes=1), Place("time", NOW - 60_000)),
        (timedelta(minutes=-1), Place("time", NOW - 60_000)),
        ("2023-11-14T22:13:20Z", Place("time", NOW)),
        ("2023-11-14T23:13:20.5+01:00", Place("time", NOW + 500)),
        (datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC), Place("time", NOW)),
    ],
)
def test_places(when: object, place: Place) -> None:
    assert parse(when, now_ms=NOW) == place


@pytest.fixture
def far_from_greenwich() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "ABC-5")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("far_from_greenwich")
def test_a_datetime_without_a_zone_is_local_time() -> None:
    moment = datetime(2023, 11, 15, 3, 13, 20)
    assert parse(moment) == parse("2023-11-15 03:13:20") == Place("time", NOW)
    midnight = datetime(2023, 11, 15)
    assert parse(date(2023, 11, 15)) == parse("2023-11-15") == parse(midnight)


def test_now_is_now() -> None:
    before = time.time_ns() // 1_000_000
    place = parse("now")
    assert before <= place.value <= time.time_ns() // 1_000_000


def test_a_negative_offset_is_meant_as_last() -> None:
    with pytest.raises(ValueError, match="last=10"):
        parse(-10)


@pytest.mark.parametrize("when", ["", "yesterday", "-1 parsec", "-5MiB", "123", "2023-13-01"])
def test_text_that_is_no_place(when: str) -> None:
    with pytest.raises(ValueError, match="is no place in a topic"):
        parse(when)


@pytest.mark.parametrize("when", [None, True, 1.5, b"earliest", []])
def test_what_is_no_place(when: object) -> None:
    with pytest.raises(TypeError, match="a place is"):
        parse(when)


def test_timestamps_are_milliseconds_or_times() -> None:
    assert timestamp_ms(12) == 12
    assert timestamp_ms("2023-11-14T22:13:20Z") == NOW
    with pytest.raises(ValueError, match="a time is wanted"):
        timestamp_ms("earliest")
