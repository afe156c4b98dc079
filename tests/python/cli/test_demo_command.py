"""penstock demo: told by the command line."""

from __future__ import annotations

import json
from pathlib import Path

from python.cli.program import has_one_line, penstock


def test_the_data_is_kept_if_asked_for(tmp_path: Path) -> None:
    """Whole, closed, and as a broker would find it."""
    kept = tmp_path / "kept"
    done = penstock("demo", "--modules", "20", "--keep", kept)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(": yes\n") == 4
    assert done.stdout.endswith(f"penstock serve {kept}, or penstock log verify {kept}\n")
    rows = [json.loads(line) for line in penstock("log", "verify", kept).stdout.splitlines()]
    assert {row["result"] for row in rows} == {"ok"}
    assert json.loads(penstock("storage", "info", kept).stdout)["clean_shutdown"]


def test_a_directory_that_exists_is_left_alone(tmp_path: Path) -> None:
    done = penstock("demo", "--keep", tmp_path)
    assert done.returncode == 1
    assert has_one_line(done.stderr)
    assert "it exists already" in done.stderr
