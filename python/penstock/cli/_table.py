"""Tables of text: by rich on a terminal, where long cells are folded; plain and whole elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO, TYPE_CHECKING

from penstock.cli._shape import Column, Row, Shape, text_of

if TYPE_CHECKING:
    from rich.console import Console

_GAP = "  "


def print_table(
    shape: Shape, rows: Sequence[Row], *, file: IO[str], wide: bool, terminal: bool, color: bool
) -> None:
    """Print rows below their headings; a single object as a list of its fields."""
    if shape.single:
        for row in rows:
            _print_single(shape.columns, row, file, wide, terminal, color)
        return
    columns = [column for column in shape.columns if _shown(column, wide) and not column.columns]
    _print_rows(columns, rows, file, terminal, color)


def _print_single(
    columns: Iterable[Column], row: Row, file: IO[str], wide: bool, terminal: bool, color: bool
) -> None:
    shown = [column for column in columns if _shown(column, wide)]
    scalars = [column for column in shown if not column.columns]
    pairs = [
        (column.title.lower(), _clean(text_of(column, row[column.name]))) for column in scalars
    ]
    width = max((len(title) for title, _ in pairs), default=0)
    if pairs and terminal:
        _print_pairs_with_rich(pairs, file, color)
    for title, text in [] if terminal else pairs:
        file.write(f"{title.ljust(width)}{_GAP}{text}".rstrip() + "\n")
    for column in shown:
        inner = row[column.name]
        if column.columns and isinstance(inner, list):
            file.write(f"\n{column.name.replace('_', ' ')}\n" if inner else "")
            below = [part for part in column.columns if _shown(part, wide)]
            _print_rows(below, inner, file, terminal, color, empty="")


def _shown(column: Column, wide: bool) -> bool:
    return not column.hidden and (wide or not column.wide)


def _clean(text: str) -> str:
    """Keep control characters away from terminals."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


def _print_rows(
    columns: Sequence[Column],
    rows: Sequence[Row],
    file: IO[str],
    terminal: bool,
    color: bool,
    *,
    empty: str = "none\n",
) -> None:
    if not rows:
        file.write(empty)
        return
    columns = [column for column in columns if not _is_blank(column, rows)]
    cells = [[_clean(text_of(column, row[column.name])) for column in columns] for row in rows]
    if terminal:
        _print_with_rich(columns, cells, file, color)
        return
    heads = [column.title for column in columns]
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    for line in (heads, *cells):
        parts = [
            text.rjust(width) if _is_number(column) else text.ljust(width)
            for column, text, width in zip(columns, line, widths, strict=True)
        ]
        file.write(_GAP.join(parts).rstrip() + "\n")


def _is_blank(column: Column, rows: Sequence[Row]) -> bool:
    """Leave out a column of errors where nothing failed."""
    return column.nullable and all(row[column.name] is None for row in rows)


def _is_number(column: Column) -> bool:
    return column.type in ("integer", "number")


def _print_with_rich(
    columns: Sequence[Column], cells: Sequence[Sequence[str]], file: IO[str], color: bool
) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for index, column in enumerate(columns):
        # What is short stays on its line; the last column takes what is left.
        last = index == len(columns) - 1
        longest = max(len(line[index]) for line in cells)
        keep = not last and longest <= 40
        table.add_column(
            column.title,
            justify="right" if _is_number(column) else "left",
            no_wrap=keep,
            overflow="fold",
        )
    for line in cells:
        table.add_row(*[Text(text, style=_style(text)) for text in line])
    _console(file, color).print(table)


def _print_pairs_with_rich(pairs: Sequence[tuple[str, str]], file: IO[str], color: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for title, text in pairs:
        table.add_row(title, Text(text, style=_style(text)))
    _console(file, color).print(table)


def _style(text: str) -> str:
    return {"failed": "red", "ok": "green", "dry-run": "yellow"}.get(text, "")


def _console(file: IO[str], color: bool) -> Console:
    from rich.console import Console

    return Console(
        file=file,
        color_system="auto" if color else None,
        highlight=False,
        emoji=False,
        markup=False,
    )
