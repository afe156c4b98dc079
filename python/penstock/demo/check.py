"""The judge of the demo: did every record come back once, exactly as sent, in order?"""

from __future__ import annotations

from array import array

from penstock.demo.text import Module

_COMPLAINTS_MAX = 10
_NOT_KNOWN = -1


class Ledger:
    """What was sent, what was acknowledged, and what came back.

    The records of one key are the lines of one module, so the n-th record of a key must be the n-th
    line of the module, on the partition and at the offset that its acknowledgement named.
    """

    def __init__(self, modules: list[Module]) -> None:
        self.complaints: list[str] = []
        self.complaint_count = 0
        self.acknowledged_count = 0
        self.replayed_count = 0
        self._lines = {module.name.encode(): module.lines for module in modules}
        self._acknowledged = {key: array("q") for key in self._lines}
        self._replayed = dict.fromkeys(self._lines, 0)
        self._partition_of_key: dict[bytes, int] = {}
        self._next_offset: dict[int, int] = {}

    @property
    def sent_count(self) -> int:
        """The records that there are to send."""
        return sum(len(lines) for lines in self._lines.values())

    def acknowledge(self, key: bytes, offset: int | None) -> None:
        """Note the acknowledgement of the next record of a key."""
        self._acknowledged[key].append(_NOT_KNOWN if offset is None else offset)
        self.acknowledged_count += 1

    def replay(self, key: bytes | None, value: bytes | None, partition: int, offset: int) -> None:
        """Check a record that came back."""
        self.replayed_count += 1
        expected_offset = self._next_offset.get(partition, 0)
        if offset != expected_offset:
            self._complain(f"partition {partition}: offset {offset} follows {expected_offset - 1}")
        self._next_offset[partition] = offset + 1
        if key is None or key not in self._lines:
            self._complain(f"partition {partition} offset {offset}: nobody sent key {key!r}")
            return
        if self._partition_of_key.setdefault(key, partition) != partition:
            self._complain(f"{key.decode()}: on partition {partition} and on another one")
        number = self._replayed[key]
        self._replayed[key] += 1
        self._check_line(key, number, value, offset)

    def finish(self) -> bool:
        """Check that nothing is missing; return whether all is as it should be."""
        for key, lines in self._lines.items():
            name = key.decode()
            if len(self._acknowledged[key]) < len(lines):
                self._complain(
                    f"{name}: {len(self._acknowledged[key])} of {len(lines)} lines acknowledged"
                )
            if self._replayed[key] < len(lines):
                self._complain(f"{name}: {self._replayed[key]} of {len(lines)} lines came back")
        return self.complaint_count == 0

    def _check_line(self, key: bytes, number: int, value: bytes | None, offset: int) -> None:
        lines, acknowledged = self._lines[key], self._acknowledged[key]
        where = f"{key.decode()} line {number + 1}, offset {offset}"
        if number >= len(lines):
            self._complain(f"{where}: more lines came back than were sent")
            return
        if value != lines[number]:
            self._complain(f"{where}: sent {lines[number]!r}, came back {value!r}")
        if number < len(acknowledged) and acknowledged[number] not in (offset, _NOT_KNOWN):
            self._complain(f"{where}: was acknowledged at offset {acknowledged[number]}")

    def _complain(self, complaint: str) -> None:
        self.complaint_count += 1
        if len(self.complaints) < _COMPLAINTS_MAX:
            self.complaints.append(complaint)
