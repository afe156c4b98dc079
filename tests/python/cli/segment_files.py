"""Writes the files of a partition byte by byte, as docs/formats says, for what reads them."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

from penstock._native import crc32c

Header = tuple[str, bytes | None]


def varint(value: int) -> bytes:
    """Encode a zig-zag number."""
    rest = (value << 1) ^ (value >> 63)
    out = bytearray()
    while rest > 0x7F:
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    out.append(rest)
    return bytes(out)


def field(data: bytes | None) -> bytes:
    """Encode a length and bytes, or null."""
    return varint(-1) if data is None else varint(len(data)) + data


def record(
    offset_delta: int,
    value: bytes | None,
    *,
    key: bytes | None = None,
    timestamp_delta: int = 0,
    headers: Sequence[Header] = (),
) -> bytes:
    """Encode a record."""
    body = b"\0" + varint(timestamp_delta) + varint(offset_delta) + field(key) + field(value)
    body += varint(len(headers))
    body += b"".join(field(name.encode()) + field(data) for name, data in headers)
    return varint(len(body)) + body


def batch(
    base_offset: int,
    values: Iterable[bytes | None] = (b"v",),
    *,
    records: Sequence[bytes] | None = None,
    epoch: int = 0,
    timestamp: int = 1_780_000_000_000,
    attributes: int = 0,
    last_offset_delta: int | None = None,
    producer: tuple[int, int, int] = (-1, -1, -1),
) -> bytes:
    """Encode a batch; bits 0-2 of attributes choose none (0) or gzip (1)."""
    encoded = list(records) if records is not None else [
        record(number, value, timestamp_delta=number) for number, value in enumerate(values)
    ]  # fmt: skip
    body = b"".join(encoded)
    if attributes & 7 == 1:
        body = gzip.compress(body)
    last = len(encoded) - 1 if last_offset_delta is None else last_offset_delta
    tail = struct.pack(
        ">hiqqqhii", attributes, last, timestamp, timestamp + max(len(encoded) - 1, 0), *producer,
        len(encoded),
    ) + body  # fmt: skip
    head = struct.pack(">qiib", base_offset, 9 + len(tail), epoch, 2)
    return head + struct.pack(">I", crc32c(tail)) + tail


def write_segment(directory: Path, base_offset: int, batches: Sequence[bytes]) -> Path:
    """Write a segment with an entry in each index for every batch but the first."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{base_offset:020}.log"
    path.write_bytes(b"".join(batches))
    offsets, times = bytearray(), bytearray()
    position = 0
    newest = -1
    for number, data in enumerate(batches):
        base, last, timestamp = (
            struct.unpack_from(">q", data)[0],
            struct.unpack_from(">i", data, 23)[0],
            struct.unpack_from(">q", data, 35)[0],
        )
        if number:
            offsets += struct.pack(">ii", base + last - base_offset, position)
        if number and timestamp > newest:
            times += struct.pack(">qi", timestamp, base + last - base_offset)
        newest = max(newest, timestamp)
        position += len(data)
    path.with_suffix(".index").write_bytes(offsets)
    path.with_suffix(".timeindex").write_bytes(times)
    return path


def write_epochs(directory: Path, entries: Sequence[tuple[int, int]]) -> None:
    """Write a leader epoch checkpoint."""
    lines = [f"{epoch} {offset}\n" for epoch, offset in entries]
    (directory / "leader-epoch-checkpoint").write_text(f"0\n{len(lines)}\n" + "".join(lines))
