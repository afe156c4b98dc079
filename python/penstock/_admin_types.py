"""What an Admin returns: frozen values, in Kafka's words. Times are ms since 1970."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from penstock._errors import KafkaError


@dataclass(frozen=True, slots=True)
class NewTopic:
    """A topic to create; what is None is the cluster's default.

    ``assignments`` are the brokers of each partition, instead of the two counts.
    """

    name: str
    partitions: int | None = None
    replication_factor: int | None = None
    configs: Mapping[str, object] = field(default_factory=dict)
    assignments: Mapping[int, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CreatedTopic:
    """A topic that was created."""

    name: str
    topic_id: str
    partitions: int
    replication_factor: int


@dataclass(frozen=True, slots=True)
class ListedTopic:
    """A topic in the list of all."""

    name: str
    topic_id: str
    partitions: int
    replication_factor: int
    internal: bool


@dataclass(frozen=True, slots=True)
class PartitionDescription:
    """Who has a partition; leader is -1 where there is none."""

    partition: int
    leader: int
    leader_epoch: int
    replicas: list[int]
    isr: list[int]
    offline: list[int]


@dataclass(frozen=True, slots=True)
class TopicDescription:
    """A topic with its partitions, in their order."""

    name: str
    topic_id: str
    internal: bool
    partitions: list[PartitionDescription]


@dataclass(frozen=True, slots=True)
class ConfigSynonym:
    """Where a config's value would come from next."""

    name: str
    value: str | None
    source: str


@dataclass(frozen=True, slots=True)
class ConfigEntry:
    """A config with its value, and where that comes from. A sensitive value is None."""

    name: str
    value: str | None
    default: bool
    read_only: bool
    sensitive: bool
    source: str
    type: str
    doc: str
    synonyms: list[ConfigSynonym]


class Config(Mapping[str, "str | None"]):
    """The configs of a topic, broker or other resource: a mapping of names to values.

    Names may be spelled with dots, underscores or dashes. ``entries`` knows more about each.
    """

    __slots__ = ("entries", "name", "type")

    def __init__(self, kind: str, name: str, entries: list[ConfigEntry]) -> None:
        """Private: describe_configs()."""
        self.type = kind
        self.name = name
        self.entries = {entry.name: entry for entry in entries}

    def __getitem__(self, name: str) -> str | None:
        return self._entry(name).value

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def changed(self) -> dict[str, str | None]:
        """Return what differs from the defaults."""
        return {entry.name: entry.value for entry in self.entries.values() if not entry.default}

    def __repr__(self) -> str:
        changed = ", ".join(f"{name}={value!r}" for name, value in self.changed().items())
        return f"<Config of {self.type} {self.name!r}: {changed or 'all defaults'}>"

    def _repr_html_(self) -> str:
        from penstock import _display

        return _display.config(self)

    def _entry(self, name: str) -> ConfigEntry:
        entry = self.entries.get(name)
        if entry is None and isinstance(name, str):
            from penstock._config import squeeze

            squeezed = squeeze(name)
            for known in self.entries.values():
                if squeeze(known.name) == squeezed:
                    return known
        if entry is None:
            raise KeyError(name)
        return entry


@dataclass(frozen=True, slots=True)
class OffsetInfo:
    """An offset that was asked for, -1 where no record is that new; the timestamp of its record."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    leader_epoch: int


@dataclass(frozen=True, slots=True)
class BrokerInfo:
    """A broker of a cluster."""

    id: int
    host: str
    port: int
    rack: str | None


@dataclass(frozen=True, slots=True)
class ClusterDescription:
    """A cluster with its brokers."""

    cluster_id: str
    controller: int
    brokers: list[BrokerInfo]


@dataclass(frozen=True, slots=True)
class ReplicaOnDisk:
    """A partition in a directory; ``future`` is one that is being moved there. Sizes in bytes."""

    topic: str
    partition: int
    size: int
    lag: int
    future: bool


@dataclass(frozen=True, slots=True)
class LogDir:
    """A directory of a broker, with what is wrong with it, or None. -1 bytes: it does not tell."""

    broker: int
    path: str | None
    error: KafkaError | None
    total_bytes: int
    usable_bytes: int
    partitions: list[ReplicaOnDisk]


@dataclass(frozen=True, slots=True)
class QuorumReplica:
    """A node of the metadata quorum; times are -1 where the leader does not tell."""

    id: int
    directory: str
    log_end_offset: int
    last_fetch: int
    last_caught_up: int


@dataclass(frozen=True, slots=True)
class QuorumDescription:
    """The quorum of the metadata log."""

    leader: int
    leader_epoch: int
    high_watermark: int
    voters: list[QuorumReplica]
    observers: list[QuorumReplica]


@dataclass(frozen=True, slots=True)
class FeatureRange:
    """A feature: the levels that brokers support, and the one in force, 0 for none."""

    name: str
    supported_min: int
    supported_max: int
    finalized: int


@dataclass(frozen=True, slots=True)
class FeaturesDescription:
    """The features of a cluster, and the epoch of what is in force."""

    epoch: int
    features: list[FeatureRange]


@dataclass(frozen=True, slots=True)
class ProducerState:
    """What a partition knows of an idempotent producer; transaction_start is -1 without one."""

    id: int
    epoch: int
    last_sequence: int
    last_timestamp: int
    transaction_start: int


@dataclass(frozen=True, slots=True)
class PartitionProducers:
    """The producers that write to a partition."""

    topic: str
    partition: int
    producers: list[ProducerState]


@dataclass(frozen=True, slots=True)
class ApiRange:
    """An API with the versions that a broker serves."""

    key: int
    name: str
    min: int
    max: int


@dataclass(frozen=True, slots=True)
class BrokerApis:
    """What a broker serves."""

    broker: int
    host: str
    port: int
    apis: list[ApiRange]


def make(kind: type, data: Mapping[str, Any]) -> Any:
    """Return one of the flat values above from the engine's dict, which may have more keys."""
    names: dict[str, Any] = kind.__dataclass_fields__  # type: ignore[attr-defined]
    return kind(**{name: data[name] for name in names})
