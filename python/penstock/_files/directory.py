"""A data directory as a whole: whose it is, who uses it, and which partitions are in it."""

from __future__ import annotations

import fcntl
import os
import re
import struct
from dataclasses import dataclass
from pathlib import Path

from penstock._files.small import read_properties

META_PROPERTIES = "meta.properties"
LOCK = ".lock"
CLEAN_SHUTDOWN = ".kafka_cleanshutdown"
CHECKPOINTS = (
    "recovery-point-offset-checkpoint",
    "log-start-offset-checkpoint",
    "replication-offset-checkpoint",
)
_PARTITION = re.compile(r"(.+)-(\d+)")


@dataclass(frozen=True)
class PartitionDirectory:
    """Where the log of a partition lies."""

    topic: str
    partition: int
    path: Path

    @property
    def name(self) -> str:
        """Topic and partition, as the directory is named."""
        return self.path.name

    def segments(self) -> list[Path]:
        """Return the segments' logs by their offsets."""
        return sorted(self.path.glob("[0-9]" * 20 + ".log"))

    def size(self) -> int:
        """Return the bytes of all files."""
        return sum(entry.stat().st_size for entry in os.scandir(self.path) if entry.is_file())


def partition_directories(directory: Path) -> list[PartitionDirectory]:
    """Return the partitions of a data directory, by topic and number; deleted ones are none."""
    found = []
    for entry in os.scandir(directory):
        match = _PARTITION.fullmatch(entry.name)
        if entry.is_dir() and match is not None and not entry.name.endswith("-delete"):
            found.append(PartitionDirectory(match.group(1), int(match.group(2)), Path(entry.path)))
    return sorted(found, key=lambda each: (each.topic, each.partition))


def as_partition(directory: Path) -> PartitionDirectory | None:
    """Return a directory that is a partition's own, or None."""
    path = directory.resolve()
    match = _PARTITION.fullmatch(path.name)
    if match is None or not any(path.glob("[0-9]" * 20 + ".log")):
        return None
    return PartitionDirectory(match.group(1), int(match.group(2)), path)


def meta_properties(directory: Path) -> dict[str, str] | None:
    """Return the identity of a data directory; None if it is not formatted."""
    path = directory / META_PROPERTIES
    return read_properties(path) if path.exists() else None


def holder(directory: Path) -> str | None:
    """Return who has the directory open, as its lock says, or None."""
    path = directory / LOCK
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        if not _is_locked(descriptor):
            return None
        text = os.pread(descriptor, 200, 0).decode(errors="replace").strip()
        return text or "another process"
    finally:
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    """Ask for the lock without taking it: type, whence, start, length, pid of struct flock."""
    question = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
    answer = fcntl.fcntl(descriptor, _OFD_GETLK, question)
    return bool(struct.unpack_from("h", answer)[0] != fcntl.F_UNLCK)


_OFD_GETLK = 36  # of Linux; the module fcntl names it from Python 3.12 on only
