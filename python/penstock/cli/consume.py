"""penstock consume: print the records of topics."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from penstock.cli import _printer
from penstock.cli._client import connect_beside
from penstock.cli._complete import complete_topics
from penstock.cli._errors import CommandError, ExitCode, UsageError
from penstock.cli._offsets import Kind, Span, parse_span
from penstock.cli._options import Connection, cluster_options
from penstock.cli._output import use_color
from penstock.cli._progress import Progress
from penstock.cli._units import parsed

if TYPE_CHECKING:
    import penstock
    from penstock.cli._positions import Bounds, Offsets, TopicPartition

_POLL_RECORDS = 2_000
_POLL_SECONDS = 0.2


def _schema(ctx: click.Context, _: click.Parameter, form: str | None) -> str | None:
    if form == "help" and not ctx.resilient_parsing:
        click.echo(json.dumps(_printer.RECORD.schema(), indent=2))
        ctx.exit()
    return form


@click.command("consume", short_help="Print the records of topics.")
@click.argument(
    "topics", metavar="TOPIC...", nargs=-1, required=True, shell_complete=complete_topics
)
@click.option(
    "--offset",
    "span",
    default="start",
    metavar="WHERE",
    callback=parsed(parse_span),
    help="start, end, 47, +10, -10, 47:52, :end, @1h, @2026-01-31T08:00:00, @2h:1h. (start)",
)
@click.option(
    "-p", "--partition", "chosen", type=int, multiple=True, help="These partitions only; repeat."
)
@click.option(
    "-n", "--limit", type=click.IntRange(1), metavar="N", help="End after so many records."
)
@click.option(
    "--follow/--exit-at-end",
    "follow",
    default=None,
    help="Wait for more, or end at what is the end now. (--follow, unless WHERE has an end)",
)
@click.option("-e", "at_end", is_flag=True, help="The same as --exit-at-end.")
@click.option("-f", "--format", "format_", metavar="FORMAT", help=r"Such as '%t %p %o %k %v\n'.")
@cluster_options
@click.option(
    "-o",
    "--output",
    "form",
    type=click.Choice(_printer.FORMATS),
    is_eager=True,
    callback=_schema,
    help="The format; a table on a terminal, else JSON lines. value: values only. help: the JSON "
    "schema.",
)
@click.pass_context
def command(
    ctx: click.Context,
    topics: tuple[str, ...],
    span: Span,
    chosen: tuple[int, ...],
    limit: int | None,
    follow: bool | None,
    at_end: bool,
    format_: str | None,
    connection: Connection,
    form: str | None,
) -> int:
    """Print the records of topics, from the start unless --offset says where.

    \b
    --offset start, end         the first record that is there; what comes from now on
             47, +10, -10       an offset; the tenth from the start; the last ten
             47:52, :end        up to an end, which is not included
             @1h, @2h:1h        what is not older than an hour; two hours to one hour ago
             @2026-01-31T08:00  a time, here or with Z or +01:00; also @1780000000 (seconds)

    \b
    -f  %t topic   %p partition   %o offset   %d timestamp   %k key   %v or %s value
        %h{%k=%v } headers   %K %V lengths   %i count   %e leader epoch   %% percent
        %k{hex}  %v{base64}  %d{strftime[%F %T]}  %V{big32};  \\n \\t \\x41

    Records of one partition come in their order. Without -f, a table shows what fits on a line, and
    -o wide all; JSON is what penstock produce --from records reads.
    """
    if format_ is not None and form is not None:
        raise UsageError("-f and -o are two answers to one question")
    if at_end and follow:
        raise UsageError("--follow and -e are two answers to one question")
    terminal = sys.stdout.isatty()
    printer = _printer.make_printer(
        form or ("table" if terminal else "jsonl"),
        format_,
        columns=_printer.terminal_columns() if terminal else None,
        color=use_color(getattr(ctx.obj, "color", "auto"), terminal=terminal),
    )
    ends = at_end or follow is False
    with Progress("reading", limit) as progress:
        quiet = progress if not terminal else None
        records = _records(connection, topics, span, chosen, ends=ends)
        _print(printer, records, limit, quiet)
    return ExitCode.OK


def _print(
    printer: _printer.Printer,
    records: Iterator[Sequence[penstock.Record]],
    limit: int | None,
    progress: Progress | None,
) -> None:
    """Print; what fails before the first record is there prints nothing."""
    out = sys.stdout.buffer
    count = 0
    begun = False
    try:
        for batch in records:
            if not begun:
                _printer.write_all(out, printer.begin())
                begun = True
            taken = batch if limit is None else batch[: limit - count]
            lines = [printer.record(record, count + n) for n, record in enumerate(taken, 1)]
            count += len(taken)
            _printer.write_all(out, b"".join(lines))
            if progress is not None:
                progress.update(count)
            if count == limit:
                break
    finally:
        if begun:
            _printer.write_all(out, printer.end(count))


def _records(
    connection: Connection,
    topics: Sequence[str],
    span: Span,
    chosen: Sequence[int],
    *,
    ends: bool,
) -> Iterator[Sequence[penstock.Record]]:
    """Yield records until the end that was asked for, or for ever."""
    import penstock
    from penstock.cli._positions import Bounds, partitions_of

    with connect_beside(connection) as cluster:
        partitions = partitions_of(cluster.admin, topics, chosen, connection.timeout)
        bounds = Bounds(cluster.admin, partitions, connection.timeout)
        if span.begin.kind is Kind.OFFSET:
            _check_is_there(bounds, span.begin.number)
        begin = bounds.clamp(bounds.resolve(span.begin))
        end = bounds.end if ends else None
        if span.end is not None:
            end = bounds.resolve(span.end)
    configs = {"auto.offset.reset": "earliest", **connection.configs}
    with penstock.Consumer(connection.servers, configs) as consumer:
        yield from _read(consumer, begin, end)


def _check_is_there(bounds: Bounds, offset: int) -> None:
    """Refuse an offset that no partition has; where only some have it, the others begin nearest.

    Raises:
        CommandError: no partition has it, or will have it next.
    """
    if any(bounds.first[each] <= offset <= bounds.end[each] for each in bounds.partitions):
        return
    shown = [
        f"{topic}-{number} has {bounds.first[topic, number]} to {bounds.end[topic, number]}"
        for topic, number in bounds.partitions[:3]
    ]
    more = ", ..." if len(bounds.partitions) > 3 else ""
    raise CommandError(f"the offset {offset} is nowhere: {', '.join(shown)}{more}")


def _read(
    consumer: penstock.Consumer, begin: Offsets, end: Offsets | None
) -> Iterator[Sequence[penstock.Record]]:
    yield []  # there is a topic: what stands in front of its records may be printed
    open_ = [each for each in begin if end is None or begin[each] < end[each]]
    if not open_:
        return
    consumer.assign(open_)
    for each in open_:
        consumer.seek(each, begin[each])
    unfinished = set(open_)
    looked_at = 0.0
    while unfinished:
        records = consumer.consume(_POLL_RECORDS, timeout=None if end is None else _POLL_SECONDS)
        if end is None:
            yield records
            continue
        wanted = [
            record for record in records if record.offset < end[record.topic, record.partition]
        ]
        yield wanted
        reached = {
            (record.topic, record.partition)
            for record in records
            if record.offset + 1 >= end[record.topic, record.partition]
        }
        if not records or time.monotonic() - looked_at > 1.0:
            # Marks of transactions and compacted records have offsets that nobody gets to see.
            looked_at = time.monotonic()
            reached |= {each for each in unfinished if _position(consumer, each) >= end[each]}
        if reached & unfinished:
            consumer.pause(sorted(reached & unfinished))
            unfinished -= reached


def _position(consumer: penstock.Consumer, partition: TopicPartition) -> int:
    import penstock

    try:
        return consumer.position(partition, timeout=0)
    except penstock.TimeoutError:  # it is not known yet
        return -1
