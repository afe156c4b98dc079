"""Record batches (magic 2) in a file, one behind the other: docs/formats/record-batch.md."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO

from penstock._files.fault import FileFault
from penstock._native import crc32c, decompress

HEADER = struct.Struct(">qiibIhiqqqhii")
CRC_START = 21
OVERHEAD = 12  # offset and length, which the length does not count
BATCH_BYTES_MAX = 1 << 30
RECORDS_BYTES_MAX = 1 << 30

# What the header holds from the checksum on, in its order.
_FIELDS = (
    "crc",
    "attributes",
    "last_offset_delta",
    "base_timestamp",
    "max_timestamp",
    "producer_id",
    "producer_epoch",
    "base_sequence",
    "record_count",
)
CODECS = ("none", "gzip", "snappy", "lz4", "zstd")


@dataclass(frozen=True)
class Record:
    """One record of a batch."""

    offset: int
    timestamp: int  # milliseconds since 1970
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]


@dataclass(frozen=True)
class Batch:
    """A batch and where it lies; ``data`` is all of it, its header included."""

    position: int
    base_offset: int
    leader_epoch: int
    crc: int
    attributes: int
    last_offset_delta: int
    base_timestamp: int
    max_timestamp: int
    producer_id: int
    producer_epoch: int
    base_sequence: int
    record_count: int
    data: bytes

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return len(self.data)

    @property
    def last_offset(self) -> int:
        """The offset of its last record, or of the last one that compaction took away."""
        return self.base_offset + self.last_offset_delta

    @property
    def codec(self) -> str:
        """The name of its codec."""
        number = self.attributes & 7
        return CODECS[number] if number < len(CODECS) else f"unknown ({number})"

    @property
    def is_append_time(self) -> bool:
        """Whether its timestamp is the time of the append."""
        return bool(self.attributes & 8)

    @property
    def is_transactional(self) -> bool:
        """Whether it belongs to a transaction."""
        return bool(self.attributes & 16)

    @property
    def is_control(self) -> bool:
        """Whether its records are marks for the brokers."""
        return bool(self.attributes & 32)

    @cached_property
    def crc_found(self) -> int:
        """The checksum of the bytes that are there."""
        return crc32c(memoryview(self.data)[CRC_START:])

    @property
    def is_valid(self) -> bool:
        """Whether the checksum is the one that was written."""
        return self.crc == self.crc_found

    def records(self) -> Iterator[Record]:
        """Decompress and decode the records.

        Raises:
            FileFault: they are not what the header says.
        """
        data = self._decompressed()
        reader = _RecordReader(data, self.position)
        deltas_max = -1
        for _ in range(self.record_count):
            record, delta = reader.record(self)
            if not deltas_max < delta <= self.last_offset_delta:
                raise FileFault(self.position, f"offset delta {delta} follows {deltas_max}")
            deltas_max = delta
            yield record
        if not reader.is_at_end():
            raise FileFault(self.position, "bytes are left behind the last record")

    def _decompressed(self) -> bytes:
        data = self.data[HEADER.size :]
        codec = self.attributes & 7
        return data if codec == 0 else open_records(codec, data, self.position)


def open_records(codec: int, data: bytes, position: int) -> bytes:
    """Open what a codec has closed.

    Raises:
        FileFault: it cannot be opened.
    """
    try:
        return decompress(codec, data, RECORDS_BYTES_MAX)
    except ValueError as error:
        raise FileFault(position, f"{error}") from None


def read_batches(file: BinaryIO, size: int, position: int = 0) -> Iterator[Batch]:
    """Yield the batches of a file from a position up to ``size``.

    Raises:
        FileFault: what follows is no batch. Zeros up to the end are none, and no fault either:
            space that a log has reserved.
    """
    file.seek(position)
    while position < size:
        head = file.read(min(HEADER.size, size - position))
        if len(head) < HEADER.size:
            if not any(head):
                return
            message = f"{size - position} bytes are left, less than the header of a batch"
            raise FileFault(position, message, torn=True)
        fields = HEADER.unpack(head)
        base_offset, length, leader_epoch, magic = fields[:4]
        if length == 0 and not any(head):
            if _is_zero(file, size - position - len(head)):
                return
            raise FileFault(position, "zeros, and something behind them")
        total = length + OVERHEAD
        if magic != 2:
            raise FileFault(position, f"magic {magic}; a batch has 2")
        if not HEADER.size <= total <= BATCH_BYTES_MAX:
            raise FileFault(position, f"a batch of {total} bytes")
        if total > size - position:
            message = f"a batch of {total} bytes, of which {size - position} are there"
            raise FileFault(position, message, torn=True)
        data = head + file.read(total - HEADER.size)
        if len(data) < total:
            raise FileFault(position, "the file became shorter", torn=True)
        batch = Batch(
            position=position,
            base_offset=base_offset,
            leader_epoch=leader_epoch,
            **dict(zip(_FIELDS, fields[4:], strict=True)),
            data=data,
        )
        if batch.record_count < 0 or batch.last_offset_delta < 0 or base_offset < 0:
            raise FileFault(position, "a negative offset or count")
        yield batch
        position += total


def _is_zero(file: BinaryIO, size: int) -> bool:
    while size > 0:
        chunk = file.read(min(size, 1 << 20))
        if not chunk:
            return True
        if any(chunk):
            return False
        size -= len(chunk)
    return True


class _RecordReader:
    """Walks the records of a batch, which are not compressed any more."""

    def __init__(self, data: bytes, position: int) -> None:
        self._data = data
        self._at = 0
        self._position = position

    def is_at_end(self) -> bool:
        return self._at == len(self._data)

    def record(self, batch: Batch) -> tuple[Record, int]:
        """Read the next record, and its offset delta."""
        size = self._varint()
        end = self._at + size
        if not 0 < size <= len(self._data) - self._at:
            raise FileFault(self._position, f"a record of {size} bytes")
        self._at += 1  # attributes, which say nothing
        timestamp = batch.max_timestamp
        delta = self._varint()
        if not batch.is_append_time:
            timestamp = batch.base_timestamp + delta
        offset_delta = self._varint()
        key, value = self._bytes(), self._bytes()
        count = self._varint()
        if not 0 <= count <= end - self._at:
            raise FileFault(self._position, f"{count} headers")
        headers = [self._header() for _ in range(count)]
        if self._at != end:
            raise FileFault(self._position, "a record is longer or shorter than it says")
        offset = batch.base_offset + offset_delta
        return Record(offset, timestamp, key, value, headers), offset_delta

    def _header(self) -> tuple[str, bytes | None]:
        name = self._bytes()
        return (name or b"").decode(errors="replace"), self._bytes()

    def _bytes(self) -> bytes | None:
        size = self._varint()
        if size < 0:
            return None
        if size > len(self._data) - self._at:
            raise FileFault(self._position, f"a field of {size} bytes")
        self._at += size
        return self._data[self._at - size : self._at]

    def _varint(self) -> int:
        """Read a zig-zag number of up to 64 bits."""
        value = shift = 0
        while True:
            if self._at >= len(self._data) or shift > 63:
                raise FileFault(self._position, "a record is cut in a number")
            byte = self._data[self._at]
            self._at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return (value >> 1) ^ -(value & 1)
            shift += 7
