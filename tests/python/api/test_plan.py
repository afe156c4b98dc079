"""Which offsets a read covers, against counting the records one by one."""

from __future__ import annotations

import random
from typing import Any

import pytest
from penstock import _plan
from penstock._times import Place


class Log:
    """Partitions of timestamps; answers list_offsets as a broker does."""

    def __init__(self, partitions: list[list[int]], first: list[int]) -> None:
        self.partitions = partitions
        self.first = first
        self.asked = 0

    def _call(self, call: str, arguments: Any) -> list[dict[str, Any]]:
        assert call == "list_offsets"
        self.asked += 1
        numbers = [wanted["partition"] for wanted in arguments["partitions"]]
        assert len(numbers) == len(set(numbers)), "a broker refuses a partition that comes twice"
        return [self._answer(wanted) for wanted in arguments["partitions"]]

    def _answer(self, wanted: dict[str, Any]) -> dict[str, Any]:
        partition, timestamp = wanted["partition"], wanted["timestamp"]
        log, first = self.partitions[partition], self.first[partition]
        offset, found = -1, -1
        if timestamp == -1:
            offset = first + len(log)
        elif timestamp == -2:
            offset = first
        elif timestamp == -3:
            if log:
                found = max(log)
                offset = first + log.index(found)
        else:
            for i, at in enumerate(log):
                if at >= timestamp:
                    offset, found = first + i, at
                    break
        return {"topic": "t", "partition": partition, "offset": offset, "timestamp": found,
                "error": None}  # fmt: skip


@pytest.mark.parametrize("seed", range(200))
def test_the_last_records_are_the_newest_and_as_many_as_asked(seed: int) -> None:
    dice = random.Random(seed)
    count = dice.randint(1, 5)
    now = dice.choice([50, 10_000, 1_700_000_000_000])
    partitions = [
        sorted(max(0, now - dice.randint(0, dice.choice([5, 100, 10**9]))) for _ in range(n))
        for n in (dice.randint(0, 30) for _ in range(count))
    ]
    log = Log(partitions, [dice.randint(0, 9) for _ in range(count)])
    last = dice.randint(0, 40)
    spans = _plan.make(log, "t", list(range(count)), None, None, last)  # type: ignore[arg-type]

    everything = sorted(at for partition in partitions for at in partition)
    taken = [
        at
        for span in spans
        for at in log.partitions[span.partition][span.start - log.first[span.partition] :]
    ]
    assert sorted(taken) == everything[max(0, len(everything) - last) :], f"seed {seed}"
    assert all(
        span.end == log.first[span.partition] + len(partitions[span.partition]) for span in spans
    )
    assert log.asked < 100


def test_bounds_outside_of_the_log_are_moved_to_its_ends() -> None:
    log = Log([[1, 2, 3], []], [5, 7])

    def plan(start: Place | None, end: Place | None) -> list[tuple[int, int]]:
        spans = _plan.make(log, "t", [0, 1], start, end, None)  # type: ignore[arg-type]
        return [(span.start, span.end) for span in spans]

    assert plan(None, None) == [(5, 8), (7, 7)]
    assert plan(Place("offset", 0), Place("offset", 99)) == [(5, 8), (7, 7)]
    assert plan(Place("offset", 6), Place("offset", 7)) == [(6, 7), (7, 7)]
    assert plan(Place("time", 2), Place("time", 3)) == [(6, 7), (7, 7)]
    assert plan(Place("time", 99), None) == [(8, 8), (7, 7)]
    assert plan(Place("latest"), Place("earliest")) == [(8, 8), (7, 7)]
