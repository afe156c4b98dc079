"""The program as a whole: help, exit codes, and what it says when something is wrong."""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from penstock.cli._app import COMMANDS, app
from python.cli.program import environment, has_one_line, on_terminal, penstock


def leaves(
    command: click.Command, path: tuple[str, ...]
) -> list[tuple[tuple[str, ...], click.Command]]:
    """Return every command below one, with the words that lead to it."""
    if not isinstance(command, click.Group):
        return [(path, command)]
    context = click.Context(command)
    found = []
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        assert inner is not None, name
        found += leaves(inner, (*path, name))
    return found


LEAVES = leaves(app, ())


def test_help_names_every_command_and_imports_none_of_them() -> None:
    """The list comes from a table, so that it is there at once."""
    code = (
        "import sys; from penstock.cli import main; main(['--help']); "
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True
    )
    loaded = set(done.stderr.split())
    for name, entry in COMMANDS.items():
        assert f"\n  {name} " in done.stdout
        assert entry.help in " ".join(done.stdout.split())
        assert f"penstock.cli.{entry.module}" not in loaded
    assert not loaded & {
        "rich",
        "asyncio",
        "json",
        "csv",
        "ssl",
        "subprocess",
        "importlib.metadata",
    }


def test_the_table_says_what_the_commands_say() -> None:
    """The help of the list and the short help of the command are one text."""
    for name, entry in COMMANDS.items():
        module = importlib.import_module(f"penstock.cli.{entry.module}")
        assert module.command.name == name
        assert module.command.get_short_help_str(limit=100) == entry.help


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=lambda each: " ".join(each)
                         if isinstance(each, tuple) else "")  # fmt: skip
def test_each_command_explains_itself(path: tuple[str, ...], command: click.Command) -> None:
    """Every option and every command has a sentence; nothing is cut."""
    assert command.help, path
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{path} {parameter.name}"
    if any(parameter.name == "output" for parameter in command.params):
        done = penstock(*path, "-o", "help")
        assert done.returncode == 0, done.stderr
        schema = json.loads(done.stdout)
        for each in schema.get("oneOf", [schema]):
            assert each["title"]
            assert each["required"] == list(each["properties"])


def test_without_arguments_there_is_help() -> None:
    """And an exit code that says that nothing was done."""
    done = penstock()
    assert done.returncode == 2
    assert "Usage: penstock" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["storge"], "there is no command 'storge'; did you mean 'storage'?"),
        (["--nonsense"], "no such option"),
        (["version", "-o", "xml"], "'xml' is not one of"),
        (["version", "surplus"], "unexpected extra argument"),
        (["log", "dump"], "missing argument 'FILE"),
        (["doctor", "--timeout", "soon"], "'soon' is no duration"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_2(arguments: list[str], said: str) -> None:
    """With a way to the help."""
    done = penstock(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert has_one_line(done.stderr)
    assert done.stderr.startswith("penstock: ")
    assert said in done.stderr
    assert "--help)" in done.stderr


def test_what_cannot_be_done_is_one_line_and_1(tmp_path: Path) -> None:
    """A traceback is there for who asks."""
    missing = tmp_path / "missing.log"
    done = penstock("log", "dump", missing)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"penstock: {missing}: No such file or directory\n"
    for asked in (
        (penstock("log", "dump", missing, "--debug")),
        penstock("log", "dump", missing, PENSTOCK_DEBUG="1"),
    ):
        assert "Traceback" in asked.stderr
        assert asked.returncode == 1


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path) -> None:
    """A name may hold anything; what is printed of it does not move a cursor."""
    done = penstock("log", "dump", tmp_path / "a\x1b[31m\nb.log")
    assert has_one_line(done.stderr)
    assert "\x1b" not in done.stderr


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    """As in `penstock log dump ... | head -1`."""
    path = tmp_path / "replication-offset-checkpoint"
    count = 50_000
    path.write_text(f"0\n{count}\n" + "".join(f"t {n} {n}\n" for n in range(count)))
    process = subprocess.Popen(
        [sys.executable, "-m", "penstock.cli", "log", "dump", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert json.loads(process.stdout.readline()) == {"topic": "t", "partition": 0, "offset": 0}
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == 141
    process.stderr.close()


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    """Output that did not arrive is a failure."""
    path = tmp_path / "replication-offset-checkpoint"
    path.write_text("0\n1\nt 0 1\n")
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "penstock.cli", "log", "dump", str(path)],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == b"penstock: No space left on device\n"


def test_ctrl_c_ends_with_130_and_says_nothing(tmp_path: Path) -> None:
    """In the middle of something that waits."""
    fifo = tmp_path / "0-offset-checkpoint"
    os.mkfifo(fifo)
    process = subprocess.Popen(
        [sys.executable, "-m", "penstock.cli", "log", "dump", str(fifo)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    writer = os.open(fifo, os.O_WRONLY)  # returns when the program reads
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    os.close(writer)
    assert (process.returncode, out, errors) == (130, b"", b"")


def test_a_terminal_gets_a_table_and_a_pipe_gets_json() -> None:
    """The same command, for people and for programs."""
    code, seen = on_terminal("version")
    assert code == 0
    assert "\x1b[1mversion" in seen
    assert not seen.startswith("{")
    assert json.loads(penstock("version").stdout)["kafka"] == "4.3"


def test_colours_go_when_they_are_not_wanted() -> None:
    """NO_COLOR, --color never, and a terminal that has none."""
    for seen in (
        on_terminal("version", NO_COLOR="1")[1],
        on_terminal("--color", "never", "version")[1],
        on_terminal("version", TERM="dumb")[1],
    ):
        assert "\x1b" not in seen
        assert "version" in seen


def test_any_locale_can_print(tmp_path: Path) -> None:
    """What it has no letters for is escaped."""
    path = tmp_path / "replication-offset-checkpoint"
    path.write_text("0\n1\nthema-ü-東 0 1\n")
    done = penstock("log", "dump", path, "-o", "name", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout) == (0, "thema-\\xfc-\\u6771\n")
    done = penstock("log", "dump", path, PYTHONIOENCODING="ascii")
    assert json.loads(done.stdout)["topic"] == "thema-ü-東"


def test_closed_streams_are_no_fault() -> None:
    """As a service may start it."""
    for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        command = f"{sys.executable} -m penstock.cli version {closed}"
        done = subprocess.run(command, shell=True, env=environment(), check=False, stderr=-1)
        assert done.returncode == 0, (closed, done.stderr)
