"""A topic: send to it, read it, columns in and out."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from penstock import _lifecycle
from penstock._read import Read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from penstock import _native
    from penstock._admin_types import Config, TopicDescription
    from penstock._cluster import Cluster
    from penstock._times import When
    from penstock._types import Headers

T = TypeVar("T")


class Topic(Generic[T]):
    """A topic of a cluster, as ``cluster.topic(name)`` returns it. T is the type of its values.

    Iterating over it reads it from its first record to its end; as a table it does the same:
    ``pa.table(topic)``, ``duckdb.sql("from topic")``.
    """

    def __init__(
        self, cluster: Cluster, name: str, partitions: int, *, value: Any = None, key: Any = None
    ) -> None:
        """Private: call topic() of a cluster or broker."""
        self._cluster = cluster
        self._name = name
        self._partitions = partitions
        self._decoders = (_decoder(value), _decoder(key))
        _lifecycle.tell_when_forked(self)

    @property
    def name(self) -> str:
        """Its name.

        >>> topic.name
        'example'
        """
        return self._name

    @property
    def partitions(self) -> int:
        """How many partitions it had when this object was made.

        >>> topic.partitions
        1
        """
        return self._partitions

    def send(
        self,
        value: T | object = None,
        key: object = None,
        headers: Headers | None = None,
        timestamp: int | None = None,
        partition: int | None = None,
    ) -> _native.Future[_native.RecordMetadata]:
        """Send a record; wait for room in the buffer, not for the answer.

        Args:
            value: bytes as they are, str as UTF-8, dict, list, dataclass, pydantic and msgspec as
                JSON; None is a tombstone.
            key: the same; records of one key go to one partition.
            headers: a list of (str, bytes or str or None), or a dict.
            timestamp: milliseconds since 1970; now where None.
            partition: a number from 0; by the key's hash where None.

        Returns:
            A future of RecordMetadata: ``.result()`` waits for the answer, ``await`` too.

        Raises:
            TypeError: a value, key, header or timestamp of another type.
            ValueError: a partition that is not there.
            TimeoutError: no room for max.block.ms.
            ClosedError: the cluster is closed.

        >>> topic.send({"user": 1}, key="u1", headers={"trace": b"1"}).result().offset
        0
        """
        # The extension's own function from now on: no frame of Python around each record.
        sender = self._cluster._sender().topic_sender(self._name)
        self.send = sender  # type: ignore[method-assign]
        return sender(value, key, headers, timestamp, partition)

    def send_many(
        self,
        values: Iterable[T | object],
        key: Callable[[Any], object] | str | None = None,
        *,
        headers: Iterable[Headers | None] | None = None,
        timestamps: Iterable[int | None] | None = None,
        partition: int | None = None,
    ) -> _native.Future[_native.BulkMetadata]:
        """Send many records with one call; the fast way.

        Args:
            values: what send() takes, or Records of another topic: their keys, headers and
                timestamps come along.
            key: a function of a value, or the name of a field of it.
            headers: for each value.
            timestamps: for each value, in milliseconds.
            partition: of all of them.

        Returns:
            One future of BulkMetadata for all: how many, and the first offset in each partition.

        Raises:
            Whatever the iterable raises; what came before it is sent. Otherwise as send().

        >>> topic.send_many([{"user": i} for i in range(100)], key="user").result().count
        100
        """
        from penstock._bulk import send_many

        sender = self._cluster._sender()
        return send_many(sender, self._name, values, key, headers, timestamps, partition)

    def read(
        self,
        start: When | None = None,
        end: When | None = None,
        partition: int | None = None,
        last: int | None = None,
        follow: bool = False,
        columns: list[str] | None = None,
        decode: str | None = None,
    ) -> Read[T]:
        """Return what is in the topic: iterate, also with ``async for``, or make it a table.

        It stops at the end that the topic has when the reading begins. What topics of the same
        cluster object sent before is delivered first, and seen. Each use reads anew.

        Args:
            start: the first offset of each partition, or a time: datetime (without a zone: local),
                ISO text, "-1h", "now"; None is the earliest record.
            end: the offset or time before which to stop; None is the end.
            partition: only this one.
            last: only so many of the newest records.
            follow: go on and wait for new records.
            columns: of tables: those of partition, offset, timestamp, key, value, headers.
            decode: "json" parses the values, and in tables each field becomes a column; "text"
                makes them str.

        Raises:
            ValueError: contradictory arguments; no such partition.
            TypeError: a start or end of another type.

        >>> _ = topic.send_many(["a", "b", "c"]).result()
        >>> [record.text() for record in topic.read(last=2)]
        ['b', 'c']
        """
        if partition is not None and not 0 <= partition < self._partitions:
            raise ValueError(
                f"topic {self._name!r} has the partitions 0 to {self._partitions - 1}, "
                f"not {partition}"
            )
        return Read(
            self._cluster,
            self._name,
            start=start,
            end=end,
            partition=partition,
            last=last,
            follow=follow,
            columns=columns,
            decode=decode,
            decoders=self._decoders,
        )

    def append(
        self, table: object, key: str | None = None, value: str | None = None
    ) -> _native.Future[_native.BulkMetadata]:
        """Send the rows of a table: a pandas, polars or Arrow one, or what has __arrow_c_stream__.

        Args:
            table: the rows.
            key: the column of the keys.
            value: the column of the values; without it each row becomes a JSON object.

        Returns:
            One future of BulkMetadata for all rows.

        Raises:
            ValueError: there is no such column.
            TypeError: it is no table.
            SerializationError: a column's type has no form in JSON.

        >>> import pandas  # doctest: +SKIP
        >>> topic.append(pandas.DataFrame({"user": [1, 2]}), key="user")  # doctest: +SKIP
        """
        from penstock._bulk import append

        return append(self._cluster._sender(), self._name, table, key, value)

    def count(self) -> int:
        """Return how many offsets there are between the first and the end of all partitions.

        >>> topic.count()
        0
        """
        from penstock._plan import offsets

        self._cluster._deliver()
        ends = offsets(self._cluster, self._name, range(self._partitions), "latest")
        starts = offsets(self._cluster, self._name, range(self._partitions), "earliest")
        return sum(ends[partition] - starts[partition] for partition in ends)

    def delete(self) -> None:
        """Delete the topic with all that is in it.

        >>> cluster.topic("short-lived").delete()
        """
        self._cluster.delete_topic(self._name)

    @property
    def config(self) -> Config:
        """Its configs: values by Kafka's names.

        >>> topic.config["cleanup.policy"]
        'delete'
        """
        return self._cluster.admin.describe_configs([self._name])[0]

    def describe(self) -> TopicDescription:
        """Return its id, and leader and replicas of each partition.

        >>> topic.describe().partitions[0].leader
        1
        """
        return self._cluster.admin.describe_topics([self._name])[0]

    def __iter__(self) -> Any:
        return iter(self.read())

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.read().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        noun = "partition" if self._partitions == 1 else "partitions"
        return f"<Topic {self._name!r} of {self._partitions} {noun}>"

    def _repr_html_(self) -> str:
        from penstock import _display

        return _display.topic(self)

    def _after_fork(self) -> None:
        def send(*_: object, **__: object) -> Any:
            raise _lifecycle.forked("topic")

        self.send = send  # type: ignore[method-assign]


def _decoder(kind: Any) -> Callable[[bytes], Any] | None:
    if kind is None or kind is bytes:
        return None
    from penstock._decoding import decoder_for

    return decoder_for(kind)
