"""The tree of commands. Each lives in a module that is imported when it is used."""

from __future__ import annotations

import importlib
from typing import NamedTuple

import click


class Settings(NamedTuple):
    """What is said before the name of the command and holds for all of them."""

    bootstrap: str | None = None
    color: str = "auto"


class Entry(NamedTuple):
    """A command: where it is, and what the list of commands says about it."""

    module: str
    help: str


# heading -> name -> command; in the order in which `penstock --help` shows them
SECTIONS: dict[str, dict[str, Entry]] = {
    "A broker": {
        "serve": Entry("serve", "Run a broker on a directory."),
        "demo": Entry("demo", "Send real text through a broker that is killed on the way."),
    },
    "Records": {
        "topic": Entry("topic", "Create, list, describe, alter, delete and trim topics."),
        "produce": Entry("produce", "Send lines, or the rows of a file, to a topic."),
        "consume": Entry("consume", "Print the records of topics."),
    },
    "A cluster": {
        "cluster": Entry("cluster", "Describe brokers, quorum, features and log directories."),
        "config": Entry("config", "Describe, alter and explain configs."),
        "doctor": Entry("doctor", "Find out why a connection does not work."),
    },
    "Files": {
        "log": Entry("log", "Print and check the files of a log directory."),
        "storage": Entry("storage", "Look into a data directory, or make one."),
    },
    "This program": {
        "version": Entry("version", "Print the version of penstock."),
        "completion": Entry("completion", "Print the shell's completion script."),
    },
}
COMMANDS = {name: entry for section in SECTIONS.values() for name, entry in section.items()}


class LazyGroup(click.Group):
    """A group that knows the names of its commands before it imports them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command's module and return the object of its name."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module = importlib.import_module(f"penstock.cli.{entry.module}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; say which one may have been meant."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"there is no command {args[0]!r}{meant}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands from the table, without importing one."""
        width = max(map(len, COMMANDS))
        for heading, entries in SECTIONS.items():
            with formatter.section(heading):
                rows = [(name.ljust(width), entry.help) for name, entry in entries.items()]
                formatter.write_dl(rows)


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        import penstock

        click.echo(f"penstock {penstock.__version__}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="The cluster is the one of -b, else of PENSTOCK_BOOTSTRAP_SERVERS, else localhost:9092. "
    "On a terminal there are tables, elsewhere JSON lines; -o chooses, and -o help prints the "
    "JSON schema of a command's output.",
)
@click.option(
    "-b", "--bootstrap-server", metavar="HOST:PORT", help="The cluster, for any command below."
)
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colours; auto is on a terminal unless NO_COLOR is set.",
)
@click.option("--debug", is_flag=True, help="Show a traceback where something fails.")
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version,
    help="Print the version.",
)  # fmt: skip
@click.pass_context
def app(ctx: click.Context, bootstrap_server: str | None, color: str, debug: bool) -> None:
    """Event streaming that speaks Apache Kafka's protocol."""
    del debug  # taken out by _run.py; here it is for the help
    ctx.obj = Settings(bootstrap=bootstrap_server, color=color)
