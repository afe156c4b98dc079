"""penstock version."""

from __future__ import annotations

import click

from penstock.cli._output import Output, output_option
from penstock.cli._shape import Column, Shape

KAFKA = "4.3"

VERSION = Shape(
    "The version of penstock",
    (
        Column("version", "string", "Of the package, the broker and the client."),
        Column("kafka", "string", "The version of Apache Kafka whose protocol and files it has."),
        Column("python", "string", "The Python that runs this program."),
        Column("platform", "string", "The system and the processor."),
        Column("penstockd", "string", "Where the program of the broker is.", nullable=True),
    ),
    name="version",
    single=True,
)


@click.command("version", short_help="Print the version of penstock.")
@output_option(VERSION)
def command(output: Output) -> None:
    """Print the version of penstock, and what it runs on."""
    import platform

    import penstock
    from penstock._penstockd import ServerError, find_program

    try:
        program = str(find_program())
    except ServerError:
        program = None
    output.record(
        {
            "version": penstock.__version__,
            "kafka": KAFKA,
            "python": platform.python_version(),
            "platform": f"{platform.system()} {platform.machine()}",
            "penstockd": program,
        }
    )
