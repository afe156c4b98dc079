"""Sizes, durations, rates and times: as people write them, and as they like to read them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import TypeVar

import click

from penstock.cli._errors import UsageError

T = TypeVar("T")
_PREFIXES = {"k": 1, "m": 2, "g": 3, "t": 4}
_SIZES = {"": 1, "b": 1}
for _prefix, _power in _PREFIXES.items():
    _SIZES |= {_prefix: 1000**_power, f"{_prefix}b": 1000**_power, f"{_prefix}ib": 1024**_power}
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_NUMBER = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?|\.[0-9]+)\s*([a-zA-Z]*)\s*")
_DURATION_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d|w)")


def parse_size(text: str) -> int:
    """Read a number of bytes or records: 1000, 10k, 64MiB.

    Raises:
        UsageError: it is none.
    """
    match = _NUMBER.fullmatch(text)
    factor = _SIZES.get(match.group(2).lower()) if match else None
    if match is None or factor is None:
        raise UsageError(f"{text!r} is no size: write 1000, 10k or 64MiB")
    return round(float(match.group(1)) * factor)


def parse_rate(text: str) -> float:
    """Read a rate in records per second: 500, 10k/s, 600/m.

    Raises:
        UsageError: it is none.
    """
    amount, _, unit = text.partition("/")
    seconds = _SECONDS.get(unit.strip() or "s")
    if seconds is None:
        raise UsageError(f"{text!r} is no rate: write 500, 10k/s or 600/m")
    rate = parse_size(amount) / seconds
    if rate <= 0:
        raise UsageError(f"{text!r} is no rate: it has to be above 0")
    return rate


def parse_duration(text: str) -> float:
    """Read a duration in seconds: 250ms, 5s, 1h30m, 7d; a plain number is seconds.

    Raises:
        UsageError: it is none.
    """
    stripped = text.replace(" ", "")
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", stripped):
        return float(stripped)
    parts = _DURATION_PART.findall(stripped)
    if not parts or "".join(number + unit for number, unit in parts) != stripped:
        raise UsageError(f"{text!r} is no duration: write 250ms, 5s, 1h30m or 7d")
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def parsed(
    parse: Callable[[str], T],
) -> Callable[[click.Context, click.Parameter, str | None], T | None]:
    """Make a callback for an option of click from one of the functions above."""

    def callback(ctx: click.Context, param: click.Parameter, value: str | None) -> T | None:
        try:
            return None if value is None else parse(value)
        except UsageError as error:
            raise click.BadParameter(str(error), ctx, param) from None

    return callback


def show_bytes(value: object) -> str:
    """Write a number of bytes as people read it: 1.2 MiB."""
    size = float(str(value))
    for unit in ("B", "KiB", "MiB", "GiB"):
        if abs(size) < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"


def show_count(value: object) -> str:
    """Write a count with separators: 1,234,567."""
    return f"{int(str(value)):,}"


def show_time(value: object) -> str:
    """Write a timestamp (milliseconds since 1970) in the zone of this machine."""
    milliseconds = int(str(value))
    if milliseconds < 0:
        return "-"
    try:
        moment = datetime.datetime.fromtimestamp(milliseconds / 1000).astimezone()
    except (OverflowError, OSError, ValueError):  # far outside of what a calendar knows
        return str(milliseconds)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{milliseconds % 1000:03d}"


def show_duration(value: object) -> str:
    """Write milliseconds as people read them: 7 d, 250 ms."""
    milliseconds = int(str(value))
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000)):
        if milliseconds and milliseconds % size == 0:
            return f"{milliseconds // size} {unit}"
    return f"{milliseconds} ms"
