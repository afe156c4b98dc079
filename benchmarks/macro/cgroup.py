"""A control group for one broker: a limit of memory, page cache included, and its CPU time."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

_V1 = Path("/sys/fs/cgroup")
_V2 = Path("/sys/fs/cgroup")


class Cgroup:
    """A group of its own below the root, by version 1 or 2 of the interface; needs root."""

    def __init__(self, name: str, *, memory_bytes_max: int) -> None:
        if (_V1 / "memory").is_dir() and (_V1 / "cpuacct").is_dir():
            self.version = 1
            self._memory, self._cpu = _V1 / "memory" / name, _V1 / "cpuacct" / name
            limit, self._usage = "memory.limit_in_bytes", "memory.usage_in_bytes"
        elif (_V2 / "cgroup.controllers").exists():
            self.version = 2
            self._memory = self._cpu = _V2 / name
            limit, self._usage = "memory.max", "memory.current"
        else:
            raise OSError("no control groups with a memory controller below /sys/fs/cgroup")
        for folder in self._folders():
            folder.mkdir(exist_ok=True)
        (self._memory / limit).write_text(str(memory_bytes_max))

    def enter(self) -> Callable[[], None]:
        """Return what a new process calls to join the group before it becomes the broker."""
        doors = [str(folder / "cgroup.procs") for folder in self._folders()]

        def join() -> None:
            for door in doors:
                with open(door, "w", encoding="ascii") as file:
                    file.write(str(os.getpid()))

        return join

    def add(self, pid: int) -> None:
        """Move a process that runs into the group."""
        for folder in self._folders():
            (folder / "cgroup.procs").write_text(str(pid))

    def cpu_seconds(self) -> float:
        """The user and system time of every process that was ever in the group."""
        if self.version == 1:
            return int((self._cpu / "cpuacct.usage").read_text()) / 1e9
        lines = (self._cpu / "cpu.stat").read_text().splitlines()
        return int(dict(line.split() for line in lines)["usage_usec"]) / 1e6

    def memory_bytes(self) -> int:
        """What the group uses now, page cache included."""
        return int((self._memory / self._usage).read_text())

    def remove(self) -> None:
        """Remove the group; its processes must have ended."""
        for folder in self._folders():
            if folder.is_dir():
                folder.rmdir()

    def _folders(self) -> list[Path]:
        return list(dict.fromkeys([self._memory, self._cpu]))
