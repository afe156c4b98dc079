"""Administration of any cluster: topics, configs, offsets, and the cluster itself."""

from __future__ import annotations

from typing import Any, Self

from penstock import _admin_types as types
from penstock import _lifecycle, _times
from penstock._admin_calls import (
    config_names,
    config_values,
    entry,
    listed_topic,
    names_of,
    new_topics,
    raise_errors,
)
from penstock._admin_cluster import AboutCluster
from penstock._producer import servers_and_config
from penstock._tables import client_configs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from penstock._cluster import Cluster

_PLACES = {"latest": -1, "earliest": -2, "max_timestamp": -3, "earliest_local": -4}


class Admin(AboutCluster, _lifecycle.Closable):
    """Asks a cluster and changes it; ``cluster.admin``, or with a connection of its own.

    A call on several things raises what the first of them met that failed; the errors of the others
    stand in the notes of that exception, and what did not fail is done.
    """

    _noun = "admin"

    def __init__(
        self,
        servers: str | Iterable[str] | Mapping[str, object] | None = None,
        config: Mapping[str, object] | None = None,
        **configs: Any,
    ) -> None:
        """Make an admin with a connection of its own; the arguments are those of connect().

        Raises:
            ConfigError: an address without a port, an unknown config.

        >>> with penstock.Admin(cluster.bootstrap_servers) as admin:
        ...     [listed.name for listed in admin.list_topics()]
        ['example']
        """
        from penstock._connect import connect_with

        servers, config = servers_and_config(servers, config)
        client, _ = client_configs(None, config, configs)
        super().__init__()
        self._cluster = connect_with(servers, client)
        self._owns_cluster = True

    @classmethod
    def _of(cls, cluster: Cluster) -> Self:
        made = cls.__new__(cls)
        _lifecycle.Closable.__init__(made)
        made._cluster = cluster
        made._owns_cluster = False
        return made

    # ---- Topics

    def create_topics(
        self,
        topics: Iterable[types.NewTopic | str] | Mapping[str, int],
        *,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> list[types.CreatedTopic]:
        """Create topics: names, NewTopics, or a dict of names and numbers of partitions.

        Args:
            topics: what to create.
            validate_only: only say whether it would work.
            timeout: seconds for all.

        Raises:
            errors.TopicAlreadyExists: and what else the cluster refuses.

        >>> [created.partitions for created in admin.create_topics({"orders": 3})]
        [3]
        """
        wanted = new_topics(topics)
        arguments = {"topics": wanted, "validate_only": validate_only}
        answers = self._call("create_topics", arguments, timeout)
        raise_errors("topic", answers)
        return [types.make(types.CreatedTopic, answer) for answer in answers]

    def delete_topics(self, names: Iterable[str], *, timeout: float | None = None) -> None:
        """Delete topics with all that is in them.

        Raises:
            errors.UnknownTopicOrPartition: there is none of a name.

        >>> admin.delete_topics(["example"])
        """
        arguments = {"topics": names_of(names)}
        raise_errors("topic", self._call("delete_topics", arguments, timeout))

    def create_partitions(
        self,
        counts: Mapping[str, int],
        *,
        assignments: Mapping[str, list[list[int]]] | None = None,
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> None:
        """Give topics more partitions.

        Args:
            counts: how many partitions each topic has afterwards.
            assignments: the brokers of each new partition; the cluster chooses without them.
            validate_only: only say whether it would work.
            timeout: seconds for all.

        Raises:
            errors.InvalidPartitions: that would not be more.

        >>> admin.create_partitions({"example": 2})
        """
        placed = assignments or {}
        wanted = [
            {"name": name, "count": count, "assignments": placed.get(name, [])}
            for name, count in counts.items()
        ]
        arguments = {"topics": wanted, "validate_only": validate_only}
        raise_errors("topic", self._call("create_partitions", arguments, timeout))

    def list_topics(
        self, *, internal: bool = False, timeout: float | None = None
    ) -> list[types.ListedTopic]:
        """Return all topics by name; Kafka's own only if they are asked for.

        >>> [(listed.name, listed.partitions) for listed in admin.list_topics()]
        [('example', 1)]
        """
        listed = self._call("list_topics", {"internal": internal}, timeout)
        names = sorted(topic["name"] for topic in listed)
        described = self._call("describe_topics", {"topics": names}, timeout) if names else []
        return [listed_topic(answer) for answer in described if answer["error"] is None]

    def describe_topics(
        self, names: Iterable[str], *, timeout: float | None = None
    ) -> list[types.TopicDescription]:
        """Return leaders and replicas of topics, in the order of the names.

        Raises:
            errors.UnknownTopicOrPartition: there is none of a name.

        >>> admin.describe_topics(["example"])[0].partitions[0].isr
        [1]
        """
        answers = self._call("describe_topics", {"topics": names_of(names)}, timeout)
        raise_errors("topic", answers)
        return [
            types.TopicDescription(
                answer["name"],
                answer["topic_id"],
                answer["internal"],
                [types.make(types.PartitionDescription, part) for part in answer["partitions"]],
            )
            for answer in answers
        ]

    # ---- Configs

    def describe_configs(
        self,
        names: Iterable[str | int],
        *,
        type: str = "topic",  # noqa: A002 - Kafka's word
        synonyms: bool = False,
        documentation: bool = False,
        timeout: float | None = None,
    ) -> list[types.Config]:
        """Return the configs of topics, brokers (by id) or other resources.

        Args:
            names: of the resources; "" is the default of all brokers.
            type: "topic", "broker", "broker_logger", "client_metrics" or "group".
            synonyms: with where each value would come from next.
            documentation: with what each config does.
            timeout: seconds for all.

        Raises:
            errors.UnknownTopicOrPartition: there is no such resource.

        >>> admin.describe_configs(["example"])[0]["retention_ms"]
        '604800000'
        """
        resources = [{"type": type, "name": name} for name in names_of(names)]
        arguments = {
            "resources": resources,
            "synonyms": synonyms,
            "documentation": documentation,
        }
        answers = self._call("describe_configs", arguments, timeout)
        raise_errors(type, answers)
        return [
            types.Config(answer["type"], answer["name"], [entry(e) for e in answer["entries"]])
            for answer in answers
        ]

    def alter_configs(
        self,
        name: str | int,
        set: Mapping[str, object] | None = None,  # noqa: A002 - Kafka's words
        *,
        delete: Iterable[str] = (),
        append: Mapping[str, object] | None = None,
        subtract: Mapping[str, object] | None = None,
        type: str = "topic",  # noqa: A002
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> None:
        """Change configs of one topic, broker or other resource; the others stay as they are.

        Args:
            name: of the resource.
            set: new values, with units if you like: {"retention.ms": "1h"}.
            delete: what goes back to its default.
            append: what lists get in addition.
            subtract: what is taken out of lists.
            type: see describe_configs().
            validate_only: only say whether it would work.
            timeout: seconds.

        Raises:
            ConfigError: an unknown name, or a value that is none.

        >>> admin.alter_configs("example", {"retention.ms": "1h"})
        >>> topic.config["retention.ms"]
        '3600000'
        """
        changes: list[dict[str, str | None]] = [
            {"type": type, "name": str(name), "op": op, "key": key, "value": value}
            for op, given in (("set", set), ("append", append), ("subtract", subtract))
            for key, value in config_values(type, given or {}).items()
        ]
        changes += [
            {"type": type, "name": str(name), "op": "delete", "key": key, "value": None}
            for key in config_names(type, delete)
        ]
        arguments = {"changes": changes, "validate_only": validate_only}
        raise_errors(type, self._call("alter_configs", arguments, timeout))

    # ---- Partitions

    def list_offsets(
        self,
        partitions: Iterable[tuple[str, int]],
        at: _times.When = "latest",
        *,
        read_committed: bool = False,
        timeout: float | None = None,
    ) -> list[types.OffsetInfo]:
        """Return the offsets of a time or place in partitions, in the order that they were given.

        Args:
            partitions: pairs of topic and number.
            at: milliseconds, a datetime, ISO text, "-1h"; or "latest", "earliest", "max_timestamp",
                "earliest_local".
            read_committed: whether "latest" is where the first open transaction begins.
            timeout: seconds for all.

        Raises:
            errors.UnknownTopicOrPartition: there is no such partition.

        >>> _ = topic.send("hello").result()
        >>> admin.list_offsets([("example", 0)], "latest")[0].offset
        1
        """
        timestamp = _PLACES.get(at) if isinstance(at, str) else None
        if timestamp is None:
            timestamp = _times.timestamp_ms(at)
        wanted = [{"topic": t, "partition": p, "timestamp": timestamp} for t, p in partitions]
        arguments = {"partitions": wanted, "read_committed": read_committed}
        answers = self._call("list_offsets", arguments, timeout)
        raise_errors("partition", answers)
        return [types.make(types.OffsetInfo, answer) for answer in answers]

    def delete_records(
        self, before: Mapping[tuple[str, int], int], *, timeout: float | None = None
    ) -> dict[tuple[str, int], int]:
        """Delete the oldest records of partitions.

        Args:
            before: for each partition the offset before which all goes; -1 is the high watermark.
            timeout: seconds for all.

        Returns:
            For each partition the first offset that is left.

        Raises:
            errors.OffsetOutOfRange: the partition has no such offset.

        >>> _ = topic.send_many(["a", "b", "c"]).result()
        >>> admin.delete_records({("example", 0): 2})
        {('example', 0): 2}
        """
        wanted = [{"topic": t, "partition": p, "offset": o} for (t, p), o in before.items()]
        answers = self._call("delete_records", {"partitions": wanted}, timeout)
        raise_errors("partition", answers)
        return {(a["topic"], a["partition"]): a["low_watermark"] for a in answers}

    def describe_producers(
        self, partitions: Iterable[tuple[str, int]], *, timeout: float | None = None
    ) -> list[types.PartitionProducers]:
        """Return what partitions know of the idempotent producers that write to them.

        >>> _ = topic.send("hello").result()
        >>> len(admin.describe_producers([("example", 0)])[0].producers)
        1
        """
        wanted = [{"topic": t, "partition": p} for t, p in partitions]
        answers = self._call("describe_producers", {"partitions": wanted}, timeout)
        raise_errors("partition", answers)
        return [
            types.PartitionProducers(
                answer["topic"],
                answer["partition"],
                [_producer_state(state) for state in answer["producers"]],
            )
            for answer in answers
        ]

    def close(self, timeout: float | None = None) -> None:
        """Close the connection, if it is its own; twice is fine."""
        if self._begin_close() and self._owns_cluster:
            self._cluster.close(timeout)

    def __repr__(self) -> str:
        return f"<Admin of {self._cluster._name!r}{' (closed)' if self.closed else ''}>"

    def _call(self, call: str, arguments: dict[str, Any], timeout: float | None) -> Any:
        self._check()
        if timeout is None:
            return self._cluster._call(call, arguments)
        return self._cluster._call(call, arguments, timeout)


def _producer_state(data: dict[str, Any]) -> types.ProducerState:
    return types.ProducerState(
        data["producer_id"],
        data["producer_epoch"],
        data["last_sequence"],
        data["last_timestamp"],
        data["transaction_start"],
    )
