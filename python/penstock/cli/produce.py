"""penstock produce: send lines, or the rows of a file, to a topic."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, cast

import click

from penstock.cli import _input
from penstock.cli._client import connect_beside
from penstock.cli._complete import complete_topics
from penstock.cli._errors import CommandError, ExitCode, UsageError, describe
from penstock.cli._input import Faults, Fields, Outgoing
from penstock.cli._input_format import parse_input_format, read_format
from penstock.cli._options import Connection, cluster_options
from penstock.cli._output import Output, output_option
from penstock.cli._progress import Progress
from penstock.cli._sending import Account, Sender
from penstock.cli._shape import Column, Shape
from penstock.cli._units import parse_rate, parsed, show_bytes, show_count

# How long Ctrl-C waits for the answers to what is on the way.
_INTERRUPTED_SECONDS = 2.0

CODECS = ("none", "gzip", "snappy", "lz4", "zstd")
SENT = Shape(
    "What was sent",
    (
        Column("topic", "string", "The topic."),
        Column("records", "integer", "How many records were acknowledged.", show=show_count),
        Column("bytes", "integer", "The size of their keys and values.", show=show_bytes,
               heading="SIZE"),
        Column("failed", "integer", "How many records were refused.", show=show_count),
        Column("skipped", "integer", "How many lines could not be read.", show=show_count),
        Column("seconds", "number", "How long it took."),
        Column("result", "string", "ok, partial, failed or dry-run."),
        Column("partitions", "array", "What each partition got.", columns=(
            Column("partition", "integer", "Its number."),
            Column("records", "integer", "How many records.", show=show_count),
            Column("first_offset", "integer", "The first offset."),
            Column("last_offset", "integer", "The last one."),
        )),
    ),
    name="topic",
    single=True,
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """Where records come from, and what is done to each."""

    path: str
    form: str
    format_: str | None
    fields: Fields
    key: bytes | None
    headers: list[tuple[str, bytes | None]]
    partition: int | None
    keep_partitions: bool
    tombstones: bool
    limit: int | None


@click.command("produce", short_help="Send lines, or the rows of a file, to a topic.")
@click.argument("topic", metavar="TOPIC", shell_complete=complete_topics)
@click.option(
    "--from-file",
    "path",
    default="-",
    type=click.Path(),
    metavar="FILE",
    help="A file; - is the standard input. (-)",
)
@click.option(
    "--from",
    "form",
    type=click.Choice(_input.FORMATS),
    help="What the file is; else its name tells, and the standard input is lines.",
)
@click.option("-f", "--format", "format_", metavar="FORMAT", help=r"Such as '%k=%v\n'.")
@click.option("-k", "--key", help="The key of every record.")
@click.option("--key-field", metavar="NAME", help="The field of a row that becomes the key.")
@click.option(
    "--value-field", metavar="NAME", help="The field that becomes the value, not the whole row."
)
@click.option(
    "-H",
    "--header",
    "headers",
    multiple=True,
    metavar="NAME=VALUE",
    help="A header of every record; repeat for more.",
)
@click.option(
    "-p", "--partition", type=click.IntRange(0), metavar="N", help="Send to this partition."
)
@click.option(
    "--keep-partitions", is_flag=True, help="Send records to the partitions that they name."
)
@click.option("-Z", "--tombstones", is_flag=True, help="Send an empty value as null.")
@click.option("-z", "--compression", type=click.Choice(CODECS), help="The codec.")
@click.option(
    "-n", "--limit", type=click.IntRange(1), metavar="N", help="Send so many records at most."
)
@click.option("--rate", metavar="RATE", callback=parsed(parse_rate), help="As 500, or 10k/s.")
@click.option(
    "--on-error",
    type=click.Choice(["stop", "skip"]),
    default="stop",
    help="What to do about lines that cannot be read, and records that are refused. (stop)",
)
@click.option("--dry-run", is_flag=True, help="Read everything and send nothing.")
@cluster_options
@output_option(SENT)  # fmt: skip
def command(
    topic: str,
    path: str,
    form: str | None,
    format_: str | None,
    key: str | None,
    key_field: str | None,
    value_field: str | None,
    headers: tuple[str, ...],
    partition: int | None,
    keep_partitions: bool,
    tombstones: bool,
    compression: str | None,
    limit: int | None,
    rate: float | None,
    on_error: str,
    dry_run: bool,
    connection: Connection,
    output: Output,
) -> int:
    """Send lines of the standard input, or the rows of a file.

    Every acknowledgement is waited for.

    \b
    --from lines     each line is a value, as it stands
           jsonl     each line is a value, and has to be JSON
           records   each line is what penstock consume -o jsonl prints
           csv, tsv  each row becomes a JSON object; the first line names the fields
           parquet   the same; needs pyarrow

    \b
    -f  %v\\n  %k=%v\\n  %p %k:%v{hex}\\n      a field ends where the text behind it begins
        %K{4}%V{big32}%k%v                  lengths first, in digits or bytes

    The exit code is 5 if some of it could not be read or was refused, and the rest was sent.
    """
    if key is not None and key_field is not None:
        raise UsageError("-k and --key-field are two answers to one question")
    if format_ is not None and form is not None:
        raise UsageError("-f and --from are two answers to one question")
    source = Source(
        path=path,
        form=form or ("lines" if path == "-" or format_ else _input.format_of(path)),
        format_=format_,
        fields=Fields(key_field, value_field),
        key=None if key is None else key.encode(),
        headers=[_parse_header(header) for header in headers],
        partition=partition,
        keep_partitions=keep_partitions,
        tombstones=tombstones,
        limit=limit,
    )
    _check_source(source)
    if compression is not None:
        connection = replace(
            connection, configs={**connection.configs, "compression.type": compression}
        )
    return _Run(source, topic, connection, stop=on_error == "stop", rate=rate).run(output, dry_run)


def _parse_header(text: str) -> tuple[str, bytes | None]:
    name, equals, value = text.partition("=")
    if not name:
        raise UsageError(f"-H {text}: write -H name=value; without the = the value is null")
    return name, value.encode() if equals else None


def _check_source(source: Source) -> None:
    with_fields = ("jsonl", "csv", "tsv", "parquet")
    if source.fields != Fields() and (source.format_ or source.form not in with_fields):
        raise UsageError(f"--key-field and --value-field are for {', '.join(with_fields)}")
    if source.format_ is not None:
        parse_input_format(source.format_)
    if source.form == "parquet" and source.path == "-":
        raise UsageError("Parquet cannot be read from the standard input", hint="--from-file")
    if source.path == "-" and sys.stdin.isatty():
        sys.stderr.write("penstock: each line is a record; Ctrl-D ends\n")


def _timeouts(connection: Connection) -> dict[str, str]:
    """Return what --timeout means for a producer, unless somebody says it in Kafka's words."""
    if any("timeout" in key.lower() or "block" in key.lower() for key in connection.configs):
        return {}
    milliseconds = max(round(connection.timeout * 1000), 100)
    return {
        "delivery.timeout.ms": str(milliseconds),
        "request.timeout.ms": str(min(milliseconds // 2, 30_000)),
        "max.block.ms": str(milliseconds),
    }


class _Run:
    """One run of the command, from the first record to the summary."""

    def __init__(
        self, source: Source, topic: str, connection: Connection, *, stop: bool, rate: float | None
    ) -> None:
        self._source = source
        self._topic = topic
        self._connection = connection
        self._stop = stop
        self._rate = rate
        self._begin = time.monotonic()
        size = None if source.path == "-" else Path(source.path).stat().st_size
        self._progress = Progress("sending", size, bytes_=size is not None)
        name = "stdin" if source.path == "-" else source.path
        self._faults = Faults(name, skip=not stop, say=self._progress.say)

    def run(self, output: Output, dry_run: bool) -> int:
        error: BaseException | None = None
        account = Account()
        with self._progress:
            try:
                if dry_run:
                    self._count(account)
                else:
                    self._send(account)
            except (Exception, KeyboardInterrupt) as caught:
                error = caught
                if not account.records:
                    raise
        result = self._result(account, error, dry_run)
        output.record(self._row(account, result))
        if error is not None:
            sys.stdout.flush()
            raise error
        return ExitCode.PARTIAL if result == "partial" else ExitCode.OK

    def _count(self, account: Account) -> None:
        for record in self._records():
            account.records += 1
            account.bytes += len(record.value or b"") + len(record.key or b"")

    def _send(self, account: Account) -> None:
        import penstock

        with connect_beside(self._connection) as cluster:
            cluster.admin.describe_topics([self._topic], timeout=self._connection.timeout)
        configs = {**_timeouts(self._connection), **self._connection.configs}
        producer = penstock.Producer(self._connection.servers, configs)
        sender = Sender(
            producer,
            self._topic,
            account,
            stop=self._stop,
            say=self._progress.say,
            rate=self._rate,
        )
        patience = None
        try:
            try:
                for record in self._records():
                    sender.send(record)
            except KeyboardInterrupt:
                patience = _INTERRUPTED_SECONDS
                raise
            finally:
                sender.finish(patience)
        finally:
            sender.close(patience)

    def _records(self) -> Iterator[Outgoing]:
        """Read the source, and give each record what every record gets."""
        source = self._source
        with _open(source.path) as stream:
            for number, record in enumerate(self._read(stream)):
                if number == source.limit:
                    return
                if number % 1_000 == 0 and source.path != "-":
                    self._progress.update(stream.tell(), f"{number:,} records")
                if source.key is not None:
                    record.key = source.key
                record.headers += source.headers
                if source.tombstones and not record.value:
                    record.value = None
                if source.partition is not None or not (source.keep_partitions or source.format_):
                    record.partition = source.partition
                yield record

    def _read(self, stream: BinaryIO) -> Iterator[Outgoing]:
        from penstock.cli._csv_input import read_csv

        source, faults = self._source, self._faults
        if source.format_ is not None:
            return read_format(stream, source.format_, faults)
        if source.form == "lines":
            return _input.read_lines(stream)
        if source.form == "jsonl":
            return _input.read_jsonl(stream, source.fields, faults)
        if source.form == "records":
            return _input.read_records(stream, faults)
        if source.form == "parquet":
            return _input.read_parquet(source.path, source.fields, faults)
        delimiter = "\t" if source.form == "tsv" else ","
        return read_csv(stream, source.fields, faults, delimiter=delimiter)

    def _result(self, account: Account, error: BaseException | None, dry_run: bool) -> str:
        if error is not None:
            return "partial" if account.records else "failed"
        if account.failed or self._faults.count:
            return "partial" if account.records else "failed"
        return "dry-run" if dry_run else "ok"

    def _row(self, account: Account, result: str) -> dict[str, object]:
        return {
            "topic": self._topic,
            "records": account.records,
            "bytes": account.bytes,
            "failed": account.failed,
            "skipped": self._faults.count,
            "seconds": round(time.monotonic() - self._begin, 3),
            "result": result,
            "partitions": account.rows(),
        }


def _open(path: str) -> nullcontext[BinaryIO] | BinaryIO:
    if path == "-":
        return nullcontext(cast(BinaryIO, sys.stdin.buffer))
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise CommandError(describe(error)) from None
