"""Runs the program penstockd as a child process: for the demo and for tests."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path
from select import select
from typing import IO, Self

START_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 30.0


class ServerError(Exception):
    """The server did not do what it was asked to: it did not start, or did not stop."""


def find_program() -> Path:
    """Return the penstockd that belongs to this Python.

    Raises:
        ServerError: no such program is installed.
    """
    beside = Path(sys.executable).with_name("penstockd")
    if beside.exists():
        return beside
    found = shutil.which("penstockd")
    if found is None:
        raise ServerError(f"there is no penstockd beside {sys.executable}: run `pip install .`")
    return Path(found)


class Penstockd:
    """A penstockd on a data directory; it may be killed and started again on the same port.

    ``log`` receives the server's standard error and is appended to by each start.
    """

    def __init__(
        self,
        directory: Path,
        *,
        log: Path,
        program: Path | None = None,
        host: str = "127.0.0.1",
        options: tuple[str, ...] = (),
    ) -> None:
        self.directory = directory
        self.log = log
        self.kafka: str = f"{host}:0"
        self.http: str | None = None
        self._program = program
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """The address for clients, once the server has been started."""
        return self.kafka

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        return self._running().pid

    def start(self) -> float:
        """Start the server; return the seconds from the start of the program to its ready line.

        Raises:
            ServerError: it ended or stayed silent; the message holds the end of its log.
        """
        if self._process is not None:
            raise ServerError("the server is already running")
        command = [str(self._program or find_program()), str(self.directory), "--kafka", self.kafka]
        begin = time.monotonic()
        with self.log.open("ab") as errors:
            self._process = subprocess.Popen(
                [*command, *self._options], stdout=subprocess.PIPE, stderr=errors
            )
        try:
            self._read_ready_line(self._output())
        except ServerError:
            self.kill()
            raise
        return time.monotonic() - begin

    def kill(self) -> None:
        """End the server with SIGKILL, as a crash would; unfinished requests stay unanswered."""
        process = self._running()
        process.kill()
        self._reap(process)

    def stop(self) -> int:
        """Ask the server to stop (SIGTERM), wait for it and return its exit code."""
        process = self._running()
        process.terminate()
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ServerError(f"no end {STOP_SECONDS_MAX:.0f} s after SIGTERM") from None
        self._reap(process)
        return process.returncode

    def close(self) -> None:
        """Stop the server if it still runs; may be called twice."""
        if self._process is not None:
            self.stop()

    def __enter__(self) -> Self:
        """Start the server."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the server."""
        self.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise ServerError("the server is not running")
        return self._process

    def _output(self) -> IO[bytes]:
        output = self._running().stdout
        assert output is not None
        return output

    def _reap(self, process: subprocess.Popen[bytes]) -> None:
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
        self._process = None

    def _read_ready_line(self, output: IO[bytes]) -> None:
        """Wait for `ready kafka=HOST:PORT[,...] [http=HOST:PORT]` and keep the addresses."""
        if not select([output], [], [], START_SECONDS_MAX)[0]:
            raise ServerError(f"not ready after {START_SECONDS_MAX:.0f} s{self._log_end()}")
        words = output.readline().decode(errors="replace").split()
        if not words or words[0] != "ready":
            raise ServerError(f"the server ended instead of starting{self._log_end()}")
        addresses = dict(word.split("=", 1) for word in words[1:])
        self.kafka = addresses["kafka"].split(",")[0]
        self.http = addresses.get("http")

    def _log_end(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-10:]
        return "".join(f"\n  {line}" for line in lines)
