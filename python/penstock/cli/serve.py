"""penstock serve: becomes the program penstockd."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from penstock.cli._errors import CommandError

DEFAULT_DIRECTORY = "penstock-data"


@click.command("serve", short_help="Run a broker on a directory.")
@click.argument("directory", metavar="[DIR]", type=click.Path(path_type=Path), required=False)
@click.option(
    "--kafka",
    multiple=True,
    metavar="HOST:PORT",
    help="Serve Kafka clients here; port 0 picks a free one. Repeat for more. (127.0.0.1:9092)",
)
@click.option("--http", metavar="HOST:PORT", help="Serve /metrics, /healthz and /readyz here.")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A .properties file with Kafka's configs.",
)
@click.option(
    "-X", "assignments", multiple=True, metavar="KEY=VALUE", help="A config; wins over --config."
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warn", "error"]),
    help="What it says on stderr. (info)",
)
@click.option(
    "--insecure",
    is_flag=True,
    help="Listen also where other machines can connect, without TLS and authentication.",
)
def command(
    directory: Path | None,
    kafka: tuple[str, ...],
    http: str | None,
    config: Path | None,
    assignments: tuple[str, ...],
    log_level: str | None,
    insecure: bool,
) -> None:
    """Run a broker on a data directory, which is made and formatted if it is missing.

    This process becomes the program penstockd, which takes the same arguments. When it serves, it
    prints one line on stdout: ready kafka=HOST:PORT. Ctrl-C and SIGTERM stop it in good order.
    """
    from penstock._penstockd import ServerError, find_program

    try:
        program = find_program()
    except ServerError as error:
        raise CommandError(str(error)) from None
    if directory is None:
        directory = Path(DEFAULT_DIRECTORY)
        sys.stderr.write(f"penstock: the data is in {directory.absolute()}\n")
    arguments = [str(program), str(directory)]
    for address in kafka:
        arguments += ["--kafka", address]
    for option, value in (("--http", http), ("--config", config), ("--log-level", log_level)):
        if value is not None:
            arguments += [option, str(value)]
    for assignment in assignments:
        arguments += ["-X", assignment]
    if insecure:
        arguments.append("--insecure")
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(program, arguments)
