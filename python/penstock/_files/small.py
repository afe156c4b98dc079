"""The files around the log: indexes, producer snapshots, checkpoints, properties."""

from __future__ import annotations

import itertools
import json
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from penstock._files.fault import FileFault
from penstock._native import crc32c

_INDEX_ENTRY = struct.Struct(">ii")
_TIME_ENTRY = struct.Struct(">qi")
_SNAPSHOT_HEAD = struct.Struct(">hIi")
_PRODUCER = struct.Struct(">qhiqiqiq")


@dataclass(frozen=True)
class IndexEntry:
    """The batch at ``position`` ends with ``offset``."""

    offset: int
    position: int


@dataclass(frozen=True)
class TimeEntry:
    """The largest timestamp up to ``offset``."""

    timestamp: int
    offset: int


@dataclass(frozen=True)
class ProducerEntry:
    """A batch that a log remembers of a producer."""

    producer_id: int
    producer_epoch: int
    last_sequence: int
    last_offset: int
    offset_delta: int
    timestamp: int
    coordinator_epoch: int
    transaction_first_offset: int


@dataclass(frozen=True)
class CheckpointEntry:
    """An offset of a partition."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True)
class EpochEntry:
    """A leader epoch begins at an offset."""

    epoch: int
    offset: int


def base_offset_of(path: Path) -> int:
    """Return the offset in the name of a segment's file.

    Raises:
        FileFault: there is none.
    """
    match = re.match(r"(\d{20})", path.name)
    if match is None:
        raise FileFault(0, f"{path.name}: no offset of 20 digits in the name")
    return int(match.group(1))


def read_offset_index(path: Path) -> Iterator[IndexEntry]:
    """Yield the entries; zeros at the end are space that Apache Kafka has reserved.

    Raises:
        FileFault: the entries do not rise, or the file ends inside of one.
    """
    base = base_offset_of(path)
    last = IndexEntry(-1, -1)
    for at, (relative, position) in _entries(path, _INDEX_ENTRY):
        if at > 0 and relative == 0:
            return
        entry = IndexEntry(base + relative, position)
        if entry.offset <= last.offset or entry.position <= last.position:
            raise FileFault(at, f"offset {entry.offset} at {position} does not rise")
        yield entry
        last = entry


def read_time_index(path: Path) -> Iterator[TimeEntry]:
    """Yield the entries; zeros at the end are space that Apache Kafka has reserved.

    Raises:
        FileFault: the entries do not rise, or the file ends inside of one.
    """
    base = base_offset_of(path)
    last: TimeEntry | None = None
    for at, (timestamp, relative) in _entries(path, _TIME_ENTRY):
        if timestamp == 0 and relative == 0:
            return
        entry = TimeEntry(timestamp, base + relative)
        if last is not None and (timestamp <= last.timestamp or entry.offset < last.offset):
            raise FileFault(at, f"timestamp {timestamp} of offset {entry.offset} does not rise")
        yield entry
        last = entry


def _entries(path: Path, layout: struct.Struct) -> Iterator[tuple[int, tuple[int, int]]]:
    data = path.read_bytes()
    whole = len(data) // layout.size * layout.size
    for at in range(0, whole, layout.size):
        first, second = layout.unpack_from(data, at)
        yield at, (first, second)
    if whole != len(data):
        raise FileFault(whole, f"{len(data) - whole} bytes are left, less than an entry", torn=True)


def read_producer_snapshot(path: Path) -> Iterator[ProducerEntry]:
    """Yield the entries.

    Raises:
        FileFault: another version, length or checksum.
    """
    data = path.read_bytes()
    if len(data) < _SNAPSHOT_HEAD.size:
        raise FileFault(0, f"{len(data)} bytes, less than the header", torn=True)
    version, crc, count = _SNAPSHOT_HEAD.unpack_from(data)
    if version != 1:
        raise FileFault(0, f"version {version}; it has to be 1")
    if len(data) != _SNAPSHOT_HEAD.size + count * _PRODUCER.size:
        raise FileFault(6, f"{count} entries do not fit {len(data)} bytes")
    if crc32c(data[6:]) != crc:
        raise FileFault(2, "the checksum does not fit")
    for fields in _PRODUCER.iter_unpack(data[_SNAPSHOT_HEAD.size :]):
        yield ProducerEntry(*fields)


def read_checkpoint(path: Path) -> list[CheckpointEntry]:
    """Read offsets by partition: recovery points, log starts, high watermarks.

    Raises:
        FileFault: it is no such file.
    """
    return [
        CheckpointEntry(words[0], int(words[1]), int(words[2]))
        for words in _checkpoint_lines(path, r"\S+ \d+ -?\d+")
    ]


def read_epochs(path: Path) -> list[EpochEntry]:
    """Read where each leader epoch begins.

    Raises:
        FileFault: it is no such file, or a column does not rise.
    """
    entries = [
        EpochEntry(int(words[0]), int(words[1])) for words in _checkpoint_lines(path, r"\d+ \d+")
    ]
    for before, after in itertools.pairwise(entries):
        if after.epoch <= before.epoch or after.offset < before.offset:
            raise FileFault(0, f"epoch {after.epoch} at {after.offset} does not rise")
    return entries


def _checkpoint_lines(path: Path, pattern: str) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    if len(lines) < 2 or lines[0] != "0" or not lines[1].isdigit():
        raise FileFault(0, "it does not begin with version 0 and a count")
    entries = lines[2:]
    if len(entries) != int(lines[1]):
        raise FileFault(0, f"{lines[1]} lines are announced, {len(entries)} are there")
    for number, line in enumerate(entries, 3):
        if re.fullmatch(pattern, line) is None:
            raise FileFault(0, f"line {number} is {line[:60]!r}")
    return [line.split(" ") for line in entries]


def read_properties(path: Path) -> dict[str, str]:
    """Read meta.properties or partition.metadata: a name and a value per line."""
    found = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        name, separator, value = line.partition(":" if path.name == "partition.metadata" else "=")
        if separator and not line.startswith("#"):
            found[name.strip()] = value.strip()
    return found


def read_quorum_state(path: Path) -> dict[str, object]:
    """Read what a voter must not forget.

    Raises:
        FileFault: it is no JSON object.
    """
    try:
        state = json.loads(path.read_bytes())
    except ValueError as error:
        raise FileFault(0, str(error)) from None
    if not isinstance(state, dict):
        raise FileFault(0, "no JSON object")
    return state
