"""Checks the log of a partition: every batch, both indexes, the epochs and the snapshots."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from penstock._files.batch import Batch, read_batches
from penstock._files.directory import PartitionDirectory
from penstock._files.fault import FileFault
from penstock._files.small import (
    EpochEntry,
    IndexEntry,
    TimeEntry,
    base_offset_of,
    read_epochs,
    read_offset_index,
    read_producer_snapshot,
    read_time_index,
)

PROBLEMS_MAX = 100
INT32_MAX = (1 << 31) - 1


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where. Not ``serious``: the next start repairs it without a loss."""

    file: str
    position: int
    message: str
    serious: bool = True


@dataclass
class Report:
    """What was found in the log of a partition."""

    partition: PartitionDirectory
    segments: int = 0
    batches: int = 0
    records: int = 0
    size: int = 0
    first_offset: int | None = None
    end_offset: int | None = None
    problems: list[Problem] = field(default_factory=list)

    def add(self, path: Path, fault: FileFault, *, serious: bool = True) -> None:
        """Note what is wrong with a file; at some point it is enough."""
        if len(self.problems) < PROBLEMS_MAX:
            name = path.relative_to(self.partition.path).as_posix()
            self.problems.append(Problem(name, fault.position, str(fault), serious))

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong that a start would not repair."""
        return not any(problem.serious for problem in self.problems)


def verify_partition(
    partition: PartitionDirectory,
    *,
    deep: bool,
    in_use: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> Report:
    """Read all of a partition's files; ``deep`` decodes each record, too.

    ``progress`` is called with the number of bytes that were read since the last call. The end of a
    log that is in use, or was not closed, may be torn.
    """
    report = Report(partition)
    epochs = _read_epochs(partition, report)
    segments = partition.segments()
    for path, following in itertools.zip_longest(segments, segments[1:]):
        _Segment(path, report, epochs, deep=deep, is_last=following is None).check(progress)
        _check_next(path, following, report)
    for path in sorted(partition.path.glob("*.snapshot")):
        try:
            for _ in read_producer_snapshot(path):
                pass
        except FileFault as fault:
            # It is passed over at the next start, and made again from the log.
            report.add(path, fault, serious=False)
    if in_use:
        report.problems = [problem for problem in report.problems if problem.serious]
    return report


def _read_epochs(partition: PartitionDirectory, report: Report) -> list[EpochEntry]:
    path = partition.path / "leader-epoch-checkpoint"
    if not path.exists():
        return []
    try:
        return read_epochs(path)
    except FileFault as fault:
        report.add(path, fault, serious=False)
        return []


def _check_next(path: Path, following: Path | None, report: Report) -> None:
    if following is None or report.end_offset is None:
        return
    begin = base_offset_of(following)
    if begin < report.end_offset:
        message = f"it ends at {report.end_offset}, and {following.name} begins at {begin}"
        report.add(path, FileFault(path.stat().st_size, message))


class _Segment:
    """One segment with its indexes, which are walked along with the batches."""

    def __init__(
        self, path: Path, report: Report, epochs: list[EpochEntry], *, deep: bool, is_last: bool
    ) -> None:
        self._path = path
        self._report = report
        self._epochs = epochs
        self._deep = deep
        self._is_last = is_last
        self._base = base_offset_of(path)
        self._last_offset = self._base - 1
        self._last_epoch = -1
        self._timestamp_max = -1
        self._begins: set[int] = set()  # of the batches since the last entry of the index
        self._index = _Entries(path.with_suffix(".index"), read_offset_index, report)
        self._times = _Entries(path.with_suffix(".timeindex"), read_time_index, report)

    def check(self, progress: Callable[[int], None]) -> None:
        size = self._path.stat().st_size
        self._report.segments += 1
        self._report.size += size
        if self._report.first_offset is None:
            self._report.first_offset = self._base
        with self._path.open("rb") as file:
            try:
                for batch in read_batches(file, size):
                    self._check_batch(batch)
                    progress(batch.size)
            except FileFault as fault:
                torn_end = fault.torn and self._is_last
                self._report.add(self._path, fault, serious=not torn_end)
        self._report.end_offset = self._last_offset + 1
        for entries in (self._index, self._times):
            entries.finish(self._last_offset)

    def _check_batch(self, batch: Batch) -> None:
        self._report.batches += 1
        self._report.records += batch.record_count
        if not batch.is_valid:
            found, wanted = f"{batch.crc_found:08x}", f"{batch.crc:08x}"
            self._fault(batch, f"the checksum is {found}, and should be {wanted}")
        if batch.base_offset <= self._last_offset:
            self._fault(batch, f"offset {batch.base_offset} follows {self._last_offset}")
        if batch.last_offset - self._base > INT32_MAX:
            self._fault(batch, f"offset {batch.last_offset} is too far from the segment's")
        if batch.leader_epoch < self._last_epoch:
            self._fault(batch, f"leader epoch {batch.leader_epoch} follows {self._last_epoch}")
        self._check_epoch(batch)
        if self._deep and batch.is_valid:
            self._check_records(batch)
        self._last_offset = max(self._last_offset, batch.last_offset)
        self._last_epoch = max(self._last_epoch, batch.leader_epoch)
        self._timestamp_max = max(self._timestamp_max, batch.max_timestamp)
        self._check_indexes(batch)

    def _check_epoch(self, batch: Batch) -> None:
        """Compare with the checkpoint, which begins at the log's start and knows what is synced."""
        known = [entry for entry in self._epochs if entry.offset <= batch.base_offset]
        if known and known[-1].epoch != batch.leader_epoch:
            message = (
                f"leader epoch {batch.leader_epoch}, but the checkpoint says {known[-1].epoch}"
            )
            self._fault(batch, message)

    def _check_records(self, batch: Batch) -> None:
        try:
            largest = -1
            for record in batch.records():
                largest = max(largest, record.timestamp)
        except FileFault as fault:
            self._fault(batch, str(fault))
            return
        if batch.record_count and not batch.is_append_time and largest > batch.max_timestamp:
            self._fault(batch, f"a record is newer ({largest}) than the batch says")

    def _check_indexes(self, batch: Batch) -> None:
        self._begins.add(batch.position)
        for entry in self._index.up_to(batch.last_offset):
            assert isinstance(entry, IndexEntry)
            # Older brokers made one entry for several batches that came together.
            ends_here = entry.offset == batch.last_offset
            if not ends_here or entry.position not in self._begins:
                message = f"offset {entry.offset} is said to end the batch at {entry.position}"
                self._index.fault(FileFault(batch.position, message))
            self._begins.clear()
        for entry in self._times.up_to(batch.last_offset):
            assert isinstance(entry, TimeEntry)
            if entry.timestamp != self._timestamp_max:
                message = (
                    f"up to offset {entry.offset} the largest timestamp is said to be "
                    f"{entry.timestamp}, and is {self._timestamp_max}"
                )
                self._times.fault(FileFault(batch.position, message))

    def _fault(self, batch: Batch, message: str) -> None:
        self._report.add(self._path, FileFault(batch.position, message))


class _Entries:
    """The entries of an index, taken as far as the batches have come.

    An index is a cache: what is wrong with it is repaired from the log.
    """

    def __init__(
        self,
        path: Path,
        read: Callable[[Path], Iterator[IndexEntry]] | Callable[[Path], Iterator[TimeEntry]],
        report: Report,
    ) -> None:
        self._path = path
        self._report = report
        self._entries: Iterator[IndexEntry | TimeEntry] = iter(())
        if path.exists():
            self._entries = read(path)
        self._next = self._take()

    def up_to(self, offset: int) -> Iterator[IndexEntry | TimeEntry]:
        while self._next is not None and self._next.offset <= offset:
            yield self._next
            self._next = self._take()

    def finish(self, last_offset: int) -> None:
        if self._next is not None:
            message = f"offset {self._next.offset} is behind the end of the log, {last_offset}"
            self.fault(FileFault(0, message))

    def fault(self, fault: FileFault) -> None:
        self._report.add(self._path, fault, serious=False)

    def _take(self) -> IndexEntry | TimeEntry | None:
        try:
            return next(self._entries, None)
        except FileFault as fault:
            self.fault(fault)
            self._entries = iter(())
            return None
