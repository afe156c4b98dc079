"""penstock storage: what a data directory is, and making one."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import click

from penstock.cli._errors import CommandError
from penstock.cli._options import Change, change_options
from penstock.cli._output import Output, output_option
from penstock.cli._shape import Column, Shape
from penstock.cli._units import show_bytes

INFO = Shape(
    "A data directory",
    (
        Column("directory", "string", "Its path."),
        Column("formatted", "boolean", "Whether it belongs to a cluster."),
        Column("cluster_id", "string", "The cluster's id.", nullable=True),
        Column("node_id", "integer", "The node's id.", nullable=True),
        Column("directory_id", "string", "The id of this directory.", nullable=True),
        Column("version", "integer", "The version of meta.properties.", nullable=True),
        Column("used_by", "string", "Who has it open, as its lock says.", nullable=True),
        Column("clean_shutdown", "boolean", "Whether it was closed in good order."),
        Column("partitions", "integer", "How many partitions it holds."),
        Column("topics", "integer", "How many topics they belong to."),
        Column("bytes", "integer", "The size of all partitions.", show=show_bytes,
               heading="SIZE"),
        Column("free_bytes", "integer", "What is left on the file system.", show=show_bytes,
               heading="FREE"),
        Column("logs", "array", "The partitions.", columns=(
            Column("partition", "string", "Topic and number."),
            Column("segments", "integer", "How many segments."),
            Column("bytes", "integer", "The size of its files.", show=show_bytes,
                   heading="SIZE"),
            Column("recovery_point", "integer", "Below it everything is on the disk.",
                   nullable=True),
            Column("high_watermark", "integer", "Below it consumers may read.", nullable=True),
        )),
    ),
    name="directory",
    single=True,
)  # fmt: skip
FORMATTED = Shape(
    "A formatted directory",
    (
        Column("directory", "string", "Its path."),
        Column("cluster_id", "string", "The cluster's id.", nullable=True),
        Column("result", "string", "ok, or dry-run."),
    ),
    name="directory",
    single=True,
)


@click.group("storage", short_help="Look into a data directory, or make one.")
def command() -> None:
    """Look into a data directory, Apache Kafka's or penstock's, or make one."""


@command.command("info")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@output_option(INFO)
def info(directory: Path, output: Output) -> None:
    """Tell whose a directory is, who uses it, and what is in it.

    Nothing is changed, and no server is asked.
    """
    from penstock._files.directory import CLEAN_SHUTDOWN, holder, meta_properties

    _check_is_directory(directory)
    properties = meta_properties(directory) or {}
    logs = _logs(directory)
    output.record(
        {
            "directory": str(directory.absolute()),
            "formatted": bool(properties),
            "cluster_id": properties.get("cluster.id"),
            "node_id": _number(properties.get("node.id")),
            "directory_id": properties.get("directory.id"),
            "version": _number(properties.get("version")),
            "used_by": holder(directory),
            "clean_shutdown": (directory / CLEAN_SHUTDOWN).exists(),
            "partitions": len(logs),
            "topics": len({str(log["partition"]).rpartition("-")[0] for log in logs}),
            "bytes": sum(log["bytes"] for log in logs),
            "free_bytes": shutil.disk_usage(directory).free,
            "logs": logs,
        }
    )


def _logs(directory: Path) -> list[dict[str, Any]]:
    from penstock._files.directory import partition_directories

    recovery_points = _checkpoint(directory / "recovery-point-offset-checkpoint")
    high_watermarks = _checkpoint(directory / "replication-offset-checkpoint")
    return [
        {
            "partition": each.name,
            "segments": len(each.segments()),
            "bytes": each.size(),
            "recovery_point": recovery_points.get(each.name),
            "high_watermark": high_watermarks.get(each.name),
        }
        for each in partition_directories(directory)
    ]


def _checkpoint(path: Path) -> dict[str, int]:
    from penstock._files.fault import FileFault
    from penstock._files.small import read_checkpoint

    if not path.exists():
        return {}
    try:
        entries = read_checkpoint(path)
    except FileFault as fault:
        sys.stderr.write(f"penstock: {path}: {fault}\n")
        return {}
    return {f"{entry.topic}-{entry.partition}": entry.offset for entry in entries}


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.lstrip("-").isdigit() else None


def _check_is_directory(directory: Path) -> None:
    if not directory.is_dir():
        reason = "is a file" if directory.exists() else "is not there"
        raise CommandError(f"{directory} {reason}", hint="penstock storage format makes one")


@command.command("format")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--ignore-formatted", is_flag=True, help="Leave a directory alone that is formatted already."
)
@change_options
@output_option(FORMATTED)
def format_(directory: Path, ignore_formatted: bool, change: Change, output: Output) -> None:
    """Make a directory the data of a new cluster of one.

    As the first start of a broker would. A directory that is formatted already is refused, and so
    is one with something else in it.
    """
    from penstock._files.directory import META_PROPERTIES, meta_properties

    exists = directory.exists()
    if exists:
        _check_is_directory(directory)
        properties = meta_properties(directory)
        if properties is not None and not ignore_formatted:
            cluster = properties.get("cluster.id", "?")
            raise CommandError(f"{directory} is formatted already, for the cluster {cluster}")
        if properties is None and any(directory.iterdir()):
            raise CommandError(f"{directory} is not empty, and not formatted")
    if not change.dry_run and not (exists and (directory / META_PROPERTIES).exists()):
        change.confirm(f"format {directory}?")
        _format(directory)
    properties = meta_properties(directory) if exists or not change.dry_run else None
    output.record(
        {
            "directory": str(directory.absolute()),
            "cluster_id": (properties or {}).get("cluster.id"),
            "result": change.done,
        }
    )


def _format(directory: Path) -> None:
    """Have a broker make it: started once where nobody can meet it, and stopped again."""
    import tempfile

    from penstock._penstockd import Penstockd, ServerError

    with tempfile.TemporaryDirectory(prefix="penstock-format-") as scratch:
        server = Penstockd(directory, log=Path(scratch) / "log", options=("--log-level", "error"))
        try:
            with server:
                pass
        except ServerError as error:
            raise CommandError(str(error)) from None
