"""The traffic of the demo, by penstock's own client with its defaults: acks=all, idempotent."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator

import penstock
from penstock.demo.check import Ledger
from penstock.demo.text import Module, count_words

ANSWER_SECONDS_MAX = 60.0
_SENT_MAX = 100_000
_FETCH_RECORDS_MAX = 10_000

Progress = Callable[[int], None]


class TrafficError(Exception):
    """The broker did not answer, or refused something."""


def produce(
    cluster: penstock.Cluster,
    topic: str,
    modules: list[Module],
    ledger: Ledger,
    progress: Progress,
) -> None:
    """Send every line of every module and note each acknowledgement.

    Lines of several modules are interleaved, so that at any moment many keys are on the way.
    Idempotence makes the client's retries invisible: without it, a batch whose acknowledgement a
    crash has eaten would be written twice. At most a tenth of all records is on the way, so that
    a server that is killed midway has something to lose.
    """
    sent_max = max(1_000, min(_SENT_MAX, ledger.sent_count // 10))
    waiting: deque[tuple[bytes, penstock.Future[penstock.RecordMetadata]]] = deque()

    def settle() -> None:
        key, future = waiting.popleft()
        ledger.acknowledge(key, future.result(ANSWER_SECONDS_MAX).offset)
        if ledger.acknowledged_count % 1_000 == 0:
            progress(ledger.acknowledged_count)

    with cluster.producer() as producer:
        for key, line in interleave(modules):
            waiting.append((key, producer.send(topic, line, key)))
            while waiting and (len(waiting) > sent_max or waiting[0][1].done()):
                settle()
        while waiting:
            settle()
    progress(ledger.acknowledged_count)


def interleave(modules: list[Module], *, width: int = 16) -> Iterator[tuple[bytes, bytes]]:
    """Yield (key, line) of several modules at a time, each module's lines in their order."""
    waiting = iter(modules)
    open_modules: list[tuple[bytes, Iterator[bytes]]] = []
    while True:
        while len(open_modules) < width:
            module = next(waiting, None)
            if module is None:
                break
            open_modules.append((module.name.encode(), iter(module.lines)))
        if not open_modules:
            return
        still_open: list[tuple[bytes, Iterator[bytes]]] = []
        for key, lines in open_modules:
            line = next(lines, None)
            if line is not None:
                still_open.append((key, lines))
                yield key, line
        open_modules = still_open


def replay(
    cluster: penstock.Cluster, topic: str, ledger: Ledger, progress: Progress
) -> Counter[bytes]:
    """Read the topic from its beginning to its end, check every record, and count the words."""
    words: Counter[bytes] = Counter()
    with cluster.consumer([topic]) as consumer:
        consumer.seek_to_beginning()
        ends = consumer.end_offsets()
        quiet_since = time.monotonic()
        while any(consumer.position(each) < end for each, end in ends.items()):
            records = consumer.consume(_FETCH_RECORDS_MAX, timeout=0.1)
            if records:
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since > ANSWER_SECONDS_MAX:
                raise TrafficError(f"{ledger.replayed_count:,} records, then none for a minute")
            for record in records:
                ledger.replay(record.key, record.value, record.partition, record.offset)
            words += count_words([b"\n".join(record.value or b"" for record in records)])
            progress(ledger.replayed_count)
    return words
