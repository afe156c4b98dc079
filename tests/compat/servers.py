"""What a test may ask of the server that it runs against."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from penstock._penstockd import Penstockd


def own_penstockd(directory: Path, *, scratch: Path) -> Penstockd:
    """Return the penstockd under test on `directory`, not started yet."""
    program = os.environ.get("PENSTOCK_COMPAT_PROGRAM")
    return Penstockd(
        directory, log=scratch / "penstockd.log", program=Path(program) if program else None
    )


class Server(Protocol):
    """A server with a process and a data directory, or one that belongs to somebody else."""

    @property
    def directory(self) -> Path | None:
        """Its data, if it is on this machine."""

    @property
    def bootstrap(self) -> str:
        """The address for clients."""

    def start(self) -> float:
        """Start it, and return the seconds until it served."""

    def kill(self) -> None:
        """Crash it."""

    def stop(self) -> int:
        """Stop it in good order, and return its exit code."""

    def close(self) -> None:
        """End it if it still runs."""


class External:
    """A server that runs already, at an address."""

    directory: Path | None = None

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap

    def start(self) -> float:
        """Do nothing: it runs."""
        return 0.0

    def kill(self) -> None:
        """Refuse."""
        raise AssertionError("this server is not ours to kill")

    def stop(self) -> int:
        """Refuse."""
        raise AssertionError("this server is not ours to stop")

    def close(self) -> None:
        """Leave it running."""
