"""Durations and sizes as people write them: "5ms", "1.5h", "64MiB", timedelta."""

from __future__ import annotations

import re

# How many microseconds or bytes one is.
TIMES = {
    "us": 1,
    "ms": 1_000,
    "s": 1_000_000,
    "sec": 1_000_000,
    "m": 60_000_000,
    "min": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
    "w": 604_800_000_000,
}
SIZES = {
    "b": 1,
    "kb": 1000,
    "mb": 1000**2,
    "gb": 1000**3,
    "tb": 1000**4,
    "kib": 1 << 10,
    "mib": 1 << 20,
    "gib": 1 << 30,
    "tib": 1 << 40,
}
# The same for the units in which a config's name can end.
TIME_SUFFIXES = {
    "ms": TIMES["ms"],
    "seconds": TIMES["s"],
    "minutes": TIMES["min"],
    "hours": TIMES["h"],
}

_WITH_UNIT = re.compile(r"([+-]?)(\d+)(?:\.(\d+))?\s*([a-zA-Z]+)")


def parse(text: str) -> tuple[str, int, int] | None:
    """Split "1.5s" into ("time", 15_000_000, 10): microseconds or bytes as a fraction.

    Returns:
        "time" or "size", numerator and denominator; None for what has no unit.
    """
    found = _WITH_UNIT.fullmatch(text.strip())
    if found is None:
        return None
    sign, whole, part, unit = found.groups()
    unit = unit.lower()
    kind, scale = ("time", TIMES.get(unit)) if unit in TIMES else ("size", SIZES.get(unit))
    if scale is None:
        return None
    part = part or ""
    number = int(whole + part) * scale
    return kind, -number if sign == "-" else number, 10 ** len(part)


def microseconds(text: str) -> int | None:
    """Return the duration of "-1h" or "250ms" in microseconds, or None for what is none.

    >>> microseconds("-1.5s")
    -1500000
    """
    parsed = parse(text)
    if parsed is None or parsed[0] != "time":
        return None
    return parsed[1] // parsed[2]
