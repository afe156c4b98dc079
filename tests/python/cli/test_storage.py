"""penstock storage, penstock serve and penstock completion: what is around a broker."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from penstock._penstockd import Penstockd
from python.cli.program import environment, has_one_line, penstock
from python.cli.segment_files import batch, write_segment


def test_a_directory_is_formatted_once(tmp_path: Path) -> None:
    """With the id that it has from then on."""
    directory = tmp_path / "data"
    dry = penstock("storage", "format", directory, "--dry-run")
    assert json.loads(dry.stdout) == {
        "directory": str(directory), "cluster_id": None, "result": "dry-run",
    }  # fmt: skip
    assert not directory.exists()
    done = penstock("storage", "format", directory, "--yes")
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    info = json.loads(penstock("storage", "info", directory).stdout)
    assert (info["formatted"], info["cluster_id"]) == (True, made["cluster_id"])
    assert (info["node_id"], info["version"], info["used_by"]) == (1, 1, None)
    assert info["clean_shutdown"]

    again = penstock("storage", "format", directory, "--yes")
    assert again.returncode == 1
    assert has_one_line(again.stderr)
    assert f"formatted already, for the cluster {made['cluster_id']}" in again.stderr
    left = penstock("storage", "format", directory, "--yes", "--ignore-formatted")
    assert json.loads(left.stdout)["cluster_id"] == made["cluster_id"]


def test_formatting_asks_and_nobody_answers(tmp_path: Path) -> None:
    done = penstock("storage", "format", tmp_path / "data")
    assert done.returncode == 2
    assert has_one_line(done.stderr)
    assert "--yes" in done.stderr


def test_somebody_elses_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("dear")
    done = penstock("storage", "format", tmp_path, "--yes")
    assert done.returncode == 1
    assert "is not empty" in done.stderr
    done = penstock("storage", "info", tmp_path / "letter")
    assert done.returncode == 1
    assert "is a file" in done.stderr


def test_info_of_a_directory_in_use(tmp_path: Path) -> None:
    """Who has it, and what is in it."""
    write_segment(tmp_path / "other" / "gone-0.0-delete", 0, [batch(0)])
    with Penstockd(tmp_path / "data", log=tmp_path / "log") as server:
        info = json.loads(penstock("storage", "info", tmp_path / "data").stdout)
        assert info["used_by"] == f"pid {server.pid}"
        assert not info["clean_shutdown"]
        assert [log["partition"] for log in info["logs"]] == ["__cluster_metadata-0"]


def test_info_of_a_directory_that_is_not_formatted(tmp_path: Path) -> None:
    info = json.loads(penstock("storage", "info", tmp_path).stdout)
    assert (info["formatted"], info["partitions"], info["node_id"]) == (False, 0, None)


def test_serve_becomes_the_broker(tmp_path: Path) -> None:
    """One process: signals reach it, and its line is the first that is printed."""
    config = tmp_path / "broker.properties"
    config.write_text("num.partitions=3\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "penstock.cli", "serve", str(tmp_path / "data"), "--kafka",
         "127.0.0.1:0", "--http", "127.0.0.1:0", "--config", str(config), "-X",
         "log.retention.ms=1000", "--log-level", "error"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )  # fmt: skip
    assert process.stdout is not None
    ready = process.stdout.readline().decode()
    assert ready.startswith("ready kafka=127.0.0.1:")
    assert " http=127.0.0.1:" in ready
    holder = json.loads(penstock("storage", "info", tmp_path / "data").stdout)["used_by"]
    assert holder == f"pid {process.pid}"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, b"")


def test_serve_without_a_directory_says_where_the_data_is(tmp_path: Path) -> None:
    done = penstock("serve", "--kafka", "nonsense", cwd=tmp_path)
    first, second = done.stderr.splitlines()
    assert first == f"penstock: the data is in {tmp_path / 'penstock-data'}"
    assert second.startswith("penstockd: --kafka")
    assert done.returncode == 1


def test_what_the_broker_refuses_is_one_line(tmp_path: Path) -> None:
    done = penstock("serve", tmp_path / "data", "-X", "num.partitions=many")
    assert done.returncode == 1
    assert has_one_line(done.stderr)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str) -> None:
    done = penstock("completion", shell)
    assert done.returncode == 0
    assert "_PENSTOCK_COMPLETE" in done.stdout
    assert penstock("completion", SHELL=f"/bin/{shell}").stdout == done.stdout


def test_a_shell_without_completion_is_named() -> None:
    done = penstock("completion", SHELL="/bin/tcsh")
    assert done.returncode == 2
    assert "'tcsh'" in done.stderr


def test_commands_and_options_are_completed() -> None:
    """As bash asks for them."""

    def complete(words: str, count: int) -> list[str]:
        done = penstock(_PENSTOCK_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(count))
        return [line.partition(",")[2] for line in done.stdout.splitlines()]

    assert complete("penstock st", 1) == ["storage"]
    assert complete("penstock log ", 2) == ["dump", "verify"]
    assert "--deep" in complete("penstock log verify --d", 3)


def test_bash_accepts_the_script() -> None:
    script = penstock("completion", "bash").stdout
    done = subprocess.run(["bash", "-n"], input=script, text=True, check=False, env=os.environ)
    assert done.returncode == 0
