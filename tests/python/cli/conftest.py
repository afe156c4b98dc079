"""A broker for the commands that need one, and topics of their own in it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from penstock._penstockd import Penstockd
from python.cli.program import penstock

_numbers = itertools.count()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a penstockd."""
    scratch = tmp_path_factory.mktemp("broker")
    with Penstockd(scratch / "data", log=scratch / "log") as server:
        yield server.bootstrap


Run = Callable[..., Any]


@pytest.fixture
def run(broker: str) -> Run:
    """Run a command on the broker; return its rows, or the text of another format than jsonl."""

    def call(*arguments: str, code: int = 0, stdin: str | bytes = b"") -> Any:
        done = penstock("-b", broker, *arguments, stdin=stdin)
        assert done.returncode == code, f"{done.returncode}: {done.stdout}{done.stderr}"
        if "-o" in arguments or ("-f" in arguments[1:] and arguments[0] == "consume"):
            return done.stdout
        return [json.loads(line) for line in done.stdout.splitlines()]

    return call


@pytest.fixture
def new_topic(run: Run) -> Callable[..., str]:
    """Create a topic that nobody has used."""

    def create(partitions: int = 1, *options: str) -> str:
        name = f"cli-{next(_numbers)}"
        run("topic", "create", name, "-p", str(partitions), *options)
        return name

    return create


@pytest.fixture
def topic(new_topic: Callable[..., str]) -> str:
    """A topic of one partition."""
    return new_topic()
