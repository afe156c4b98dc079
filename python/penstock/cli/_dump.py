"""The rows of `penstock log dump`, one shape for each kind of file."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from penstock.cli._errors import CommandError
from penstock.cli._record_json import record_fields, show_text
from penstock.cli._shape import Column, Row, Shape
from penstock.cli._units import show_time

if TYPE_CHECKING:
    from penstock._files.batch import Batch

TIMESTAMP = "Milliseconds since 1970."
BATCHES = Shape(
    "Batches of a segment",
    (
        Column("base_offset", "integer", "The offset of its first record.", heading="FIRST"),
        Column("last_offset", "integer", "The offset of its last record.", heading="LAST"),
        Column("count", "integer", "How many records it holds."),
        Column("position", "integer", "Where it begins in the file."),
        Column("size", "integer", "Its length in bytes."),
        Column("codec", "string", "none, gzip, snappy, lz4 or zstd."),
        Column("max_timestamp", "integer", TIMESTAMP, show=show_time, heading="NEWEST"),
        Column("timestamp_type", "string", "CreateTime or LogAppendTime.", wide=True),
        Column("leader_epoch", "integer", "The epoch of the leader that took it.", heading="EPOCH"),
        Column("producer_id", "integer", "-1 without idempotence.", heading="PRODUCER"),
        Column("producer_epoch", "integer", "The producer's epoch.", wide=True),
        Column(
            "base_sequence",
            "integer",
            "The sequence number of its first record.",
            heading="SEQUENCE",
        ),
        Column("transactional", "boolean", "Whether it is in a transaction.", wide=True),
        Column("control", "boolean", "Whether its records are marks for brokers.", wide=True),
        Column("crc", "string", "The checksum, in hexadecimal.", wide=True),
        Column("valid", "boolean", "Whether the checksum fits."),
    ),
    name="base_offset",
)
RECORDS = Shape(
    "Records of a segment",
    (
        Column("offset", "integer", "The offset."),
        Column("timestamp", "integer", TIMESTAMP, show=show_time),
        Column("control", "string", "The kind of a control record.", nullable=True),
        Column("key", "string", "The key as text, or in base64.", show=show_text, nullable=True),
        Column("key_encoding", "string", "base64 where the key is no text.", nullable=True,
               hidden=True),
        Column("value", "string", "The value as text, or in base64.", show=show_text,
               nullable=True),
        Column("value_encoding", "string", "base64 where the value is no text.", nullable=True,
               hidden=True),
        Column("headers", "array", "Objects of key and value.", hidden=True),
    ),
    name="offset",
)  # fmt: skip
INDEX = Shape(
    "Entries of an offset index",
    (
        Column("offset", "integer", "The last offset of the batch."),
        Column("position", "integer", "Where the batch begins in the segment."),
    ),
    name="offset",
)
TIME_INDEX = Shape(
    "Entries of a time index",
    (
        Column("timestamp", "integer", TIMESTAMP, show=show_time),
        Column("offset", "integer", "Up to here it is the largest."),
    ),
    name="offset",
)
PRODUCERS = Shape(
    "Producers that a log remembers",
    (
        Column("producer_id", "integer", "The producer's id."),
        Column("producer_epoch", "integer", "Its epoch."),
        Column("last_sequence", "integer", "The last sequence number of a batch."),
        Column("last_offset", "integer", "The last offset of that batch."),
        Column("offset_delta", "integer", "How far that is from its first."),
        Column("timestamp", "integer", TIMESTAMP, show=show_time),
        Column("coordinator_epoch", "integer", "Of its transactions; -1 without."),
        Column("transaction_first_offset", "integer", "Of the open one; -1 without."),
    ),
    name="producer_id",
)
CHECKPOINT = Shape(
    "Offsets of partitions",
    (
        Column("topic", "string", "The topic."),
        Column("partition", "integer", "The partition."),
        Column("offset", "integer", "The offset."),
    ),
    name="topic",
)
EPOCHS = Shape(
    "Leader epochs",
    (
        Column("epoch", "integer", "The leader epoch."),
        Column("offset", "integer", "Where it begins."),
    ),
    name="epoch",
)
PROPERTIES = Shape(
    "Lines of a small file",
    (
        Column("name", "string", "The name."),
        Column("value", "string", "The value."),
    ),
)
SHAPES = (BATCHES, RECORDS, INDEX, TIME_INDEX, PRODUCERS, CHECKPOINT, EPOCHS, PROPERTIES)

_CONTROL_TYPES = {
    0: "abort",
    1: "commit",
    2: "leader change",
    3: "snapshot header",
    4: "snapshot footer",
    5: "kraft version",
    6: "voters",
}


@dataclass(frozen=True)
class Kind:
    """A kind of file: what its rows look like, and who reads them."""

    shape: Shape
    rows: Callable[[Path], Iterator[Row]]


class Broken:
    """Where a file was found broken, for the one who prints the rows before it."""

    message = ""


def kind_of(path: Path, *, records: bool) -> Kind:
    """Tell from its name what a file is.

    Raises:
        CommandError: it is nothing that a broker leaves.
    """
    name = path.name
    if path.is_dir():
        raise CommandError(f"{path} is a directory", hint="penstock log verify, or name a file")
    if name.endswith((".log", ".checkpoint", ".log.deleted")):
        return Kind(RECORDS, _records) if records else Kind(BATCHES, _batches)
    if records:
        raise CommandError(f"{path}: only segments hold records")
    for suffix, kind in _KINDS.items():
        if name.endswith(suffix):
            return kind
    raise CommandError(f"{path}: no file of a log directory", hint=", ".join(["*.log", *_KINDS]))


def rows_of(kind: Kind, path: Path, broken: Broken) -> Iterator[Row]:
    """Yield the rows of a file up to where it is broken, and note that place."""
    from penstock._files.fault import FileFault

    try:
        yield from kind.rows(path)
    except FileFault as fault:
        place = f"byte {fault.position:,}: " if fault.position else ""
        broken.message = f"{place}{fault}"


def _read(path: Path) -> Iterator[Batch]:
    from penstock._files.batch import read_batches

    with path.open("rb") as file:
        yield from read_batches(file, path.stat().st_size)


def _batches(path: Path) -> Iterator[Row]:
    for batch in _read(path):
        yield {
            "base_offset": batch.base_offset,
            "last_offset": batch.last_offset,
            "count": batch.record_count,
            "position": batch.position,
            "size": batch.size,
            "codec": batch.codec,
            "max_timestamp": batch.max_timestamp,
            "timestamp_type": "LogAppendTime" if batch.is_append_time else "CreateTime",
            "leader_epoch": batch.leader_epoch,
            "producer_id": batch.producer_id,
            "producer_epoch": batch.producer_epoch,
            "base_sequence": batch.base_sequence,
            "transactional": batch.is_transactional,
            "control": batch.is_control,
            "crc": f"{batch.crc:08x}",
            "valid": batch.is_valid,
        }


def _records(path: Path) -> Iterator[Row]:
    from penstock._files.fault import FileFault

    for batch in _read(path):
        if not batch.is_valid:
            raise FileFault(batch.position, "the checksum does not fit")
        for record in batch.records():
            row = record_fields(record.key, record.value, record.headers)
            control = _control_type(record.key) if batch.is_control else None
            yield {"offset": record.offset, "timestamp": record.timestamp, "control": control} | row


def _control_type(key: bytes | None) -> str:
    if key is None or len(key) != 4:
        return "unknown"
    (number,) = struct.unpack_from(">h", key, 2)
    return _CONTROL_TYPES.get(number, f"unknown ({number})")


def _index(path: Path) -> Iterator[Row]:
    from penstock._files.small import read_offset_index

    return map(dataclasses.asdict, read_offset_index(path))


def _time_index(path: Path) -> Iterator[Row]:
    from penstock._files.small import read_time_index

    return map(dataclasses.asdict, read_time_index(path))


def _producers(path: Path) -> Iterator[Row]:
    from penstock._files.small import read_producer_snapshot

    return map(dataclasses.asdict, read_producer_snapshot(path))


def _checkpoint(path: Path) -> Iterator[Row]:
    from penstock._files.small import read_checkpoint

    return map(dataclasses.asdict, read_checkpoint(path))


def _epochs(path: Path) -> Iterator[Row]:
    from penstock._files.small import read_epochs

    return map(dataclasses.asdict, read_epochs(path))


def _properties(path: Path) -> Iterator[Row]:
    from penstock._files.small import read_properties

    return ({"name": name, "value": value} for name, value in read_properties(path).items())


def _quorum_state(path: Path) -> Iterator[Row]:
    from penstock._files.small import read_quorum_state

    state = read_quorum_state(path)
    return ({"name": name, "value": str(value)} for name, value in state.items())


_KINDS = {
    ".index": Kind(INDEX, _index),
    ".timeindex": Kind(TIME_INDEX, _time_index),
    ".snapshot": Kind(PRODUCERS, _producers),
    "-offset-checkpoint": Kind(CHECKPOINT, _checkpoint),
    "leader-epoch-checkpoint": Kind(EPOCHS, _epochs),
    "meta.properties": Kind(PROPERTIES, _properties),
    "partition.metadata": Kind(PROPERTIES, _properties),
    "quorum-state": Kind(PROPERTIES, _quorum_state),
}
