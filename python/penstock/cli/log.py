"""penstock log: the files of a log directory, as they lie on the disk."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from penstock.cli import _dump
from penstock.cli._errors import CommandError, ExitCode
from penstock.cli._output import Output, output_option
from penstock.cli._progress import Progress
from penstock.cli._shape import Column, Row, Shape
from penstock.cli._units import show_bytes, show_count

if TYPE_CHECKING:
    from penstock._files.directory import PartitionDirectory
    from penstock._files.verify import Report

VERIFIED = Shape(
    "Partitions that were checked",
    (
        Column("partition", "string", "Topic and number, as the directory is named."),
        Column("segments", "integer", "How many segments there are."),
        Column("batches", "integer", "How many batches were read.", show=show_count),
        Column("records", "integer", "How many records they hold.", show=show_count),
        Column("bytes", "integer", "The size of the segments.", show=show_bytes, heading="SIZE"),
        Column("first_offset", "integer", "The offset in the name of the first segment.",
               nullable=True),
        Column("end_offset", "integer", "The offset behind the last record.", nullable=True),
        Column("result", "string", "ok, repairable (the next start does it) or failed."),
        Column("problems", "array", "What is wrong.", hidden=True, columns=(
            Column("file", "string", "The file in the partition's directory."),
            Column("position", "integer", "The byte in it."),
            Column("message", "string", "What is wrong there."),
            Column("serious", "boolean", "Whether the next start does not repair it."),
        )),
    ),
    name="partition",
)  # fmt: skip


@click.group("log", short_help="Print and check the files of a log directory.")
def command() -> None:
    """Print and check the files of a log directory, Apache Kafka's or penstock's.

    Nothing is changed, and no server is asked.
    """


@command.command("dump")
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option("--records", is_flag=True, help="Print the records of a segment, not its batches.")
@output_option(*_dump.SHAPES)
def dump(files: tuple[Path, ...], records: bool, output: Output) -> int:
    """Print a file.

    A segment (.log, .checkpoint), an index, a snapshot or a checkpoint.

    The name tells what it is. The exit code is 1 if the file is broken; what stands before that
    place is printed.
    """
    status = ExitCode.OK
    for path in files:
        kind = _dump.kind_of(path, records=records)
        if len(files) > 1 and output.for_people:
            click.echo(f"{path}:")
        fault = _dump.Broken()
        output.with_shape(kind.shape).rows(_dump.rows_of(kind, path, fault))
        if fault.message:
            sys.stdout.flush()
            sys.stderr.write(f"penstock: {path}: {fault.message}\n")
            status = ExitCode.FAILED
    return status


@command.command("verify")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--deep", is_flag=True, help="Decompress and decode every record, too.")
@output_option(VERIFIED)
def verify(directory: Path, deep: bool, output: Output) -> int:
    """Check a data directory, or that of one partition.

    Every batch against its checksum, the offsets, the leader epochs, both indexes, and the
    snapshots of producers. The exit code is 1 if something is broken that the next start of the
    broker would not repair without a loss.
    """
    from penstock._files.directory import holder

    partitions, root = _partitions(directory)
    used_by = holder(root)
    if used_by is not None:
        _say(f"{root} is in use by {used_by}: what is written just now may look torn")
    reports = []
    total = sum(path.stat().st_size for each in partitions for path in each.segments())
    with Progress("checking", total, bytes_=True) as progress:
        reports = list(_verify(partitions, deep, used_by is not None, progress))
    output.rows(_row(report) for report in reports)
    sys.stdout.flush()
    if output.for_people:
        for report in reports:
            for problem in report.problems:
                place = f"{report.partition.name}/{problem.file}, byte {problem.position:,}"
                _say(f"{place}: {problem.message}")
    return ExitCode.OK if all(report.is_sound for report in reports) else ExitCode.FAILED


def _verify(
    partitions: list[PartitionDirectory], deep: bool, in_use: bool, progress: Progress
) -> Iterable[Report]:
    from penstock._files.verify import verify_partition

    done = 0

    def add(size: int) -> None:
        nonlocal done
        done += size
        progress.update(done)

    for partition in partitions:
        try:
            yield verify_partition(partition, deep=deep, in_use=in_use, progress=add)
        except FileNotFoundError as error:  # retention may take a segment away while we look
            if not in_use:
                raise
            _say(f"{error.filename} went away while it was read")


def _partitions(directory: Path) -> tuple[list[PartitionDirectory], Path]:
    from penstock._files.directory import as_partition, partition_directories

    if not directory.is_dir():
        reason = "is a file" if directory.exists() else "is not there"
        raise CommandError(f"{directory} {reason}", hint="name a data directory")
    single = as_partition(directory)
    if single is not None:
        return [single], directory.resolve().parent
    found = partition_directories(directory)
    if not found:
        raise CommandError(f"{directory} holds no partition")
    return found, directory


def _row(report: Report) -> Row:
    result = "ok" if not report.problems else "repairable" if report.is_sound else "failed"
    problems: list[dict[str, Any]] = [
        {
            "file": problem.file,
            "position": problem.position,
            "message": problem.message,
            "serious": problem.serious,
        }
        for problem in report.problems
    ]
    return {
        "partition": report.partition.name,
        "segments": report.segments,
        "batches": report.batches,
        "records": report.records,
        "bytes": report.size,
        "first_offset": report.first_offset,
        "end_offset": report.end_offset,
        "result": result,
        "problems": problems,
    }


def _say(text: str) -> None:
    sys.stderr.write(f"penstock: {text}\n")
