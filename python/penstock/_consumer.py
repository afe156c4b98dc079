"""A consumer of partitions of any cluster: positions, polling, iterating. Without groups."""

from __future__ import annotations

import operator
from collections import deque
from typing import Any, Self

from penstock import _lifecycle, _plan, _times
from penstock._errors import ClosedError
from penstock._futures import Wait
from penstock._partition import TopicPartition, partition_of
from penstock._producer import servers_and_config
from penstock._tables import client_configs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Mapping

    from penstock import _native
    from penstock._cluster import Cluster
    from penstock._times import When

_POLL_RECORDS = 500


class Consumer(_lifecycle.Closable):
    """Reads partitions that were assigned to it, from positions that can be moved.

    A context manager, also with ``async with``; an iterator of records that never ends by itself,
    also with ``async for``. Use it from one thread; wakeup() and close() may come from another one.
    Its group is none: nothing is committed.
    """

    _noun = "consumer"

    def __init__(
        self,
        servers: str | Iterable[str] | Mapping[str, object] | None = None,
        config: Mapping[str, object] | None = None,
        topics: str | Iterable[str] | None = None,
        **configs: Any,
    ) -> None:
        """Make a consumer with a connection of its own.

        Args:
            servers: "host:port", or several; a dict of configs is fine as well. See connect().
            config: Kafka's configs, as a dict.
            topics: what to subscribe to, a name or several.
            **configs: the same as config, as keywords, which win: auto_offset_reset="earliest".

        Raises:
            ConfigError: an address without a port; a config that is unknown, or not there yet.
            errors.UnknownTopicOrPartition: a topic is not there.

        >>> _ = topic.send("hello").result()
        >>> servers = cluster.bootstrap_servers
        >>> with penstock.Consumer(servers, topics="example", auto_offset_reset="earliest") as c:
        ...     c.poll(10).text()
        'hello'
        """
        from penstock._connect import connect_with

        servers, config = servers_and_config(servers, config)
        client, own = client_configs("consumer", config, configs)
        self._begin(connect_with(servers, client), own, topics, owns_cluster=True)

    @classmethod
    def _over(
        cls,
        cluster: Cluster,
        configs: dict[str, str],
        topics: str | Iterable[str] | None,
        *,
        owns_cluster: bool,
    ) -> Self:
        made = cls.__new__(cls)
        made._begin(cluster, configs, topics, owns_cluster=owns_cluster)
        return made

    def _begin(
        self,
        cluster: Cluster,
        configs: dict[str, str],
        topics: str | Iterable[str] | None,
        *,
        owns_cluster: bool,
    ) -> None:
        _lifecycle.Closable.__init__(self)
        self._cluster = cluster
        self._owns_cluster = owns_cluster
        self._max_records = int(configs.get("max.poll.records", _POLL_RECORDS))
        self._native = cluster._engine.consumer(configs)
        self._ready: deque[_native.Record] = deque()
        self._woken = False
        if not owns_cluster:
            cluster._made.add(self)
        self._ends_by(_end_consumer, self._native)
        if topics is not None:
            self.subscribe(topics)

    # ---- What it reads

    def subscribe(self, topics: str | Iterable[str]) -> None:
        """Read all partitions of these topics from now on, and nothing else.

        A partition that it had before keeps its position; another one begins where
        auto.offset.reset says: at the end, if nothing is said. Partitions that a topic gets later
        come with the next call.

        Raises:
            errors.UnknownTopicOrPartition: a topic is not there.

        >>> consumer.subscribe(["example"])
        """
        names = [topics] if isinstance(topics, str) else list(topics)
        described = self._cluster.admin.describe_topics(names)
        self.assign(
            (topic.name, partition.partition)
            for topic in described
            for partition in topic.partitions
        )

    def assign(self, partitions: Iterable[tuple[str, int]]) -> None:
        """Read these partitions from now on, and nothing else; positions as in subscribe().

        >>> consumer.assign([("example", 0)])
        """
        self._check()
        wanted = [partition_of(partition) for partition in partitions]
        self._give_back(self.assignment())
        self._native.assign(wanted)

    def assignment(self) -> list[TopicPartition]:
        """Return the partitions that it reads.

        >>> consumer.assignment()
        [TopicPartition(topic='example', partition=0)]
        """
        self._check()
        return [TopicPartition(*partition) for partition in self._native.assignment()]

    def pause(self, partitions: Iterable[tuple[str, int]]) -> None:
        """Give no records of these partitions until resume().

        >>> consumer.pause([("example", 0)])
        """
        self._check()
        paused = [partition_of(partition) for partition in partitions]
        self._give_back(paused)
        self._native.pause(paused)

    def resume(self, partitions: Iterable[tuple[str, int]]) -> None:
        """End a pause().

        >>> consumer.resume([("example", 0)])
        """
        self._check()
        self._native.resume([partition_of(partition) for partition in partitions])

    # ---- Records

    def poll(self, timeout: float | None = None) -> _native.Record | None:
        """Return the next record, or None when none comes within `timeout` seconds.

        Raises:
            KafkaError: a partition cannot be read.

        >>> consumer.poll(0) is None
        True
        """
        self._check()
        if not self._ready:
            self._ready.extend(self._native.poll(self._max_records, timeout))
            self._woken = self._woken and bool(self._ready)
        return self._ready.popleft() if self._ready else None

    def consume(self, n: int = 500, timeout: float | None = None) -> list[_native.Record]:
        """Return up to n records as soon as there is one; [] when none comes within `timeout` s.

        Raises:
            KafkaError: a partition cannot be read.

        >>> _ = topic.send_many(["a", "b"]).result()
        >>> consumer.seek_to_beginning()
        >>> [record.text() for record in consumer.consume(10, timeout=10)]
        ['a', 'b']
        """
        self._check()
        if isinstance(n, bool) or n < 1:
            raise ValueError(f"one record or more, not {n}")
        if self._ready:
            return [self._ready.popleft() for _ in range(min(n, len(self._ready)))]
        return self._native.poll(n, timeout)

    def batches(
        self, max_records: int = 10_000, timeout: float | None = None
    ) -> Iterator[_native.Batch]:
        """Give batches of one partition each, until none comes within `timeout` s or wakeup().

        >>> consumer.seek_to_beginning()
        >>> [len(batch) for batch in consumer.batches(timeout=0.2)]
        []
        """
        self._give_back(self.assignment())
        while True:
            self._check()
            batches = self._native.poll_batches(max_records, timeout)
            if not batches:
                return
            yield from batches

    def __iter__(self) -> Iterator[_native.Record]:
        """Give records as they come, until wakeup() or close()."""
        self._check()
        while True:
            while self._ready:
                yield self._ready.popleft()
            if not self._more(None):
                return

    async def __aiter__(self) -> AsyncIterator[_native.Record]:
        """Give records as they come, until wakeup() or close()."""
        self._check()
        while True:
            while self._ready:
                yield self._ready.popleft()
            if self.closed:
                return
            await Wait(lambda notifier, token: not self._native.ready(notifier, token))
            if not self._more(0):
                return

    def wakeup(self) -> None:
        """End the poll() or iteration that another thread is in, or the next one.

        >>> consumer.wakeup()
        >>> consumer.poll() is None
        True
        """
        self._check()
        self._woken = True
        self._native.wakeup()

    # ---- Positions

    def seek(self, partition: tuple[str, int], offset: int) -> None:
        """Give the record at an offset next.

        >>> consumer.seek(("example", 0), 0)
        """
        self._check()
        where = partition_of(partition)
        place = operator.index(offset)
        if place < 0:
            raise ValueError(f"an offset is 0 or more, not {place}")
        self._drop([where])
        self._native.seek(*where, place)

    def seek_to_time(self, when: When, partitions: Iterable[tuple[str, int]] | None = None) -> None:
        """Give the first records of a time next: milliseconds, a datetime, ISO text, "-1h".

        Where no record is that new, the end.

        >>> consumer.seek_to_time("-1h")
        """
        self._seek_to(_times.timestamp_ms(when), partitions)

    def seek_to_beginning(self, partitions: Iterable[tuple[str, int]] | None = None) -> None:
        """Give the earliest records next; of all partitions, or of these.

        >>> consumer.seek_to_beginning()
        """
        self._seek_to(-2, partitions)

    def seek_to_end(self, partitions: Iterable[tuple[str, int]] | None = None) -> None:
        """Give only new records; of all partitions, or of these.

        >>> consumer.seek_to_end()
        """
        self._seek_to(-1, partitions)

    def position(self, partition: tuple[str, int], timeout: float | None = None) -> int:
        """Return the offset of the record that comes next.

        Raises:
            TimeoutError: it is not known after `timeout` seconds.

        >>> consumer.position(("example", 0))
        0
        """
        self._check()
        where = partition_of(partition)
        for record in self._ready:
            if (record.topic, record.partition) == where:
                return record.offset
        return self._native.position(*where, timeout)

    def end_offsets(
        self, partitions: Iterable[tuple[str, int]] | None = None
    ) -> dict[TopicPartition, int]:
        """Return the offset that the next record of each partition will get.

        >>> consumer.end_offsets()
        {TopicPartition(topic='example', partition=0): 0}
        """
        return self._offsets(partitions, "latest")

    def beginning_offsets(
        self, partitions: Iterable[tuple[str, int]] | None = None
    ) -> dict[TopicPartition, int]:
        """Return the offset of the earliest record of each partition.

        >>> consumer.beginning_offsets()
        {TopicPartition(topic='example', partition=0): 0}
        """
        return self._offsets(partitions, "earliest")

    # ---- The end

    def close(self, timeout: float | None = None) -> None:
        """Stop reading; twice is fine."""
        if not self._begin_close():
            return
        self._ready.clear()
        self._native.close()
        if self._owns_cluster:
            self._cluster.close(timeout)

    def __repr__(self) -> str:
        if self.closed:
            return f"<Consumer of {self._cluster._name!r} (closed)>"
        topics = ", ".join(sorted({partition.topic for partition in self.assignment()}))
        return f"<Consumer of {self._cluster._name!r}: {topics or 'nothing assigned'}>"

    def _more(self, timeout: float | None) -> bool:
        """Poll for an iteration; False at its end, which is wakeup() or close()."""
        try:
            if not self.closed:
                self._ready.extend(self._native.poll(self._max_records, timeout))
        except ClosedError:
            if not self.closed:
                raise
        if self._ready or not (self._woken or self.closed):
            return True
        self._woken = False
        return False

    def _seek_to(self, timestamp: int, partitions: Iterable[tuple[str, int]] | None) -> None:
        wanted = self._chosen(partitions)
        self._drop(wanted)
        self._native.seek_to(wanted, timestamp, None)

    def _offsets(
        self, partitions: Iterable[tuple[str, int]] | None, place: str
    ) -> dict[TopicPartition, int]:
        by_topic: dict[str, list[int]] = {}
        for topic, partition in self._chosen(partitions):
            by_topic.setdefault(topic, []).append(partition)
        return {
            TopicPartition(topic, partition): offset
            for topic, numbers in by_topic.items()
            for partition, offset in _plan.offsets(self._cluster, topic, numbers, place).items()
        }

    def _chosen(self, partitions: Iterable[tuple[str, int]] | None) -> list[TopicPartition]:
        self._check()
        if partitions is None:
            return self.assignment()
        return [partition_of(partition) for partition in partitions]

    def _drop(self, partitions: Iterable[tuple[str, int]]) -> dict[TopicPartition, int]:
        """Forget polled records of these partitions; return the first offset of each."""
        dropped: dict[TopicPartition, int] = {}
        if self._ready:
            wanted = set(partitions)
            kept: list[_native.Record] = []
            for record in self._ready:
                where = TopicPartition(record.topic, record.partition)
                if where in wanted:
                    dropped.setdefault(where, record.offset)
                else:
                    kept.append(record)
            self._ready.clear()
            self._ready.extend(kept)
        return dropped

    def _give_back(self, partitions: Iterable[tuple[str, int]]) -> None:
        """Have polled records that nobody took come again later."""
        for where, offset in self._drop(partitions).items():
            self._native.seek(*where, offset)


def _end_consumer(native: _native.Consumer, _: float) -> None:
    native.close()
