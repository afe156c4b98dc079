"""Prints rows: tables for people, JSON lines for programs, and what else -o asks for."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO, ParamSpec, TypeVar

import click

from penstock.cli._shape import Row, Shape

P = ParamSpec("P")
R = TypeVar("R")

FORMATS = ("table", "wide", "json", "jsonl", "yaml", "csv", "name", "help")


class Output:
    """Where a command leaves its rows, and in which format.

    The rows of ``jsonl``, ``csv`` and ``name`` are printed as they come; the other formats wait for
    the last one.
    """

    def __init__(
        self,
        shape: Shape,
        form: str | None = None,
        *,
        color: str = "auto",
        file: IO[str] | None = None,
    ) -> None:
        self.shape = shape
        self._file = file or sys.stdout
        self.terminal = self._file.isatty()
        self.form = form or ("table" if self.terminal else "jsonl")
        self.color = use_color(color, terminal=self.terminal)
        # JSON stays JSON where the locale lacks a letter.
        encoding = getattr(self._file, "encoding", None) or "utf-8"
        self._ascii = "utf" not in encoding.lower()

    def with_shape(self, shape: Shape) -> Output:
        """Return an output for rows of another shape."""
        other = Output(shape, self.form, file=self._file)
        other.color = self.color
        return other

    def rows(self, rows: Iterable[Row]) -> None:
        """Print rows."""
        getattr(self, f"_{self.form}")(map(self._checked, rows))

    def record(self, row: Row) -> None:
        """Print the one object of a ``single`` shape."""
        self.rows([row])

    @property
    def for_people(self) -> bool:
        """Whether somebody reads it: a table."""
        return self.form in ("table", "wide")

    def _checked(self, row: Row) -> Row:
        """Keep what is printed and what the schema says together."""
        names = [column.name for column in self.shape.columns]
        assert row.keys() == set(names), f"{sorted(row)} are not the columns {sorted(names)}"
        return {name: row[name] for name in names}

    def _table(self, rows: Iterable[Row]) -> None:
        from penstock.cli._table import print_table

        print_table(
            self.shape,
            list(rows),
            file=self._file,
            wide=self.form == "wide",
            terminal=self.terminal,
            color=self.color,
        )

    _wide = _table

    def _jsonl(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._file.write(to_json(row, ascii_=self._ascii) + "\n")

    def _json(self, rows: Iterable[Row]) -> None:
        found = list(rows)
        value = found[0] if self.shape.single and found else found
        self._file.write(json.dumps(value, indent=2, ensure_ascii=self._ascii) + "\n")

    def _yaml(self, rows: Iterable[Row]) -> None:
        found = list(rows)
        value: object = found[0] if self.shape.single and found else found
        self._file.writelines(line + "\n" for line in yaml_lines(value))

    def _csv(self, rows: Iterable[Row]) -> None:
        writer = csv.writer(self._file, lineterminator="\n")
        writer.writerow([column.name for column in self.shape.columns])
        for row in rows:
            writer.writerow([_csv_cell(value) for value in row.values()])

    def _name(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._file.write(f"{row[self.shape.name]}\n")


def use_color(choice: str, *, terminal: bool) -> bool:
    """Decide about colours: asked for, or on a terminal that is not told to do without."""
    if choice != "auto":
        return choice == "always"
    return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def to_json(value: object, *, ascii_: bool = False) -> str:
    """Return compact JSON on one line, with letters as they are or escaped."""
    return json.dumps(value, ensure_ascii=ascii_, separators=(",", ":"))


def yaml_lines(value: object, indent: str = "") -> Iterator[str]:
    """Write YAML in blocks; scalars are JSON, which is YAML, too."""
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _yaml_item(f"{indent}{key}:", item, indent)
    elif isinstance(value, (list, tuple)) and value:
        for item in value:
            inner = list(yaml_lines(item, indent + "  "))
            yield f"{indent}- {inner[0].lstrip()}"
            yield from inner[1:]
    else:
        yield indent + to_json(value)


def _yaml_item(head: str, item: object, indent: str) -> Iterator[str]:
    if isinstance(item, (Mapping, list, tuple)) and item:
        yield head
        yield from yaml_lines(item, indent + "  ")
    else:
        yield f"{head} {to_json(item)}"


def _csv_cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return to_json(value) if isinstance(value, (Mapping, list, tuple)) else value


def output_option(*shapes: Shape) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Give a command the option -o, and the parameter ``output``.

    Of several shapes the command chooses one by `Output.with_shape`.
    """

    def convert(ctx: click.Context, _: click.Parameter, form: str | None) -> Output:
        if form == "help" and not ctx.resilient_parsing:
            schemas = [shape.schema() for shape in shapes]
            schema = schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
            click.echo(json.dumps(schema, indent=2, ensure_ascii=False))
            ctx.exit()
        color = getattr(ctx.obj, "color", "auto")
        return Output(shapes[0], form, color=color)

    return click.option(
        "-o",
        "--output",
        type=click.Choice(FORMATS),
        is_eager=True,
        callback=convert,
        help="The format; a table on a terminal, else JSON lines. help: the JSON schema.",
    )
