"""Runs the command line: in this process for what is pure, as a program for the rest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SECONDS_MAX = 60.0


def environment(**more: str) -> dict[str, str]:
    """Return this process's environment without what would change a command's output."""
    hidden = ("PENSTOCK_", "NO_COLOR", "COLUMNS", "TERM")
    kept = {name: text for name, text in os.environ.items() if not name.startswith(hidden)}
    return {**kept, "TERM": "xterm", **more}


def penstock(
    *arguments: str | Path,
    stdin: str | bytes = b"",
    cwd: Path | None = None,
    **variables: str,
) -> subprocess.CompletedProcess[str]:
    """Run the program to its end; both of its outputs are pipes."""
    done = subprocess.run(
        [sys.executable, "-m", "penstock.cli", *map(str, arguments)],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        cwd=cwd,
        env=environment(**variables),
        timeout=SECONDS_MAX,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def on_terminal(*arguments: str | Path, columns: int = 100, **variables: str) -> tuple[int, str]:
    """Run the program on a pseudo terminal; return its exit code and what was to be seen."""
    import fcntl
    import pty
    import struct
    import termios

    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "penstock.cli", *map(str, arguments)],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=environment(**variables),
        start_new_session=True,
    )
    os.close(terminal)
    seen = bytearray()
    while True:
        try:
            chunk = os.read(controller, 65536)
        except OSError:  # the other side is closed
            break
        if not chunk:
            break
        seen += chunk
    os.close(controller)
    return process.wait(SECONDS_MAX), seen.decode().replace("\r\n", "\n")


def has_one_line(text: str) -> bool:
    """Whether something was said in one line, and no traceback."""
    return text.count("\n") == 1 and "Traceback" not in text
