"""Tables of text: aligned columns, without lines; on a terminal what is long is folded to fit."""

from __future__ import annotations

import shutil
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from typing import IO, NamedTuple

from penstock.cli._shape import Column, Row, Shape, text_of

_GAP = "  "
_FOLD_COLUMNS_MIN = 24  # a column is not made narrower; the terminal then breaks the line
_BOLD = "1"
_STYLES = {"ok": "32", "failed": "31", "partial": "33", "repairable": "33", "dry-run": "33"}


class Style(NamedTuple):
    """How to print: the width of the terminal, or None where there is none; with colours or not."""

    columns: int | None
    color: bool

    def paint(self, text: str, code: str | None) -> str:
        """Wrap a text into an ANSI code, if there are colours."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and code else text


def print_table(
    shape: Shape, rows: Sequence[Row], *, file: IO[str], wide: bool, terminal: bool, color: bool
) -> None:
    """Print rows below their headings; a single object as a list of its fields."""
    columns = shutil.get_terminal_size((100, 24)).columns if terminal else None
    style = Style(columns, color)
    if shape.single:
        for row in rows:
            _print_single(shape.columns, row, file, wide, style)
        return
    shown = [column for column in shape.columns if _is_shown(column, wide) and not column.columns]
    _print_rows(shown, rows, file, style)


def _print_single(
    columns: Iterable[Column], row: Row, file: IO[str], wide: bool, style: Style
) -> None:
    shown = [column for column in columns if _is_shown(column, wide)]
    scalars = [column for column in shown if not column.columns]
    width = max((len(column.title) for column in scalars), default=0)
    for column in scalars:
        text = _clean(text_of(column, row[column.name]))
        title = style.paint(column.title.lower().ljust(width), _BOLD)
        rest = None if style.columns is None else style.columns - width - len(_GAP)
        first, *others = _fold(text, rest)
        file.write(f"{title}{_GAP}{style.paint(first, _STYLES.get(text))}".rstrip() + "\n")
        file.writelines(f"{' ' * width}{_GAP}{line}\n" for line in others)
    for column in shown:
        inner = row[column.name]
        if column.columns and isinstance(inner, list) and inner:
            below = [part for part in column.columns if _is_shown(part, wide)]
            file.write("\n")
            _print_rows(below, inner, file, style)


def _is_shown(column: Column, wide: bool) -> bool:
    return not column.hidden and (wide or not column.wide)


def _clean(text: str) -> str:
    """Keep control characters away from terminals."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _print_rows(
    columns: Sequence[Column], rows: Sequence[Row], file: IO[str], style: Style
) -> None:
    if not rows:
        file.write("none\n")
        return
    columns = [column for column in columns if not _is_blank(column, rows)]
    heads = [column.title for column in columns]
    cells = [[_clean(text_of(column, row[column.name])) for column in columns] for row in rows]
    widths = [max(map(_width, texts)) for texts in zip(heads, *cells, strict=True)]
    folded = _column_to_fold(columns, widths, style)
    if folded is not None and style.columns is not None:
        left = style.columns - sum(widths) - len(_GAP) * (len(widths) - 1)
        widths[folded] = max(widths[folded] + left, _FOLD_COLUMNS_MIN)
    file.write(_line(columns, heads, widths, style, _BOLD) + "\n")
    for texts in cells:
        for part in _parts(texts, folded, widths):
            file.write(_line(columns, part, widths, style, None) + "\n")


def _is_blank(column: Column, rows: Sequence[Row]) -> bool:
    """Leave out a column of errors where nothing failed."""
    return column.nullable and all(row[column.name] is None for row in rows)


def _column_to_fold(columns: Sequence[Column], widths: Sequence[int], style: Style) -> int | None:
    """Choose the widest text, where a line would not fit."""
    total = sum(widths) + len(_GAP) * (len(widths) - 1)
    texts = [index for index, column in enumerate(columns) if not _is_number(column)]
    if style.columns is None or total <= style.columns or not texts:
        return None
    widest = max(texts, key=lambda index: widths[index])
    return widest if widths[widest] > _FOLD_COLUMNS_MIN else None


def _parts(
    texts: Sequence[str], folded: int | None, widths: Sequence[int]
) -> Iterable[Sequence[str]]:
    if folded is None:
        return [texts]
    return [
        [part if index == folded else text if first else "" for index, text in enumerate(texts)]
        for first, part in zip(
            [True, *[False] * len(texts[folded])],
            _fold(texts[folded], widths[folded]),
            strict=False,
        )
    ]


def _fold(text: str, columns: int | None) -> list[str]:
    if columns is None or len(text) <= columns:
        return [text]
    return textwrap.wrap(text, max(columns, 10), break_on_hyphens=False) or [""]


def _line(
    columns: Sequence[Column],
    texts: Sequence[str],
    widths: Sequence[int],
    style: Style,
    code: str | None,
) -> str:
    parts = []
    for column, text, width in zip(columns, texts, widths, strict=True):
        gap = " " * (width - _width(text))
        painted = style.paint(text, code or _STYLES.get(text))
        parts.append(gap + painted if _is_number(column) else painted + gap)
    return _GAP.join(parts).rstrip()


def _is_number(column: Column) -> bool:
    return column.type in ("integer", "number")


def _width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)
