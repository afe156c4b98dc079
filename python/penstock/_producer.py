"""A producer with configs of its own, over any cluster."""

from __future__ import annotations

from typing import Any, Self, cast

from penstock import _lifecycle
from penstock._tables import client_configs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from penstock import _native
    from penstock._cluster import Cluster
    from penstock._types import Headers


class Producer(_lifecycle.Closable):
    """Sends records to the topics of a cluster.

    A context manager, also with ``async with``: its end delivers what was sent. send() may be
    called from several threads. Idempotence and acks=all are the defaults.
    """

    _noun = "producer"

    def __init__(
        self,
        servers: str | Iterable[str] | Mapping[str, object] | None = None,
        config: Mapping[str, object] | None = None,
        **configs: Any,
    ) -> None:
        """Make a producer with a connection of its own.

        Args:
            servers: "host:port", or several; a dict of configs is fine as well. See connect().
            config: Kafka's configs, as a dict: {"linger.ms": 5}.
            **configs: the same as keywords, which win: linger="5ms", compression="zstd".

        Raises:
            ConfigError: an address without a port; a config that is unknown, or not there yet.

        >>> with penstock.Producer(cluster.bootstrap_servers, linger="1ms") as producer:
        ...     producer.send("example", "hello").result().topic
        'example'
        """
        from penstock._connect import connect_with

        servers, config = servers_and_config(servers, config)
        client, own = client_configs("producer", config, configs)
        self._begin(connect_with(servers, client), own, owns_cluster=True)

    @classmethod
    def _over(cls, cluster: Cluster, configs: dict[str, str], *, owns_cluster: bool) -> Self:
        made = cls.__new__(cls)
        made._begin(cluster, configs, owns_cluster=owns_cluster)
        return made

    def _begin(self, cluster: Cluster, configs: dict[str, str], *, owns_cluster: bool) -> None:
        from penstock._cluster import new_producer

        _lifecycle.Closable.__init__(self)
        self._cluster = cluster
        self._owns_cluster = owns_cluster
        self._native, self._room = new_producer(cluster._engine, configs)
        if not owns_cluster:
            cluster._made.add(self)
        self._ends_by(_lifecycle.end_producer, self._native, repr(self))
        _lifecycle.tell_when_forked(self)

    def send(
        self,
        topic: str,
        value: object = None,
        key: object = None,
        headers: Headers | None = None,
        timestamp: int | None = None,
        partition: int | None = None,
    ) -> _native.Future[_native.RecordMetadata]:
        """Send a record; wait for room in the buffer, not for the answer. See Topic.send().

        Raises:
            TypeError, ValueError, TimeoutError, ClosedError: see Topic.send().

        >>> producer.send("example", b"hello", key="en").result().offset
        0
        """
        if type(self).send is Producer.send:
            # The extension's own function from now on: no frame of Python around each record.
            self.send = self._native.send  # type: ignore[method-assign]
        return self._native.send(topic, value, key, headers, timestamp, partition)

    def send_many(
        self,
        topic: str,
        values: Iterable[object],
        key: Callable[[Any], object] | str | None = None,
        *,
        headers: Iterable[Headers | None] | None = None,
        timestamps: Iterable[int | None] | None = None,
        partition: int | None = None,
    ) -> _native.Future[_native.BulkMetadata]:
        """Send many records with one call and one future; see Topic.send_many().

        >>> producer.send_many("example", ["a", "b"]).result().count
        2
        """
        from penstock._bulk import send_many

        self._check()
        return send_many(self._native, topic, values, key, headers, timestamps, partition)

    @property
    def pending(self) -> int:
        """How many records are sent and not answered yet.

        >>> producer.pending
        0
        """
        self._check()
        return self._native.pending()

    def flush(self, timeout: float | None = None) -> None:
        """Wait until all that was sent is answered, well or not.

        Raises:
            TimeoutError: it is not, after `timeout` seconds.

        >>> producer.flush(10)
        """
        self._check()
        self._native.flush(timeout)

    def close(self, timeout: float | None = None) -> None:
        """Deliver what was sent, and close; twice is fine.

        Args:
            timeout: seconds until what is not delivered is given up; None waits for
                delivery.timeout.ms at most.

        Raises:
            DeliveryError: something was not delivered, and nobody has asked its future.
        """
        if not self._begin_close():
            return
        try:
            _lifecycle.close_producer(self._native, timeout)
        finally:
            if self._owns_cluster:
                self._cluster.close(timeout)

    async def _settle(self) -> None:
        await self._room.settle()

    def __repr__(self) -> str:
        state = " (closed)" if self.closed else ""
        return f"<Producer to {self._cluster._name!r}{state}>"

    def _after_fork(self) -> None:
        def send(*_: object, **__: object) -> Any:
            raise _lifecycle.forked("producer")

        self.send = send  # type: ignore[method-assign]


def servers_and_config(
    servers: str | Iterable[str] | Mapping[str, object] | None, config: Mapping[str, object] | None
) -> tuple[str | Iterable[str] | None, Mapping[str, object] | None]:
    """Accept a dict of configs in the place of the servers, as other clients do.

    Raises:
        TypeError: two dicts.
    """
    if not hasattr(servers, "items"):
        return servers, config
    if config is not None:
        raise TypeError("the configs were given twice, as the first and as the second argument")
    return None, cast("Mapping[str, object]", servers)
