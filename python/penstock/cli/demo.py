"""penstock demo: the story of a broker that is killed, told with real text."""

from __future__ import annotations

from pathlib import Path

import click

from penstock.cli._errors import CommandError, ExitCode


@click.command("demo", short_help="Send real text through a broker that is killed on the way.")
@click.option(
    "--keep",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Keep the data in this directory, which must not exist yet.",
)
@click.option("--modules", type=click.IntRange(1), metavar="N", help="Send the first N modules.")
def command(keep: Path | None, modules: int | None) -> int:
    """Send every line of Python's standard library through a broker of its own.

    The broker is killed on the way and started again; then everything is read back and compared:
    every acknowledged record, once, exactly as it was sent, in order. At last the same directory is
    opened in this process, without a broker. Nothing is left behind, unless --keep says where.
    """
    from penstock.demo.__main__ import play

    if keep is not None and keep.exists():
        raise CommandError(f"--keep {keep}: it exists already", hint="name a new directory")
    return ExitCode.OK if play(modules=modules, keep=keep) else ExitCode.FAILED
