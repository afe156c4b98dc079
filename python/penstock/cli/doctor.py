"""penstock doctor: why does a connection not work?"""

from __future__ import annotations

import dataclasses
import sys

import click

from penstock.cli._diagnosis import Diagnosis, Finding
from penstock.cli._errors import ExitCode
from penstock.cli._options import make_connection
from penstock.cli._output import Output, output_option
from penstock.cli._shape import Column, Shape
from penstock.cli._units import parse_duration, parsed

FINDINGS = Shape(
    "Steps of a connection",
    (
        Column("step", "string", "name, resolve, connect, kafka, metadata or advertised."),
        Column("target", "string", "What it was tried with."),
        Column("result", "string", "ok, warning or failed."),
        Column("detail", "string", "What was found."),
        Column("hint", "string", "The way out; empty where nothing is wrong."),
    ),
    name="step",
)
_COLORS = {"ok": "green", "warning": "yellow", "failed": "red"}


@click.command("doctor", short_help="Find out why a connection does not work.")
@click.argument("address", metavar="[HOST:PORT]", required=False)
@click.option(
    "--timeout",
    metavar="DURATION",
    default="5s",
    callback=parsed(parse_duration),
    help="How long each step may take (5s).",
)
@output_option(FINDINGS)
@click.pass_context
def command(ctx: click.Context, address: str | None, timeout: float, output: Output) -> int:
    """Go the way of a client, step by step, and say at which one it goes wrong.

    From the name to its addresses, to a connection, to a broker that answers, to the addresses that
    the broker tells clients to use. The address is HOST:PORT, else the one of
    PENSTOCK_BOOTSTRAP_SERVERS, else localhost:9092. The exit code is 1 if a step fails.
    """
    servers = make_connection(ctx.obj, address).servers
    found: list[Finding] = []
    diagnosis = Diagnosis(timeout)
    for server in servers.split(","):
        for finding in diagnosis.findings(server):
            found.append(finding)
            if output.for_people:
                _print(finding, color=output.color)
    if output.for_people:
        _print_verdict(found)
    else:
        output.rows(dataclasses.asdict(finding) for finding in found)
    return ExitCode.FAILED if any(finding.result == "failed" for finding in found) else ExitCode.OK


def _print(finding: Finding, *, color: bool) -> None:
    result = finding.result.ljust(7)
    shown = click.style(result, fg=_COLORS[finding.result]) if color else result
    click.echo(
        f"{shown}  {finding.step.ljust(10)}  {finding.target}: {finding.detail}", color=color
    )
    if finding.hint:
        click.echo(f"{' ' * 21}=> {finding.hint}")
    sys.stdout.flush()


def _print_verdict(found: list[Finding]) -> None:
    failed = sum(finding.result == "failed" for finding in found)
    warnings = sum(finding.result == "warning" for finding in found)
    if failed:
        click.echo("\nThis connection does not work.")
    elif warnings:
        click.echo("\nThis connection works, with something to look at.")
    else:
        click.echo("\nThis connection works.")
