"""What every contender needs: the table that it stands in, a meter, a value."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import Any

Options = dict[str, Any]
CONTENDERS: dict[tuple[str, str], Callable[[Options], Options]] = {}
TOPIC = "bench"


def contender(scenario: str, name: str) -> Callable[[Callable[[Options], Options]], None]:
    """Register a function as a contender of a scenario."""

    def register(function: Callable[[Options], Options]) -> None:
        CONTENDERS[scenario, name] = function

    return register


class Meter:
    """Wall clock and CPU of this process for a number of records."""

    def __init__(self) -> None:
        self._cpu = _cpu_seconds()
        self._begin = time.perf_counter()

    def __call__(self, records: int, **more: Any) -> Options:
        """Return what was taken since it was made."""
        seconds = time.perf_counter() - self._begin
        cpu = _cpu_seconds() - self._cpu
        return {"records": records, "seconds": seconds, "cpu_seconds": cpu, **more}


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def value_of(options: Options) -> bytes:
    """Return a value of the size that is asked for."""
    return bytes(options["size"])
