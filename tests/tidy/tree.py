"""The files of the tree and a little reading of C++, for the checks of this folder."""

from __future__ import annotations

import functools
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]


@functools.cache
def files() -> tuple[PurePosixPath, ...]:
    """Return every file that is committed, or would be by `git add .`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    paths = (PurePosixPath(name.decode()) for name in names.split(b"\0") if name)
    return tuple(sorted(path for path in paths if (ROOT / path).is_file()))


@functools.cache
def text(path: PurePosixPath) -> str:
    """Return the content of a file of the tree."""
    return (ROOT / path).read_text(encoding="utf-8")


def below(folder: str, *suffixes: str) -> list[PurePosixPath]:
    """Return the files below a folder whose names end in one of the suffixes."""
    return [
        path
        for path in files()
        if path.is_relative_to(folder) and (not suffixes or path.suffix in suffixes)
    ]


def cpp_files() -> list[PurePosixPath]:
    """Return every C++ file, those of the tests included."""
    return [path for path in files() if path.suffix in (".h", ".hpp", ".cc")]


_INVISIBLE = re.compile(
    r"""//[^\n]* | /\*.*?\*/ | R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)" """
    r"""| "(?:\\.|[^"\\\n])*" | (?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+' """,
    re.DOTALL | re.VERBOSE,
)


def _blank(match: re.Match[str]) -> str:
    found = match.group()
    if found.startswith("/"):
        return re.sub(r"[^\n]", " ", found)
    return '"' + re.sub(r"[^\n]", " ", found[1:-1]) + '"'


def strip(source: str) -> str:
    """Blank comments and literals, so that what is left is code at its old place."""
    return _INVISIBLE.sub(_blank, source)


@functools.cache
def code(path: PurePosixPath) -> str:
    """Return the content of a C++ file without its comments and the contents of its literals."""
    return strip(text(path))


def line_of(source: str, position: int) -> int:
    """Return the number of the line of a position."""
    return source.count("\n", 0, position) + 1


_BRACKETS = {"{": re.compile(r"[{}]"), "(": re.compile(r"[()]"), "[": re.compile(r"[\[\]]")}


def closing(source: str, opening: int) -> int:
    """Return the position of the bracket that closes the one at a position."""
    left = source[opening]
    depth = 0
    for match in _BRACKETS[left].finditer(source, opening):
        depth += 1 if match.group() == left else -1
        if depth == 0:
            return match.start()
    return len(source) - 1


@dataclass(frozen=True)
class Function:
    """A function with a body."""

    name: str
    line: int
    length: int


_NO_FUNCTION = re.compile(r"^\s*(namespace|class|struct|enum|union|extern)\b|=\s*$")
_PUNCTUATION = re.compile(r"[#;}:({]")
_NAME = re.compile(r"([\w:~]+|operator\s*\S+?)\s*\(")


def functions(source: str) -> Iterator[Function]:
    """Yield the functions of a stripped source: members and free ones, not the lambdas in them."""
    position = 0
    begin = 0  # where the declaration that is being read begins
    while match := _PUNCTUATION.search(source, position):
        position = match.start()
        character = match.group()
        if character == "#" and source[:position].rsplit("\n", 1)[-1].strip() == "":
            position = source.find("\n", position)
            while position > 0 and source[position - 1] == "\\":
                position = source.find("\n", position + 1)
            if position < 0:
                return
            begin = position
        elif character in ";}" or (
            character == ":"
            and re.search(r"(public|private|protected)\s*$", source[begin:position])
        ):
            begin = position + 1
        elif character == "(":
            position = closing(source, position)
        elif character == "{":
            head = source[begin:position]
            end = closing(source, position)
            if "(" not in head or _NO_FUNCTION.search(head):
                if not _is_scope(head):
                    position = end
                else:
                    begin = position + 1
            elif source[end + 1 :].lstrip()[:1] in (",", "{"):
                position = end  # a member's initialiser
            else:
                first = begin + len(head) - len(head.lstrip())
                name = _NAME.search(head)
                yield Function(
                    name.group(1) if name else "?",
                    line_of(source, first),
                    line_of(source, end) - line_of(source, first) + 1,
                )
                position = end
                begin = end + 1
        position += 1


def _is_scope(head: str) -> bool:
    return re.search(r"\b(namespace|class|struct|union|extern)\b", head) is not None
