"""The demo in small: real text, a crash, and a verdict."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from penstock._penstockd import Penstockd, ServerError
from penstock.demo.__main__ import run
from penstock.demo.text import Module

SECONDS_MAX = 120.0


def test_the_demo_passes(tmp_path: Path) -> None:
    """The program says yes four times and ends with 0."""
    arguments = ["--modules", "60", "--directory", str(tmp_path / "data")]
    done = subprocess.run(
        [sys.executable, "-m", "penstock.demo", *arguments],
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(": yes\n") == 4
    assert "opened in this process" in done.stdout
    assert "SIGKILL after" in done.stdout
    assert "ten most frequent words:" in done.stdout


def test_the_demo_fails_if_words_are_not_those_of_the_files(tmp_path: Path) -> None:
    """A file that changed under the demo's feet is noticed."""
    changed = tmp_path / "changed.py"
    changed.write_text("other words\n")
    modules = [Module("changed", changed, [b"sent words"] * 3_000)]
    server = Penstockd(tmp_path / "data", log=tmp_path / "log")
    try:
        assert not run(server, modules)
    finally:
        server.close()


def test_a_server_that_ends_at_once_is_reported(tmp_path: Path) -> None:
    """With the end of what it said."""
    program = tmp_path / "penstockd"
    program.write_text("#!/bin/sh\necho the disk is full >&2\nexit 1\n")
    program.chmod(0o755)
    server = Penstockd(tmp_path / "data", log=tmp_path / "log", program=program)
    with pytest.raises(ServerError, match="the disk is full"):
        server.start()
    server.close()


def test_the_ready_line_is_read(tmp_path: Path) -> None:
    """Addresses come from `ready kafka=...`, and a second start keeps them."""
    program = tmp_path / "penstockd"
    program.write_text(
        '#!/bin/sh\necho "$@" >&2\n'
        "echo ready kafka=127.0.0.1:1234,127.0.0.1:5678 http=127.0.0.1:80\nexec sleep 60\n"
    )
    program.chmod(0o755)
    log = tmp_path / "log"
    server = Penstockd(tmp_path / "data", log=log, program=program, options=("-X", "a=b"))
    with server:
        assert (server.bootstrap, server.http) == ("127.0.0.1:1234", "127.0.0.1:80")
        server.kill()
        server.start()
    assert log.read_text().splitlines() == [
        f"{tmp_path / 'data'} --kafka 127.0.0.1:0 -X a=b",
        f"{tmp_path / 'data'} --kafka 127.0.0.1:1234 -X a=b",
    ]
