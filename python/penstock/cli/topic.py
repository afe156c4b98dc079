"""penstock topic: create, list, describe, alter, delete and trim topics."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING, Any

import click

from penstock.cli import _topic_shapes as shapes
from penstock.cli._admin import attempt, exit_code_of_rows, parse_assignments
from penstock.cli._client import connect
from penstock.cli._complete import complete_topics
from penstock.cli._errors import ExitCode, UsageError
from penstock.cli._offsets import Position, parse_span
from penstock.cli._options import Change, Connection, change_options, cluster_options
from penstock.cli._output import Output, output_option
from penstock.cli._shape import Row, Shape

if TYPE_CHECKING:
    import penstock

topic_arguments = click.argument(
    "names", metavar="TOPIC...", nargs=-1, required=True, shell_complete=complete_topics
)
config_option = click.option(
    "-c", "--config", "configs", multiple=True, metavar="KEY=VALUE", help="A config of the topic."
)


@click.group("topic", short_help="Create, list, describe, alter, delete and trim topics.")
def command() -> None:
    """Create, list, describe, alter, delete and trim topics."""


@command.command("list")
@click.argument("patterns", metavar="[PATTERN...]", nargs=-1, shell_complete=complete_topics)
@click.option("--internal", is_flag=True, help="Kafka's own topics, too.")
@cluster_options
@output_option(shapes.TOPICS)
def list_(
    patterns: tuple[str, ...], internal: bool, connection: Connection, output: Output
) -> None:
    """List topics. With patterns such as 'orders-*', those whose names match one."""
    with connect(connection) as cluster:
        found = cluster.admin.list_topics(internal=internal, timeout=connection.timeout)
    output.rows(
        {
            "name": topic.name,
            "partitions": topic.partitions,
            "replication_factor": topic.replication_factor,
            "internal": topic.internal,
            "topic_id": topic.topic_id,
        }
        for topic in found
        if not patterns or any(fnmatch.fnmatchcase(topic.name, each) for each in patterns)
    )


@command.command("describe")
@topic_arguments
@cluster_options
@output_option(shapes.DESCRIBED)
def describe(names: tuple[str, ...], connection: Connection, output: Output) -> None:
    """Describe topics.

    Their partitions with leaders, replicas and offsets, and what is configured.
    """
    with connect(connection) as cluster:
        rows = [_describe(cluster.admin, name, connection.timeout) for name in names]
    if not output.for_people:
        output.rows(rows)
        return
    single = output.with_shape(Shape(shapes.DESCRIBED.title, shapes.DESCRIBED.columns, single=True))
    for number, row in enumerate(rows):
        if number:
            click.echo()
        single.record(row)


def _describe(admin: penstock.Admin, name: str, timeout: float) -> Row:
    (topic,) = admin.describe_topics([name], timeout=timeout)
    (config,) = admin.describe_configs([name], timeout=timeout)
    led = [(name, each.partition) for each in topic.partitions if each.leader >= 0]
    first = _offsets(admin, led, "earliest", timeout)
    end = _offsets(admin, led, "latest", timeout)
    partitions: list[dict[str, Any]] = [
        {
            "partition": each.partition,
            "leader": each.leader,
            "leader_epoch": each.leader_epoch,
            "replicas": list(each.replicas),
            "isr": list(each.isr),
            "offline": list(each.offline),
            "first_offset": first.get(each.partition),
            "end_offset": end.get(each.partition),
        }
        for each in topic.partitions
    ]
    return {
        "name": topic.name,
        "topic_id": topic.topic_id,
        "internal": topic.internal,
        "records": sum(end[number] - first[number] for number in end),
        "configs": config.changed(),
        "partitions": partitions,
    }


def _offsets(
    admin: penstock.Admin, partitions: list[tuple[str, int]], at: str, timeout: float
) -> dict[int, int]:
    if not partitions:
        return {}
    found = admin.list_offsets(partitions, at, timeout=timeout)
    return {each.partition: each.offset for each in found}


@command.command("create")
@click.argument("names", metavar="TOPIC...", nargs=-1, required=True)
@click.option(
    "-p",
    "--partitions",
    type=click.IntRange(1),
    metavar="N",
    help="How many partitions; else the default.",
)
@click.option(
    "-r",
    "--replication-factor",
    type=click.IntRange(1),
    metavar="N",
    help="How many brokers have each record; else the default.",
)
@config_option
@click.option("--if-not-exists", is_flag=True, help="A topic that is there already is fine.")
@change_options
@cluster_options
@output_option(shapes.CREATED)
def create(
    names: tuple[str, ...],
    partitions: int | None,
    replication_factor: int | None,
    configs: tuple[str, ...],
    if_not_exists: bool,
    change: Change,
    connection: Connection,
    output: Output,
) -> int:
    """Create topics. Nothing is asked: a topic that is there already is left alone."""
    import penstock

    settings = parse_assignments("-c", configs)
    rows = []
    with connect(connection) as cluster:
        for name in names:
            made: list[Any] = []
            new = penstock.NewTopic(name, partitions, replication_factor, settings)

            def create_one(new: penstock.NewTopic = new, made: list[Any] = made) -> None:
                made += cluster.admin.create_topics(
                    [new], validate_only=change.dry_run, timeout=connection.timeout
                )

            row = attempt(create_one, change.done)
            if if_not_exists and row["error"] == "TOPIC_ALREADY_EXISTS":
                row = {"result": change.done, "error": None, "message": "it exists already"}
            counts = _counts(made)
            rows.append({"name": name, **counts, **row})
    output.rows(rows)
    return exit_code_of_rows(rows)


def _counts(made: list[Any]) -> dict[str, int | None]:
    """Return the counts of a created topic; an old broker does not tell them."""
    found: dict[str, int | None] = {"partitions": None, "replication_factor": None}
    if not made:
        return found
    numbers = {name: getattr(made[0], name) for name in found}
    return {name: number if number > 0 else None for name, number in numbers.items()}


@command.command("delete")
@topic_arguments
@click.option("--if-exists", is_flag=True, help="A topic that is not there is fine.")
@change_options
@cluster_options
@output_option(shapes.CHANGED)
def delete(
    names: tuple[str, ...], if_exists: bool, change: Change, connection: Connection, output: Output
) -> int:
    """Delete topics with all that is in them."""
    change.confirm(f"delete {', '.join(names)} with all records?")
    rows = []
    with connect(connection) as cluster:
        for name in names:

            def delete_one(name: str = name) -> None:
                if change.dry_run:
                    cluster.admin.describe_topics([name], timeout=connection.timeout)
                else:
                    cluster.admin.delete_topics([name], timeout=connection.timeout)

            row = attempt(delete_one, change.done)
            if if_exists and row["error"] == "UNKNOWN_TOPIC_OR_PARTITION":
                row = {"result": change.done, "error": None, "message": "it is not there"}
            rows.append({"name": name, **row})
    output.rows(rows)
    return exit_code_of_rows(rows)


@command.command("alter")
@topic_arguments
@config_option
@click.option(
    "--delete-config", "deleted", multiple=True, metavar="KEY", help="Back to its default."
)
@change_options
@cluster_options
@output_option(shapes.CHANGED)
def alter(
    names: tuple[str, ...],
    configs: tuple[str, ...],
    deleted: tuple[str, ...],
    change: Change,
    connection: Connection,
    output: Output,
) -> int:
    """Change configs of topics. Those that are not named stay as they are."""
    settings = parse_assignments("-c", configs)
    if not settings and not deleted:
        raise UsageError("nothing to change", hint="-c key=value, or --delete-config key")
    rows = []
    with connect(connection) as cluster:
        for name in names:

            def alter_one(name: str = name) -> None:
                cluster.admin.alter_configs(
                    name,
                    settings,
                    delete=deleted,
                    validate_only=change.dry_run,
                    timeout=connection.timeout,
                )

            rows.append({"name": name, **attempt(alter_one, change.done)})
    output.rows(rows)
    return exit_code_of_rows(rows)


@command.command("add-partitions")
@topic_arguments
@click.option(
    "-p",
    "--partitions",
    type=click.IntRange(1),
    metavar="N",
    required=True,
    help="How many there are then.",
)
@change_options
@cluster_options
@output_option(shapes.CHANGED)
def add_partitions(
    names: tuple[str, ...],
    partitions: int,
    change: Change,
    connection: Connection,
    output: Output,
) -> int:
    """Give topics more partitions. From then on keys may go to other partitions than before."""
    change.confirm(f"give {', '.join(names)} {partitions} partitions, for ever?")
    rows = []
    with connect(connection) as cluster:
        for name in names:

            def add_one(name: str = name) -> None:
                cluster.admin.create_partitions(
                    {name: partitions}, validate_only=change.dry_run, timeout=connection.timeout
                )

            rows.append({"name": name, **attempt(add_one, change.done)})
    output.rows(rows)
    return exit_code_of_rows(rows)


@command.command("trim")
@topic_arguments
@click.option(
    "--before",
    required=True,
    metavar="OFFSET",
    help="Delete what is older: end, 47, -10, @1h, @2026-01-31 (see penstock consume).",
)
@click.option(
    "-p", "--partition", "chosen", type=int, multiple=True, help="These partitions only; repeat."
)
@change_options
@cluster_options
@output_option(shapes.TRIMMED)
def trim(
    names: tuple[str, ...],
    before: str,
    chosen: tuple[int, ...],
    change: Change,
    connection: Connection,
    output: Output,
) -> int:
    """Delete the oldest records, up to an offset or a time."""
    span = parse_span(before)
    if span.end is not None:
        raise UsageError(f"--before {before}: one offset or time, not two")
    with connect(connection) as cluster:
        rows = _trim(cluster.admin, names, chosen, span.begin, change, connection.timeout)
    output.rows(rows)
    return exit_code_of_rows(rows) if rows else ExitCode.OK


def _trim(
    admin: penstock.Admin,
    names: tuple[str, ...],
    chosen: tuple[int, ...],
    position: Position,
    change: Change,
    timeout: float,
) -> list[dict[str, Any]]:
    from penstock.cli._positions import Bounds, partitions_of

    bounds = Bounds(admin, partitions_of(admin, names, chosen, timeout), timeout)
    offsets = bounds.resolve(position)
    going = {each: max(offsets[each] - bounds.first[each], 0) for each in bounds.partitions}
    change.confirm(f"delete {sum(going.values()):,} records of {', '.join(names)}?")
    rows = []
    for each in bounds.partitions:

        def trim_one(each: tuple[str, int] = each) -> None:
            if not change.dry_run and going[each]:
                admin.delete_records({each: offsets[each]}, timeout=timeout)

        row = attempt(trim_one, change.done)
        rows.append(
            {
                "name": each[0],
                "partition": each[1],
                "first_offset": bounds.first[each],
                "before": offsets[each],
                "records": going[each],
                **row,
            }
        )
    return rows
