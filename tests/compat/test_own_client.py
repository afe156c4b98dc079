"""Our own client, in C++: connections, metadata and administration.

The stories are a program of the C++ tests, tests/compat/client_against_server.cc, built beside the
penstockd of PENSTOCK_COMPAT_PROGRAM.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

SECONDS_MAX = 120.0


@pytest.fixture
def program() -> Path:
    """The program of the stories."""
    named = os.environ.get("PENSTOCK_COMPAT_PROGRAM")
    if named is None:
        pytest.skip("set PENSTOCK_COMPAT_PROGRAM to a penstockd with the C++ tests beside it")
    build = Path(named).resolve().parents[2]
    return build / "tests" / "compat" / "client_against_server"


def test_the_stories_of_our_client_hold(program: Path, bootstrap: str) -> None:
    """Every story, against this server."""
    done = subprocess.run(
        [program, "--gtest_brief=1", bootstrap],
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
