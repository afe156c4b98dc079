"""The text of the demo: every line of the standard library's source, by module."""

from __future__ import annotations

import re
import sysconfig
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_WORD = re.compile(rb"[A-Za-z_]+")
_INSTALLED = frozenset({"site-packages", "dist-packages"})


@dataclass(frozen=True)
class Module:
    """One source file: its dotted name and its lines without their line ends."""

    name: str
    path: Path
    lines: list[bytes]


def read_modules(root: Path | None = None) -> list[Module]:
    """Read the source files below a folder, by default those of the standard library."""
    root = root or Path(sysconfig.get_path("stdlib"))
    return [
        Module(module_name(path.relative_to(root)), path, split_lines(path.read_bytes()))
        for path in source_files(root)
    ]


def source_files(root: Path) -> list[Path]:
    """Return every Python source below a folder, in order, without what users installed into it."""
    return sorted(
        path for path in root.rglob("*.py") if not _INSTALLED & set(path.relative_to(root).parts)
    )


def module_name(path: Path) -> str:
    """Return the dotted name of the module in a relative path."""
    parts = path.with_suffix("").parts
    return ".".join(parts)


def split_lines(data: bytes) -> list[bytes]:
    """Split at line feeds only, so that joining gives back the file."""
    lines = data.split(b"\n")
    if not lines[-1]:
        lines.pop()
    return lines


def count_words(texts: Iterable[bytes]) -> Counter[bytes]:
    """Count the words of some pieces of text."""
    words: Counter[bytes] = Counter()
    for text in texts:
        words.update(_WORD.findall(text))
    return words
