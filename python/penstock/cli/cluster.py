"""penstock cluster: brokers, quorum, features and directories."""

from __future__ import annotations

from typing import Any

import click

from penstock.cli._client import connect
from penstock.cli._errors import ExitCode
from penstock.cli._options import Connection, cluster_options
from penstock.cli._output import Output, output_option
from penstock.cli._shape import Column, Shape
from penstock.cli._units import show_bytes, show_time

BROKER_COLUMNS = (
    Column("id", "integer", "The broker's id."),
    Column("host", "string", "Where it listens, as it says itself."),
    Column("port", "integer", "The port."),
    Column("rack", "string", "Its rack.", nullable=True),
    Column("controller", "boolean", "Whether it is said to be the controller."),
)
INFO = Shape(
    "A cluster",
    (
        Column("cluster_id", "string", "Its id."),
        Column("controller", "integer", "The broker that is said to be the controller."),
        Column("topics", "integer", "How many topics it has, without Kafka's own."),
        Column("partitions", "integer", "How many partitions these have."),
        Column("brokers", "array", "Its brokers.", columns=BROKER_COLUMNS),
    ),
    name="cluster_id",
    single=True,
)
BROKERS = Shape("Brokers", BROKER_COLUMNS, name="id")
QUORUM_REPLICAS = (
    Column("id", "integer", "The node."),
    Column("role", "string", "leader, voter or observer."),
    Column("log_end_offset", "integer", "The end of its metadata log."),
    Column("lag", "integer", "How far it is behind the leader."),
    Column("last_fetch", "integer", "When it fetched last (ms since 1970); -1: not told.",
           show=show_time),
    Column("last_caught_up", "integer", "When it had everything (ms since 1970); -1: not told.",
           show=show_time),
    Column("directory", "string", "The id of its directory.", wide=True),
)  # fmt: skip
QUORUM = Shape(
    "The quorum of the metadata log",
    (
        Column("leader", "integer", "The node that leads it."),
        Column("leader_epoch", "integer", "How often that has changed."),
        Column("high_watermark", "integer", "What is committed."),
        Column("nodes", "array", "Voters and observers.", columns=QUORUM_REPLICAS),
    ),
    name="leader",
    single=True,
)
FEATURES = Shape(
    "Features",
    (
        Column("name", "string", "The feature.", heading="FEATURE"),
        Column("finalized", "integer", "The level in force; 0: none."),
        Column("supported_min", "integer", "The lowest level that the brokers support."),
        Column("supported_max", "integer", "The highest one."),
    ),
)
LOG_DIRS = Shape(
    "Directories of brokers",
    (
        Column("broker", "integer", "The broker."),
        Column("path", "string", "The directory."),
        Column("partitions", "integer", "How many partitions lie in it."),
        Column("bytes", "integer", "Their size.", show=show_bytes, heading="SIZE"),
        Column("total_bytes", "integer", "The size of the disk.", show=show_bytes,
               heading="DISK", nullable=True),
        Column("usable_bytes", "integer", "What is left of it.", show=show_bytes,
               heading="FREE", nullable=True),
        Column("error", "string", "What is wrong with it.", nullable=True),
        Column("replicas", "array", "The partitions.", hidden=True, columns=(
            Column("topic", "string", "The topic."),
            Column("partition", "integer", "The partition."),
            Column("bytes", "integer", "Its size."),
            Column("lag", "integer", "How far it is behind."),
            Column("future", "boolean", "Whether it is being moved here."),
        )),
    ),
    name="path",
)  # fmt: skip


@click.group("cluster", short_help="Describe brokers, quorum, features and log directories.")
def command() -> None:
    """Describe a cluster: its brokers, quorum, features and directories."""


@command.command("info")
@cluster_options
@output_option(INFO)
def info(connection: Connection, output: Output) -> None:
    """Describe the cluster as a whole."""
    with connect(connection) as cluster:
        described = cluster.admin.describe_cluster(timeout=connection.timeout)
        topics = cluster.admin.list_topics(timeout=connection.timeout)
    output.record(
        {
            "cluster_id": described.cluster_id,
            "controller": described.controller,
            "topics": len(topics),
            "partitions": sum(topic.partitions for topic in topics),
            "brokers": _brokers(described),
        }
    )


@command.command("brokers")
@cluster_options
@output_option(BROKERS)
def brokers(connection: Connection, output: Output) -> None:
    """List the brokers that are alive."""
    with connect(connection) as cluster:
        described = cluster.admin.describe_cluster(timeout=connection.timeout)
    output.rows(_brokers(described))


def _brokers(described: Any) -> list[dict[str, object]]:
    return [
        {
            "id": broker.id,
            "host": broker.host,
            "port": broker.port,
            "rack": broker.rack,
            "controller": broker.id == described.controller,
        }
        for broker in sorted(described.brokers, key=lambda each: each.id)
    ]


@command.command("quorum")
@cluster_options
@output_option(QUORUM)
def quorum(connection: Connection, output: Output) -> None:
    """Describe the nodes that keep the metadata log."""
    with connect(connection) as cluster:
        described = cluster.admin.describe_quorum(timeout=connection.timeout)
    nodes = [*described.voters, *described.observers]
    ends = [each.log_end_offset for each in nodes if each.id == described.leader]
    end = ends[0] if ends else described.high_watermark
    voters = {each.id for each in described.voters}
    output.record(
        {
            "leader": described.leader,
            "leader_epoch": described.leader_epoch,
            "high_watermark": described.high_watermark,
            "nodes": [
                {
                    "id": each.id,
                    "role": _role(each.id, described.leader, voters),
                    "log_end_offset": each.log_end_offset,
                    "lag": end - each.log_end_offset,
                    "last_fetch": each.last_fetch,
                    "last_caught_up": each.last_caught_up,
                    "directory": each.directory,
                }
                for each in nodes
            ],
        }
    )


def _role(node: int, leader: int, voters: set[int]) -> str:
    if node == leader:
        return "leader"
    return "voter" if node in voters else "observer"


@command.command("features")
@cluster_options
@output_option(FEATURES)
def features(connection: Connection, output: Output) -> None:
    """List the features with their levels, in force and supported."""
    with connect(connection) as cluster:
        described = cluster.admin.describe_features(timeout=connection.timeout)
    output.rows(
        {
            "name": each.name,
            "finalized": each.finalized,
            "supported_min": each.supported_min,
            "supported_max": each.supported_max,
        }
        for each in sorted(described.features, key=lambda feature: feature.name)
    )


@command.command("log-dirs")
@click.argument("ids", metavar="[BROKER...]", nargs=-1, type=int)
@cluster_options
@output_option(LOG_DIRS)
def log_dirs(ids: tuple[int, ...], connection: Connection, output: Output) -> int:
    """Describe the directories of brokers, and what lies in them."""
    with connect(connection) as cluster:
        found = cluster.admin.describe_log_dirs(ids, timeout=connection.timeout)
    output.rows(
        {
            "broker": each.broker,
            "path": each.path,
            "partitions": len(each.partitions),
            "bytes": sum(replica.size for replica in each.partitions),
            "total_bytes": each.total_bytes if each.total_bytes >= 0 else None,
            "usable_bytes": each.usable_bytes if each.usable_bytes >= 0 else None,
            "error": each.error.name if each.error is not None else None,
            "replicas": [
                {
                    "topic": replica.topic,
                    "partition": replica.partition,
                    "bytes": replica.size,
                    "lag": replica.lag,
                    "future": replica.future,
                }
                for replica in each.partitions
            ],
        }
        for each in found
    )
    return ExitCode.PARTIAL if any(each.error is not None for each in found) else ExitCode.OK
