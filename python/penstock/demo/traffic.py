"""The traffic of the demo, by a stock client: confluent-kafka with acks=all."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from penstock.demo.check import Ledger
from penstock.demo.text import Module, count_words

ANSWER_SECONDS_MAX = 60.0
_QUEUED_MESSAGES_MAX = 100_000
_FETCH_MESSAGES_MAX = 10_000

# The client reports each refused connection while the server is away; that is part of the show.
_QUIET = logging.getLogger("penstock.demo.client")
_QUIET.addHandler(logging.NullHandler())
_QUIET.propagate = False

Progress = Callable[[int], None]


class TrafficError(Exception):
    """The broker did not answer, or refused something."""


def create_topic(bootstrap: str, topic: str, *, partitions: int) -> None:
    """Create the topic and wait until the broker says that it exists."""
    admin = AdminClient({"bootstrap.servers": bootstrap})
    request = NewTopic(topic, num_partitions=partitions, replication_factor=1)
    admin.create_topics([request], operation_timeout=ANSWER_SECONDS_MAX)[topic].result()


def produce(
    bootstrap: str, topic: str, modules: list[Module], ledger: Ledger, progress: Progress
) -> None:
    """Send every line of every module and note each acknowledgement.

    Lines of several modules are interleaved, so that at any moment many keys are on the way.
    Idempotence makes the client's retries invisible: without it, a batch whose acknowledgement a
    crash has eaten would be written twice. At most a tenth of all records is on the way, so that
    a server that is killed midway has something to lose.
    """
    queued_max = max(1_000, min(_QUEUED_MESSAGES_MAX, ledger.sent_count // 10))
    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "acks": "all",
            "enable.idempotence": True,
            "queue.buffering.max.messages": queued_max,
        },
        logger=_QUIET,
    )
    errors: Counter[str] = Counter()

    def delivered(error: KafkaError | None, message: Message) -> None:
        key = message.key()
        if error is not None or not isinstance(key, bytes):
            errors[str(error)] += 1
            return
        ledger.acknowledge(key, message.offset())

    for number, (key, line) in enumerate(interleave(modules)):
        while True:
            try:
                producer.produce(topic, key=key, value=line, on_delivery=delivered)
                break
            except BufferError:
                producer.poll(0.1)
                progress(ledger.acknowledged_count)
        if number % 2_000 == 0:
            producer.poll(0)
            progress(ledger.acknowledged_count)
    deadline = time.monotonic() + ANSWER_SECONDS_MAX
    while producer.flush(0.1) > 0:
        progress(ledger.acknowledged_count)
        if time.monotonic() > deadline:
            raise TrafficError(f"{len(producer)} records are not acknowledged after a minute")
    if errors:
        raise TrafficError(f"records were refused: {dict(errors)}")


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
    bootstrap: str, topic: str, ledger: Ledger, progress: Progress, *, partitions: int
) -> Counter[bytes]:
    """Read the topic from its beginning to its end, check every record, and count the words."""
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "penstock-demo",
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "error",
        }
    )
    words: Counter[bytes] = Counter()
    unfinished = set(range(partitions))
    consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in unfinished])
    try:
        quiet_since = time.monotonic()
        while unfinished:
            messages = consumer.consume(_FETCH_MESSAGES_MAX, timeout=0.1)
            if messages:
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since > ANSWER_SECONDS_MAX:
                raise TrafficError(f"no end of partitions {sorted(unfinished)} within a minute")
            words.update(_take(messages, ledger, unfinished))
            progress(ledger.replayed_count)
    finally:
        consumer.close()
    return words


def _take(messages: list[Message], ledger: Ledger, unfinished: set[int]) -> Counter[bytes]:
    values: list[bytes] = []
    for message in messages:
        error = message.error()
        if error is not None:
            if error.code() == KafkaError._PARTITION_EOF:
                unfinished -= {message.partition()}
                continue
            raise KafkaException(error)
        key, value = message.key(), message.value()
        partition, offset = message.partition(), message.offset()
        if partition is None or offset is None:
            raise TrafficError("the client returned a record without its place")
        ledger.replay(key, value, partition, offset)
        values.append(value or b"")
    return count_words([b"\n".join(values)])
