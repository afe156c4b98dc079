"""The snippets of README.md and of docs/ do what they say.

A page is run from top to bottom in an empty directory: what is marked `python` in one namespace,
what is marked `sh` by bash. Lines that begin with `# => ` are what the snippet before them prints.
A Python snippet whose first line is the name of a file is saved there instead.
A shell snippet that runs a server leaves it running to the end of the page. The ports that a page
names are replaced by free ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import io
import os
import re
import signal
import socket
import subprocess
import sys
from ast import PyCF_ALLOW_TOP_LEVEL_AWAIT
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [
        ROOT / "README.md",
        *(ROOT / "docs/guide").glob("*"),
        *(ROOT / "docs/howto").glob("*"),
    ]
)
# What is run here, and what other tests compile or nobody can run.
RUN = ("python", "sh")
NOT_RUN = ("cpp", "cmake", "text")
SHELL_SECONDS_MAX = 120
STOP_SECONDS_MAX = 30

_FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SERVER = re.compile(r"^(penstockd|penstock serve) ", re.MULTILINE)
_PORT = re.compile(r"(?<=(?:127\.0\.0\.1|localhost):)\d+")
_FILE = re.compile(r"# (\w+\.py)\n")
_EXPECTED = "# => "


@dataclass(frozen=True)
class Snippet:
    """A fenced block of a page."""

    language: str
    source: str
    line: int

    def expected(self) -> list[str]:
        """Return the lines that it says it prints."""
        lines = self.source.splitlines()
        return [line[len(_EXPECTED) :] for line in lines if line.startswith(_EXPECTED)]


def snippets(page: str) -> list[Snippet]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return [
        Snippet(match.group(1), match.group(2), text.count("\n", 0, match.start()) + 1)
        for match in _FENCE.finditer(text)
    ]


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@dataclass
class Reader:
    """Somebody who types what a page says into a shell and into Python."""

    page: str
    directory: Path
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "__main__"})
    ports: dict[str, str] = field(default_factory=dict)
    servers: list[subprocess.Popen[str]] = field(default_factory=list)

    def follow(self, snippet: Snippet) -> None:
        source = _PORT.sub(self._port, snippet.source)
        file = _FILE.match(source)
        if file is not None:
            (self.directory / file.group(1)).write_text(source, encoding="utf-8")
            return
        if snippet.language == "python":
            printed = self._python(source, snippet.line)
        elif _SERVER.search(source):
            printed = self._server(source)
        else:
            printed = self._shell(source)
        where = f"{self.page}:{snippet.line}"
        if snippet.language == "python" or snippet.expected():
            expected = [_PORT.sub(self._port, line) for line in snippet.expected()]
            assert printed.splitlines() == expected, where

    def leave(self) -> None:
        """Drop what Python holds, then end the servers as Ctrl-C does."""
        self.names.clear()
        for server in self.servers:
            server.send_signal(signal.SIGINT)
            server.communicate(timeout=STOP_SECONDS_MAX)
            assert server.returncode == 0

    def _port(self, match: re.Match[str]) -> str:
        if match.group() == "0":
            return "0"
        return self.ports.setdefault(match.group(), free_port())

    def _python(self, source: str, line: int) -> str:
        name = str(ROOT / self.page)
        code = compile("\n" * line + source, name, "exec", flags=PyCF_ALLOW_TOP_LEVEL_AWAIT)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            result = eval(code, self.names)
            if inspect.iscoroutine(result):
                asyncio.run(result)
        return printed.getvalue()

    def _shell(self, source: str) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", source],
            cwd=self.directory,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=SHELL_SECONDS_MAX,
            check=False,
        )
        assert done.returncode == 0, f"{source}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def _server(self, source: str) -> str:
        assert len(source.splitlines()) == 1, "a snippet that runs a server has nothing else"
        server = subprocess.Popen(
            ["bash", "-c", f"exec {source}"],
            cwd=self.directory,
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        self.servers.append(server)
        assert server.stdout is not None
        line = server.stdout.readline()
        assert line.startswith("ready "), line
        return line


def environment() -> dict[str, str]:
    programs = Path(sys.executable).parent
    return {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture
def reader(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Reader]:
    monkeypatch.chdir(tmp_path)
    made = Reader(request.getfixturevalue("page"), tmp_path)
    yield made
    made.leave()


@pytest.mark.parametrize("page", PAGES)
def test_the_snippets_of_a_page_run(page: str, reader: Reader) -> None:
    for snippet in snippets(page):
        if snippet.language in RUN:
            reader.follow(snippet)


@pytest.mark.parametrize("page", PAGES)
def test_each_snippet_says_what_it_is(page: str) -> None:
    unknown = [
        f"{page}:{snippet.line}: ```{snippet.language}"
        for snippet in snippets(page)
        if snippet.language not in (*RUN, *NOT_RUN)
    ]
    assert not unknown, unknown


def test_the_pages_have_snippets() -> None:
    assert any(snippet.expected() for page in PAGES for snippet in snippets(page))
