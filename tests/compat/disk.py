"""What lies on the server's disk, read from the files' bytes without any client or server code."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CODECS = ("none", "gzip", "snappy", "lz4", "zstd")

# base offset, length, leader epoch, magic, crc, attributes, last offset delta, first and maximum
# timestamp, producer id, producer epoch, first sequence, number of records
_BATCH = struct.Struct(">qiibIhiqqqhii")
_LENGTH_FROM = 12


@dataclass(frozen=True)
class Batch:
    """The header of a record batch."""

    base_offset: int
    magic: int
    attributes: int
    last_offset_delta: int
    producer_id: int
    base_sequence: int
    record_count: int

    @property
    def codec(self) -> str:
        """The compression codec in the lowest three bits of the attributes."""
        return CODECS[self.attributes & 7]

    @property
    def log_append_time(self) -> bool:
        """Whether the broker has set the time."""
        return bool(self.attributes & 8)


def batches(directory: Path, topic: str, partition: int = 0) -> list[Batch]:
    """Return the batches of a partition's segments in the order of their offsets."""
    found: list[Batch] = []
    for segment in sorted((directory / f"{topic}-{partition}").glob("*.log")):
        found += _read(segment.read_bytes())
    return found


def _read(data: bytes) -> Iterator[Batch]:
    position = 0
    while position + _BATCH.size <= len(data):
        base, length, _, magic, _, attributes, delta, _, _, producer_id, _, sequence, count = (
            _BATCH.unpack_from(data, position)
        )
        if length == 0:
            return
        yield Batch(base, magic, attributes, delta, producer_id, sequence, count)
        position += _LENGTH_FROM + length
