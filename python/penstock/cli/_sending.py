"""Sends records one by one and keeps account of what became of each."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from penstock.cli._errors import describe
from penstock.cli._input import Outgoing

if TYPE_CHECKING:
    import penstock

IN_FLIGHT_MAX = 50_000
_SHOWN_MAX = 20


class Account:
    """What was acknowledged, by partition, and what was not."""

    def __init__(self) -> None:
        self.records = 0
        self.bytes = 0
        self.failed = 0
        self.partitions: dict[int, list[int]] = {}  # records, first offset, last offset

    def add(self, partition: int, offset: int, size: int) -> None:
        """Note an acknowledged record."""
        self.records += 1
        self.bytes += size
        known = self.partitions.setdefault(partition, [0, offset, offset])
        known[0] += 1
        known[1], known[2] = min(known[1], offset), max(known[2], offset)

    def rows(self) -> list[dict[str, int]]:
        """Return what each partition got."""
        return [
            {"partition": number, "records": records, "first_offset": first, "last_offset": last}
            for number, (records, first, last) in sorted(self.partitions.items())
        ]


class Sender:
    """Sends over a producer; waits when too many records are on the way.

    ``stop`` says whether the first record that fails ends all; then `send` and `finish` raise its
    error. Otherwise errors are said and counted.
    """

    def __init__(
        self,
        producer: penstock.Producer,
        topic: str,
        account: Account,
        *,
        stop: bool,
        say: Callable[[str], None],
        rate: float | None,
    ) -> None:
        self.account = account
        self._producer = producer
        self._topic = topic
        self._stop = stop
        self._say = say
        self._rate = rate
        self._begin = time.monotonic()
        self._sent = 0
        self._waiting: deque[tuple[Any, int, int]] = deque()  # future, number, size

    def send(self, record: Outgoing) -> None:
        """Send a record, not faster than the rate."""
        if self._rate is not None:
            ahead = self._begin + self._sent / self._rate - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)
        self._sent += 1
        size = len(record.value or b"") + len(record.key or b"")
        try:
            future = self._producer.send(
                self._topic,
                record.value,
                record.key,
                record.headers or None,
                record.timestamp,
                record.partition,
            )
        except Exception as error:
            self._failed(error, self._sent)
            return
        self._waiting.append((future, self._sent, size))
        while self._waiting and (self._waiting[0][0].done() or len(self._waiting) > IN_FLIGHT_MAX):
            self._settle()

    def finish(self, timeout: float | None) -> None:
        """Wait for the answers to all that was sent; after so many seconds they count as failed."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while self._waiting:
            left = None if deadline is None else max(deadline - time.monotonic(), 0.0)
            if not self._settle(left):
                self.account.failed += len(self._waiting)
                self._say(f"{len(self._waiting):,} records were not answered")
                self._waiting.clear()

    def close(self, timeout: float | None) -> None:
        """Close the producer."""
        import penstock

        try:
            self._producer.close(timeout)
        except penstock.DeliveryError:
            if timeout is None:
                raise
            # These are the records that finish() has counted.

    def _settle(self, timeout: float | None = None) -> bool:
        """Take the oldest record into account; False if it is not answered in time."""
        future, number, size = self._waiting[0]
        try:
            metadata = future.result(timeout)
        except Exception as error:
            if not future.done():
                return False
            self._waiting.popleft()
            self._failed(error, number)
            return True
        self._waiting.popleft()
        self.account.add(metadata.partition, metadata.offset, size)
        return True

    def _failed(self, error: Exception, number: int) -> None:
        self.account.failed += 1
        if self._stop:
            raise error
        if self.account.failed <= _SHOWN_MAX:
            self._say(f"record {number:,} was not delivered: {describe(error)}")
        if self.account.failed == _SHOWN_MAX:
            self._say("more such records are counted only")
