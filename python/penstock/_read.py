"""What topic.read() returns: records, batches, columns; each use of it reads anew."""

from __future__ import annotations

from typing import Any, Generic, TypeVar, overload

from penstock import _native, _plan, _times
from penstock._futures import Wait

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    import pandas

    from penstock._cluster import Cluster
    from penstock._decoding import TypedRecord
    from penstock._times import When

T = TypeVar("T")
COLUMNS = ("partition", "offset", "timestamp", "key", "value", "headers")
_POLL_RECORDS = 10_000
# How long a bounded read waits before it looks whether what is left has no records at all.
_GAP_SECONDS = 0.1


class Read(Generic[T]):
    """A part of a topic, from topic.read(). Nothing is read before it is used.

    Iterating gives records in the order of each partition: Record, or with a type TypedRecord.
    As a table it works without any Arrow library: ``pa.table(x)``, ``pl.DataFrame(x)``, duckdb.
    """

    def __init__(
        self,
        cluster: Cluster,
        topic: str,
        *,
        start: When | None,
        end: When | None,
        partition: int | None,
        last: int | None,
        follow: bool,
        columns: list[str] | None,
        decode: str | None,
        decoders: tuple[Callable[[bytes], Any] | None, Callable[[bytes], Any] | None],
    ) -> None:
        """Private: Topic.read()."""
        self._cluster = cluster
        self._topic = topic
        self._start = None if start is None else _times.parse(start)
        self._end = None if end is None else _times.parse(end)
        self._partition = partition
        self._last = _checked_last(last)
        self._follow = follow
        self._columns = _checked_columns(columns, decode)
        self._decode = _checked_decode(decode)
        self._decoders = decoders
        if follow and end is not None:
            raise ValueError("follow=True goes on without an end: leave end= out")
        if decode is not None and decoders[0] is None:
            from penstock._decoding import decoder_for

            self._decoders = (decoder_for(dict if decode == "json" else str), decoders[1])

    @overload
    def __iter__(  # type: ignore[overload-overlap]
        self: Read[bytes],
    ) -> Iterator[_native.Record]: ...
    @overload
    def __iter__(self) -> Iterator[TypedRecord[T]]: ...
    def __iter__(self) -> Iterator[Any]:
        convert = self._converter()
        for batch in self.batches():
            records = batch.records()
            yield from records if convert is None else map(convert, records)

    @overload
    def __aiter__(  # type: ignore[overload-overlap]
        self: Read[bytes],
    ) -> AsyncIterator[_native.Record]: ...
    @overload
    def __aiter__(self) -> AsyncIterator[TypedRecord[T]]: ...
    async def __aiter__(self) -> AsyncIterator[Any]:
        import asyncio

        convert = self._converter()
        spans = await asyncio.to_thread(self._spans)
        reader = _Reader(self._cluster, self._topic, spans, self._follow)
        try:
            while not reader.finished():
                await reader.something(None if self._follow else _GAP_SECONDS)
                for batch in reader.poll(_POLL_RECORDS, 0):
                    for record in batch.records():
                        yield record if convert is None else convert(record)
        finally:
            reader.close()

    def batches(self, max_records: int = _POLL_RECORDS) -> Iterator[_native.Batch]:
        """Give batches: records of one partition each, decoded when they are looked at.

        Args:
            max_records: at most so many records are fetched at once.

        >>> _ = topic.send_many(["a", "b"]).result()
        >>> [len(batch) for batch in topic.read().batches()]
        [2]
        """
        for group in self._groups(max_records):
            yield from group

    def records(self) -> list[Any]:
        """Return all records as a list.

        >>> topic.read().records()
        []
        """
        return list(self)

    def values(self) -> list[Any]:
        """Return all values as a list: bytes, or what the topic's type is.

        >>> _ = topic.send("a").result()
        >>> topic.read().values()
        [b'a']
        """
        if self._converter() is None:
            return [value for batch in self.batches() for value in batch.values()]
        return [record.value for record in self]

    def json(self) -> list[Any]:
        """Return all values parsed as JSON.

        Raises:
            SerializationError: one is no JSON; it tells which.

        >>> _ = topic.send({"user": 1}).result()
        >>> topic.read().json()
        [{'user': 1}]
        """
        from penstock._records import json_of

        return [json_of(record) for batch in self.batches() for record in batch.records()]

    def df(self) -> pandas.DataFrame:
        """Return a pandas DataFrame, with a row for each record.

        Raises:
            ImportError: pandas is not installed.
            ValueError: with follow=True there is no end.
        """
        from penstock._frames import data_frame

        self._must_end()
        return data_frame(self, self._columns, self._decode)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return a fresh stream of Arrow batches as a capsule.

        Without pyarrow; with columns= or decode="json" it needs it.
        """
        self._must_end()
        if self._decode == "json" or self._columns is not None:
            from penstock._frames import arrow_table

            return arrow_table(self, self._columns, self._decode).__arrow_c_stream__()
        return self._stream(text=self._decode == "text")

    def _stream(self, *, text: bool) -> object:
        return _native.arrow_stream(self._groups(_POLL_RECORDS), text)

    def __repr__(self) -> str:
        said = [repr(self._topic)]
        for word, place in (("start", self._start), ("end", self._end)):
            if place is not None:
                said.append(f"{word}={_said(place)}")
        for word, value in (("partition", self._partition), ("last", self._last)):
            if value is not None:
                said.append(f"{word}={value}")
        if self._follow:
            said.append("follow=True")
        return f"<Read of {', '.join(said)}>"

    def _repr_html_(self) -> str:
        from penstock import _display

        return _display.read(self)

    def _converter(self) -> Callable[[_native.Record], Any] | None:
        if self._decoders == (None, None):
            return None
        from penstock._decoding import typed

        return typed(*self._decoders)

    def _must_end(self) -> None:
        if self._follow:
            raise ValueError("a table has an end: read without follow=True")

    def _spans(self) -> list[_plan.Span]:
        self._cluster._deliver()
        if self._partition is None:
            count = self._cluster._partitions(self._topic)
            if count is None:
                from penstock._codes import code_of, from_code

                raise from_code(code_of("UNKNOWN_TOPIC_OR_PARTITION"), "", topic=self._topic)
            partitions = list(range(count))
        else:
            partitions = [self._partition]
        return _plan.make(
            self._cluster, self._topic, partitions, self._start, self._end, self._last
        )

    def _groups(self, max_records: int) -> Iterator[list[_native.Batch]]:
        """Give what each poll brings, until the end."""
        reader = _Reader(self._cluster, self._topic, self._spans(), self._follow)
        try:
            while not reader.finished():
                batches = reader.poll(max_records, None if self._follow else _GAP_SECONDS)
                if batches:
                    yield batches
        finally:
            reader.close()


class _Reader:
    """A consumer that reads spans and no further; with `follow` their ends are not ends."""

    def __init__(self, cluster: Cluster, topic: str, spans: list[_plan.Span], follow: bool) -> None:
        self._topic = topic
        self._follow = follow
        self._ends = {span.partition: span.end for span in spans if follow or span.end > span.start}
        self._native: _native.Consumer | None = None
        if not self._ends:
            return
        cluster._check()
        native = self._native = cluster._engine.consumer(_configs(follow))
        native.assign([(topic, partition) for partition in self._ends])
        for span in spans:
            if span.partition in self._ends:
                native.seek(topic, span.partition, span.start)

    def finished(self) -> bool:
        return not self._ends

    async def something(self, timeout: float | None) -> None:
        """Wait until poll() has something, or for so many seconds."""
        import asyncio
        from contextlib import suppress

        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await Wait(self._not_ready)

    def _not_ready(self, notifier: _native.Notifier, token: int) -> bool:
        """Ask for a token when there is something to poll; False: there is something now."""
        assert self._native is not None
        return not self._native.ready(notifier, token)

    def poll(self, max_records: int, timeout: float | None) -> list[_native.Batch]:
        assert self._native is not None
        batches = self._native.poll_batches(max_records, timeout)
        if self._follow:
            return batches
        if not batches:
            self._skip_gaps(self._native)
            return []
        return [batch for batch in map(self._cut, batches) if len(batch)]

    def close(self) -> None:
        if self._native is not None:
            self._native.close()

    def _cut(self, batch: _native.Batch) -> _native.Batch:
        end = self._ends.get(batch.partition)
        if end is None:
            return batch.before(batch.first_offset)
        last = batch.last_offset
        if last >= end - 1:
            self._finish(batch.partition)
        return batch.before(end) if last >= end else batch

    def _skip_gaps(self, native: _native.Consumer) -> None:
        """End partitions whose last offsets have no records: control batches, compaction."""
        for partition, end in list(self._ends.items()):
            if native.position(self._topic, partition, None) >= end:
                self._finish(partition)

    def _finish(self, partition: int) -> None:
        del self._ends[partition]
        if self._ends and self._native is not None:
            self._native.pause([(self._topic, partition)])


def _configs(follow: bool) -> dict[str, str]:
    # A read that ends asks for nothing that is not there: its fetches need not wait.
    wait = {} if follow else {"fetch.max.wait.ms": "5"}
    return {"auto.offset.reset": "earliest", **wait}


def _checked_last(last: int | None) -> int | None:
    if last is not None and (isinstance(last, bool) or not isinstance(last, int)):
        raise TypeError(f"last is how many records, not {last!r}")
    if last is not None and last < 0:
        raise ValueError(f"last is 0 or more, not {last}")
    return last


def _checked_decode(decode: str | None) -> str | None:
    if decode not in (None, "json", "text"):
        raise ValueError(f"decode is 'json', 'text' or None, not {decode!r}")
    return decode


def _checked_columns(columns: list[str] | None, decode: str | None) -> list[str] | None:
    if columns is None:
        return None
    if isinstance(columns, str):
        raise TypeError(f"columns are a list of names: [{columns!r}]")
    names = list(columns)
    foreign = [name for name in names if name not in COLUMNS]
    if foreign and decode != "json":
        raise ValueError(f"no column {foreign[0]!r}; there are {', '.join(COLUMNS)}")
    return names


def _said(place: _times.Place) -> str:
    if place.kind == "offset":
        return str(place.value)
    if place.kind == "time":
        from datetime import UTC, datetime

        moment = datetime.fromtimestamp(place.value / 1000, UTC)
        return f"'{moment.isoformat(timespec='milliseconds').replace('+00:00', 'Z')}'"
    return repr(place.kind)
