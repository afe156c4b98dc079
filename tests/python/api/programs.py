"""Small programs that are run as a process of their own, for what happens at their ends."""

from __future__ import annotations

import subprocess
import sys
import textwrap

SECONDS_MAX = 60.0


def command(code: str, *arguments: str) -> list[str]:
    """Return the command line of a program, with every warning shown."""
    return [sys.executable, "-W", "always", "-c", textwrap.dedent(code), *arguments]


def run(code: str, *arguments: str, exit_code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a program to its end.

    Raises:
        AssertionError: it ended otherwise than it should; the message holds what it said.
    """
    done = subprocess.run(
        command(code, *arguments), capture_output=True, text=True, timeout=SECONDS_MAX, check=False
    )
    assert done.returncode == exit_code, f"{done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done
