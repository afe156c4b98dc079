"""A cluster: what open(), serve() and connect() return; topics, producers, consumers, admin."""

from __future__ import annotations

import re
import time
import weakref
from typing import Any, TypeVar, overload

from penstock import _errors, _lifecycle, _native, _values
from penstock._errors import DeliveryError, placed
from penstock._room import Room
from penstock._tables import client_configs, topic_configs
from penstock._topic import Topic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from penstock._admin import Admin
    from penstock._consumer import Consumer
    from penstock._producer import Producer

T = TypeVar("T")
_TOPIC_NAME = re.compile(r"[a-zA-Z0-9._-]{1,249}")
_CALL_SECONDS = 60.0
_MAX_BLOCK_MS = 60_000  # Kafka's default


class Cluster(_lifecycle.Closable):
    """Any Kafka cluster, as penstock.connect() returns it; a Broker is one in this process.

    It is a context manager, also with ``async with``; its end flushes and closes everything that
    was made from it. Its methods may be called from several threads.
    """

    _noun = "cluster"
    # Of the producer behind Topic.send; everything else is Kafka's default.
    _sender_configs: dict[str, str] = {}  # noqa: RUF012 - never changed

    def __init__(self, engine: _native.Engine, name: str, node: _native.Node | None = None) -> None:
        """Private: call penstock.connect() or penstock.open()."""
        super().__init__()
        self._engine = engine
        self._name = name
        self._node = node
        self._reached = node is not None
        self._senders: list[_native.Producer] = []
        self._room: Room | None = None
        self._made: weakref.WeakSet[Producer | Consumer] = weakref.WeakSet()
        self._ends_by(_end_cluster, self._senders, engine, node, repr(self))

    @property
    def bootstrap_servers(self) -> str:
        """The addresses by which clients find it, as Kafka writes them: host:port,host:port.

        >>> cluster.bootstrap_servers.startswith("127.0.0.1:")
        True
        """
        return self._name

    @property
    def cluster_id(self) -> str:
        """The id that the cluster gave itself when it was formatted.

        Raises:
            ConnectionFailed: no broker answers.

        >>> len(cluster.cluster_id) > 0
        True
        """
        return str(self._call("describe_cluster", {})["cluster_id"])

    @property
    def admin(self) -> Admin:
        """Everything that can be asked of a cluster and changed in it.

        >>> [broker.id for broker in cluster.admin.describe_cluster().brokers]
        [1]
        """
        from penstock._admin import Admin

        self._check()
        return Admin._of(self)

    @overload
    def topic(
        self,
        name: str,
        partitions: int | None = None,
        *,
        replication_factor: int | None = None,
        configs: Mapping[str, object] | None = None,
        value: None = None,
        key: Any = None,
    ) -> Topic[bytes]: ...
    @overload
    def topic(
        self,
        name: str,
        partitions: int | None = None,
        *,
        replication_factor: int | None = None,
        configs: Mapping[str, object] | None = None,
        value: type[T],
        key: Any = None,
    ) -> Topic[T]: ...
    def topic(
        self,
        name: str,
        partitions: int | None = None,
        *,
        replication_factor: int | None = None,
        configs: Mapping[str, object] | None = None,
        value: Any = None,
        key: Any = None,
    ) -> Topic[Any]:
        """Return a topic, created if it is missing.

        Args:
            name: 1 to 249 of the characters a-z A-Z 0-9 . _ -
            partitions: how many; the cluster's num.partitions where None. A topic that exists must
                have as many.
            replication_factor: how many brokers have each record; the cluster's default where None.
            configs: the topic's configs when it is created, such as {"retention.ms": "1h"}; those
                of a topic that exists stay as they are.
            value: the type of the values: bytes, str, dict, list, a dataclass, a TypedDict, a model
                of pydantic, a Struct of msgspec. What is read has values of this type.
            key: the type of the keys, the same way.

        Raises:
            ValueError: no name for a topic, or it exists with another number of partitions.
            TypeError: a name that is no str, a type that values cannot have.
            KafkaError: the cluster refused.

        >>> cluster.topic("clicks", partitions=4)
        <Topic 'clicks' of 4 partitions>
        """
        self._check()
        check_topic_name(name)
        if partitions is not None and (isinstance(partitions, bool) or partitions < 1):
            raise ValueError(f"a topic has 1 partition or more, not {partitions}")
        found = self._partitions(name)
        if found is None:
            found = self._create(name, partitions, replication_factor, topic_configs(configs))
        if partitions is not None and partitions != found:
            raise ValueError(
                f"topic {name!r} has {found} partitions, not {partitions}: leave partitions= "
                "out, or add some with admin.create_partitions()"
            )
        return Topic(self, name, found, value=value, key=key)

    def topics(self) -> list[str]:
        """Return the names of all topics in their order, without Kafka's own.

        >>> topic = cluster.topic("greetings")
        >>> "greetings" in cluster.topics()
        True
        """
        return sorted(topic["name"] for topic in self._call("list_topics", {"internal": False}))

    def delete_topic(self, name: str) -> None:
        """Delete a topic with all that is in it.

        Raises:
            errors.UnknownTopicOrPartition: there is none of this name.

        >>> topic = cluster.topic("short-lived")
        >>> cluster.delete_topic("short-lived")
        """
        self.admin.delete_topics([name])

    def producer(self, config: Mapping[str, object] | None = None, **configs: Any) -> Producer:
        """Return a producer with its own configs, over this cluster's connections.

        Raises:
            ConfigError: a config is unknown or has no such value.

        >>> with cluster.producer(linger="5ms", compression="zstd") as producer:
        ...     producer.send(topic.name, "hello").result().partition
        0
        """
        from penstock._producer import Producer

        self._check()
        client, own = client_configs("producer", config, configs)
        _refuse_connection_configs("producer", client, own)
        return Producer._over(self, own, owns_cluster=False)

    def consumer(
        self,
        topics: str | Iterable[str] | None = None,
        config: Mapping[str, object] | None = None,
        **configs: Any,
    ) -> Consumer:
        """Return a consumer of these topics, or of none yet, over this cluster's connections.

        Raises:
            ConfigError: a config is unknown or has no such value.
            errors.UnknownTopicOrPartition: a topic is not there.

        >>> with cluster.consumer(topic.name, auto_offset_reset="earliest") as consumer:
        ...     consumer.assignment()
        [TopicPartition(topic='example', partition=0)]
        """
        from penstock._consumer import Consumer

        self._check()
        client, own = client_configs("consumer", config, configs)
        _refuse_connection_configs("consumer", client, own)
        return Consumer._over(self, own, topics, owns_cluster=False)

    def flush(self, timeout: float | None = None) -> None:
        """Wait until everything that topics sent is answered.

        Raises:
            TimeoutError: it is not, after `timeout` seconds.

        >>> _ = topic.send("hello")
        >>> cluster.flush()
        """
        self._check()
        for sender in self._senders:
            sender.flush(timeout)

    def close(self, timeout: float | None = None) -> None:
        """Deliver what was sent, and close all that was made from this cluster; twice is fine.

        Args:
            timeout: seconds until what is not delivered is given up; None waits for
                delivery.timeout.ms at most.

        Raises:
            DeliveryError: something was not delivered, and nobody has asked its future.
        """
        if not self._begin_close():
            return
        failures: list[tuple[str, int, BaseException]] = []
        try:
            for made in list(self._made):
                try:
                    made.close(timeout)
                except DeliveryError as error:
                    failures.extend(error.records)
            for sender in self._senders:
                _lifecycle.shut_producer(sender, timeout)
                failures.extend(sender.take_failures())
        finally:
            self._engine.close(timeout)
            if self._node is not None:
                self._node.stop()
        undelivered = _lifecycle.undelivered(failures)
        if undelivered is not None:
            raise undelivered

    async def _settle(self) -> None:
        for made in list(self._made):
            await made._settle()
        if self._room is not None:
            await self._room.settle()

    def __repr__(self) -> str:
        state = " (closed)" if self.closed else ""
        return f"<{type(self).__name__} {self._name!r}{state}>"

    def _repr_html_(self) -> str:
        from penstock import _display

        return _display.cluster(self)

    def _call(
        self, call: str, arguments: dict[str, Any], timeout: float | None = _CALL_SECONDS
    ) -> Any:
        """Ask the cluster; see _native.Engine.admin."""
        self._check()
        if not self._reached:
            from penstock import _reach

            _reach.check(self._name, min(_reach.PATIENCE_SECONDS, timeout or _CALL_SECONDS))
            self._reached = True
        return self._engine.admin(call, arguments, timeout)

    def _sender(self) -> _native.Producer:
        """The producer behind Topic.send."""
        self._check()
        if not self._senders:
            native, self._room = new_producer(self._engine, self._sender_configs)
            self._senders.append(native)
        return self._senders[0]

    def _deliver(self) -> None:
        """Have what topics sent delivered, so that reading sees it."""
        for sender in self._senders:
            if sender.pending():
                sender.flush(None)

    def _partitions(self, name: str) -> int | None:
        """How many partitions a topic has; None where there is no such topic."""
        found = self._call("describe_topics", {"topics": [name]})[0]
        error = found["error"]
        if error is None:
            return len(found["partitions"])
        if error.name == "UNKNOWN_TOPIC_OR_PARTITION":
            return None
        raise placed(error, topic=name)

    def _create(
        self, name: str, partitions: int | None, replicas: int | None, configs: dict[str, str]
    ) -> int:
        wanted = {
            "name": name,
            "partitions": -1 if partitions is None else partitions,
            "replication_factor": -1 if replicas is None else replicas,
            "assignments": {},
            "configs": configs,
        }
        made = self._call("create_topics", {"topics": [wanted], "validate_only": False})[0]
        error = made["error"]
        if error is not None and error.name != "TOPIC_ALREADY_EXISTS":
            raise placed(error, topic=name)
        # A cluster of several nodes needs a moment until all of them know the topic.
        deadline, pause = time.monotonic() + _CALL_SECONDS, 0.002
        while True:
            count = self._partitions(name)
            if count:
                return count
            if time.monotonic() > deadline:
                raise _errors.TimeoutError(
                    f"topic {name!r} was created, and is not there yet", topic=name
                )
            time.sleep(pause)
            pause = min(2 * pause, 0.25)


def new_producer(engine: _native.Engine, configs: dict[str, str]) -> tuple[_native.Producer, Room]:
    """Return a producer that encodes values by their types, and its lines of event loops."""
    native = engine.producer(configs)
    room = Room(native, int(configs.get("max.block.ms", _MAX_BLOCK_MS)) / 1000)
    native.encode_value = _values.encode
    native.encode_key = _values.encode
    native.when_full = room.when_full
    return native, room


def check_topic_name(name: object) -> None:
    """Raise what is wrong with a topic's name.

    Raises:
        TypeError: it is no str.
        ValueError: Kafka has no such names.
    """
    if not isinstance(name, str):
        raise TypeError(f"a topic's name is a str, not {name!r}")
    if not _TOPIC_NAME.fullmatch(name) or name in (".", ".."):
        raise ValueError(
            f"{name!r} is no name for a topic: it has 1 to 249 of the characters a-z A-Z 0-9 . _ - "
            "and is neither '.' nor '..'"
        )


def _refuse_connection_configs(what: str, client: dict[str, str], own: dict[str, str]) -> None:
    """Raise for configs that are the connection's: it is there already."""
    from penstock._errors import ConfigError

    foreign = sorted(set(client) - set(own))
    if foreign:
        raise ConfigError(
            f"{', '.join(foreign)}: the {what} uses the cluster's connection; "
            f"pass it to connect(), or make a penstock.{what.capitalize()} of its own"
        )


def _end_cluster(
    senders: list[_native.Producer],
    engine: _native.Engine,
    node: _native.Node | None,
    name: str,
    seconds: float,
) -> None:
    try:
        for sender in senders:
            _lifecycle.end_producer(sender, name, seconds)
    finally:  # a warning may be an error
        engine.close(seconds)
        if node is not None:
            node.stop()
