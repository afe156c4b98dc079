"""penstock config: what is configured, by whom, and what a config means."""

from __future__ import annotations

import click

from penstock.cli._admin import attempt, exit_code_of_rows, parse_assignments
from penstock.cli._client import connect
from penstock.cli._complete import complete_topics
from penstock.cli._errors import CommandError, UsageError
from penstock.cli._options import Change, Connection, change_options, cluster_options
from penstock.cli._output import Output, output_option
from penstock.cli._shape import Column, Shape, error_columns

TYPES = ("topic", "broker", "broker-logger", "client-metrics", "group")
ENTRIES = Shape(
    "Configs",
    (
        Column("name", "string", "The config.", heading="CONFIG"),
        Column("value", "string", "Its value; null where it is secret or none.", nullable=True),
        Column("source", "string", "Who has set it."),
        Column("default", "boolean", "Whether it is the default.", wide=True),
        Column("read_only", "boolean", "Whether it cannot be changed while a broker runs.",
               wide=True),
        Column("sensitive", "boolean", "Whether the value is kept secret.", wide=True),
        Column("type", "string", "The type of the value.", wide=True),
    ),
)  # fmt: skip
CHANGED = Shape(
    "Resources whose configs were changed",
    (
        Column("type", "string", "topic, broker, ..."),
        Column("name", "string", "The resource."),
        *error_columns(),
    ),
)
EXPLAINED = Shape(
    "What a config means",
    (
        Column("name", "string", "The config.", heading="CONFIG"),
        Column("of", "string", "topic, broker, client, producer or consumer."),
        Column("type", "string", "The type of the value."),
        Column("default", "string", "The default.", nullable=True),
        Column("allowed", "string", "Which values it takes; empty: all of its type."),
        Column("default_from", "array", "Configs of the broker that are the default, if set."),
        Column("effect", "string", "Whether penstock acts on it: yes, in part, not yet."),
        Column("doc", "string", "What it does.", heading="WHAT IT DOES"),
    ),
)
type_argument = click.argument("kind", metavar="TYPE", type=click.Choice(TYPES))


@click.group("config", short_help="Describe, alter and explain configs.")
def command() -> None:
    """Describe, alter and explain configs of topics, brokers and clients."""


@command.command("describe")
@type_argument
@click.argument("name", metavar="NAME", shell_complete=complete_topics)
@click.option("--all", "all_", is_flag=True, help="The defaults, too.")
@cluster_options
@output_option(ENTRIES)
def describe(kind: str, name: str, all_: bool, connection: Connection, output: Output) -> None:
    """Describe the configs of a topic or broker.

    What differs from the defaults, or all.

    TYPE is topic, broker, broker-logger, client-metrics or group; NAME is the topic's name, or the
    broker's id.
    """
    with connect(connection) as cluster:
        (config,) = cluster.admin.describe_configs(
            [name], type=kind.replace("-", "_"), timeout=connection.timeout
        )
    output.rows(
        {
            "name": entry.name,
            "value": entry.value,
            "source": entry.source,
            "default": entry.default,
            "read_only": entry.read_only,
            "sensitive": entry.sensitive,
            "type": entry.type,
        }
        for entry in sorted(config.entries.values(), key=lambda each: each.name)
        if all_ or not entry.default
    )


@command.command("alter")
@type_argument
@click.argument("names", metavar="NAME...", nargs=-1, required=True, shell_complete=complete_topics)
@click.option("-c", "--config", "configs", multiple=True, metavar="KEY=VALUE", help="Set it.")
@click.option(
    "--delete-config", "deleted", multiple=True, metavar="KEY", help="Back to its default."
)
@click.option(
    "--append", "appended", multiple=True, metavar="KEY=VALUE", help="Add a value to a list."
)
@click.option(
    "--subtract", "subtracted", multiple=True, metavar="KEY=VALUE", help="Take it out of a list."
)
@change_options
@cluster_options
@output_option(CHANGED)
def alter(
    kind: str,
    names: tuple[str, ...],
    configs: tuple[str, ...],
    deleted: tuple[str, ...],
    appended: tuple[str, ...],
    subtracted: tuple[str, ...],
    change: Change,
    connection: Connection,
    output: Output,
) -> int:
    """Change configs of topics or brokers. Those that are not named stay as they are.

    The broker '' is the default of all brokers.
    """
    settings = parse_assignments("-c", configs)
    more = parse_assignments("--append", appended)
    less = parse_assignments("--subtract", subtracted)
    if not (settings or deleted or more or less):
        raise UsageError("nothing to change", hint="-c key=value, or --delete-config key")
    if kind != "topic":
        change.confirm(f"change configs of {kind} {', '.join(names)}?")
    rows = []
    with connect(connection) as cluster:
        for name in names:

            def alter_one(name: str = name) -> None:
                cluster.admin.alter_configs(
                    name,
                    settings,
                    delete=deleted,
                    append=more,
                    subtract=less,
                    type=kind.replace("-", "_"),
                    validate_only=change.dry_run,
                    timeout=connection.timeout,
                )

            rows.append({"type": kind, "name": name, **attempt(alter_one, change.done)})
    output.rows(rows)
    return exit_code_of_rows(rows)


@command.command("explain")
@click.argument("key", metavar="KEY")
@output_option(EXPLAINED)
def explain(key: str, output: Output) -> None:
    """Say what a config means. No cluster is asked.

    For topics, brokers, clients, producers and consumers.

    KEY may be written with dots, dashes or underscores.
    """
    from penstock.cli._config_table import find, nearest

    rows = find(key)
    if not rows:
        near = nearest(key)
        raise CommandError(f"there is no config {key!r}", hint=f"{near}?" if near else "")
    if not output.for_people:
        output.rows(rows)
        return
    single = output.with_shape(Shape(EXPLAINED.title, EXPLAINED.columns, single=True))
    for number, row in enumerate(rows):
        if number:
            click.echo()
        single.record(row)
