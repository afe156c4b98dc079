"""Options that several commands share: which cluster, and whether a change is meant."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import click

from penstock.cli._errors import CommandError, UsageError
from penstock.cli._units import parse_duration, parsed

R = TypeVar("R")

DEFAULT_SERVERS = "localhost:9092"
ENVIRONMENT = "PENSTOCK_BOOTSTRAP_SERVERS"


@dataclass(frozen=True)
class Connection:
    """Which cluster, and how to talk to it."""

    servers: str = DEFAULT_SERVERS
    configs: dict[str, str] = field(default_factory=dict)
    timeout: float = 30.0


def cluster_options(command: Callable[..., R]) -> Callable[..., R]:
    """Give a command -b, -X, -F and --timeout, and the parameter ``connection``."""

    @click.option(
        "-b",
        "--bootstrap-server",
        metavar="HOST:PORT",
        help=f"The cluster; else {ENVIRONMENT}, else {DEFAULT_SERVERS}.",
    )
    @click.option(
        "-X", "assignments", multiple=True, metavar="KEY=VALUE", help="Any config of the client."
    )
    @click.option(
        "-F",
        "properties",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="A file with configs of the client (.properties).",
    )
    @click.option(
        "--timeout",
        metavar="DURATION",
        default="30s",
        callback=parsed(parse_duration),
        help="How long the cluster may take to answer (30s).",
    )
    @functools.wraps(command)
    def with_connection(*arguments: Any, **options: Any) -> R:
        connection = make_connection(
            click.get_current_context().obj,
            options.pop("bootstrap_server"),
            options.pop("assignments"),
            options.pop("properties"),
            options.pop("timeout"),
        )
        return command(*arguments, connection=connection, **options)

    return with_connection


def make_connection(
    settings: object,
    servers: str | None,
    assignments: Sequence[str] = (),
    properties: Path | None = None,
    timeout: float = 30.0,
) -> Connection:
    """Put together what the command line, files and the environment say; the nearest wins.

    Raises:
        UsageError: an assignment has no ``=``.
        CommandError: the file cannot be read.
    """
    configs = read_properties(properties) if properties is not None else {}
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"-X {assignment}: write -X key=value")
        configs[key.strip()] = value
    named = (
        servers or getattr(settings, "bootstrap", None) or configs.pop("bootstrap.servers", None)
    )
    configs.pop("bootstrap.servers", None)
    return Connection(named or os.environ.get(ENVIRONMENT) or DEFAULT_SERVERS, configs, timeout)


def read_properties(path: Path) -> dict[str, str]:
    """Read a Java properties file: key=value or key:value, comments, lines that go on behind a \\.

    Raises:
        CommandError: the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CommandError(f"-F {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CommandError(f"-F {path}: the file is no text") from None
    found: dict[str, str] = {}
    logical = ""
    for line in text.splitlines():
        part = line.lstrip()
        if not logical and (not part or part[0] in "#!"):
            continue
        logical += part
        if logical.endswith("\\") and not logical.endswith("\\\\"):
            logical = logical[:-1]
            continue
        separator = min((logical.find(s) for s in "=:" if s in logical), default=len(logical))
        found[logical[:separator].strip()] = logical[separator + 1 :].strip()
        logical = ""
    return found


@dataclass(frozen=True)
class Change:
    """Whether a change is only shown, and whether it has been agreed to already."""

    dry_run: bool
    yes: bool

    def confirm(self, question: str) -> None:
        """Ask before something is lost; a dry run loses nothing.

        Raises:
            UsageError: there is nobody to ask.
            click.Abort: the answer is no.
        """
        if self.dry_run or self.yes:
            return
        if not sys.stdin.isatty():
            raise UsageError(f"{question} nobody is there to ask", hint="--yes goes on without")
        if not click.confirm(question, err=True):
            raise CommandError("nothing was changed")

    @property
    def done(self) -> str:
        """The result of a row that succeeded."""
        return "dry-run" if self.dry_run else "ok"


def change_options(command: Callable[..., R]) -> Callable[..., R]:
    """Give a command --dry-run and --yes, and the parameter ``change``."""

    @click.option("--dry-run", is_flag=True, help="Check everything and change nothing.")
    @click.option("-y", "--yes", is_flag=True, help="Do not ask.")
    @functools.wraps(command)
    def with_change(*arguments: Any, **options: Any) -> R:
        change = Change(dry_run=options.pop("dry_run"), yes=options.pop("yes"))
        return command(*arguments, change=change, **options)

    return with_change
