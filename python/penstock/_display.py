"""What notebooks show of brokers, topics, records and configs. Everything in it is escaped."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Any

from penstock import _plan
from penstock._errors import KafkaError
from penstock._records import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from penstock._admin_types import Config
    from penstock._cluster import Cluster
    from penstock._native import Batch, Record
    from penstock._read import Read
    from penstock._topic import Topic

ROWS = 10
_RECORD_COLUMNS = ("partition", "offset", "time", "key", "value", "headers")


def plain(value: object) -> str:
    """Return the plain repr."""
    return f"<code>{escape(repr(value))}</code>"


def table(caption: str, head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table; cells are escaped here."""
    parts = ["<table><caption>", escape(caption), "</caption><thead><tr>"]
    parts += [f"<th>{escape(name)}</th>" for name in head]
    parts.append("</tr></thead><tbody>")
    for row in rows:
        cells = "".join(f"<td>{escape(str(cell))}</td>" for cell in row)
        parts.append(f"<tr>{cells}</tr>")
    parts.append("</tbody></table>")
    return "".join(parts)


def cluster(value: Cluster) -> str:
    """Show the topics of a broker or cluster; the plain repr where it does not answer."""
    if value.closed:
        return plain(value)
    try:
        topics = value.admin.list_topics(timeout=2)
    except (KafkaError, OSError):
        return plain(value)
    rows = [(listed.name, listed.partitions, listed.replication_factor) for listed in topics]
    return table(repr(value), ("topic", "partitions", "replicas"), rows)


def topic(value: Topic[Any]) -> str:
    """Show the offsets of each partition."""
    partitions = range(value.partitions)
    try:
        first = _plan.offsets(value._cluster, value.name, partitions, "earliest")
        end = _plan.offsets(value._cluster, value.name, partitions, "latest")
    except (KafkaError, OSError):
        return plain(value)
    rows = [(p, first[p], end[p], end[p] - first[p]) for p in partitions]
    return table(repr(value), ("partition", "first offset", "end offset", "records"), rows)


def read(value: Read[Any]) -> str:
    """Show the first records of a read that ends; one that follows is not begun for this."""
    if value._follow:
        return plain(value)
    try:
        records = list(islice((r for batch in value.batches(ROWS) for r in batch.records()), ROWS))
    except (KafkaError, OSError):
        return plain(value)
    return _records(f"{value!r}, the first {len(records)}", records)


def batch(value: Batch) -> str:
    """Show the first records of a batch."""
    return _records(repr(value), [value[i] for i in range(min(ROWS, len(value)))])


def record(value: Record) -> str:
    """Show one record."""
    return _records(f"{value.topic}[{value.partition}] @ {value.offset}", [value])


def config(value: Config) -> str:
    """Show configs; what differs from the default is bold."""
    parts = ["<table><caption>", escape(repr(value)), "</caption><tbody>"]
    for entry in value.entries.values():
        name, said = escape(entry.name), escape("" if entry.value is None else entry.value)
        if not entry.default:
            name, said = f"<b>{name}</b>", f"<b>{said}</b>"
        parts.append(f'<tr title="{escape(entry.doc)}"><td>{name}</td><td>{said}</td></tr>')
    parts.append("</tbody></table>")
    return "".join(parts)


def _records(caption: str, records: list[Record]) -> str:
    rows = [
        (r.partition, r.offset, _moment(r.timestamp), shown(r.key), shown(r.value), _headers(r))
        for r in records
    ]
    return table(caption, _RECORD_COLUMNS, rows)


def _headers(value: Record) -> str:
    return ", ".join(f"{name}={shown(data)}" for name, data in value.headers)


def _moment(timestamp_ms: int) -> str:
    try:
        moment = datetime.fromtimestamp(timestamp_ms / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return str(timestamp_ms)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
