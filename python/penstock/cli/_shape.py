"""What a command prints, described once: the table's columns, and the JSON form with its schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Row = Mapping[str, object]
Show = Callable[[object], str]


@dataclass(frozen=True)
class Column:
    """A field of a row: its JSON name and type, and how a table shows it.

    ``type`` is a type of JSON Schema. ``wide`` columns appear with ``-o wide`` only; ``hidden``
    ones in no table, but always in JSON. With ``columns`` it is a list of rows, shown as a table
    of its own.
    """

    name: str
    type: str
    doc: str
    show: Show | None = None
    wide: bool = False
    hidden: bool = False
    nullable: bool = False
    heading: str = ""
    columns: tuple[Column, ...] = ()

    @property
    def title(self) -> str:
        """The heading in a table."""
        return self.heading or self.name.replace("_", "-").upper()

    def schema(self) -> dict[str, object]:
        """Return the JSON schema of the field."""
        kind: object = [self.type, "null"] if self.nullable else self.type
        schema: dict[str, object] = {"type": kind, "description": self.doc}
        if self.columns:
            schema["items"] = _object_schema(self.columns)
        return schema


@dataclass(frozen=True)
class Shape:
    """What a command prints: rows, or with ``single`` one object."""

    title: str
    columns: tuple[Column, ...]
    name: str = "name"  # the column that -o name prints
    single: bool = False
    note: str = field(default="", compare=False)

    def schema(self) -> dict[str, object]:
        """Return the JSON schema: of each line of jsonl; of json, where it is not an array."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.title,
            **({"description": self.note} if self.note else {}),
            **_object_schema(self.columns),
        }


def _object_schema(columns: tuple[Column, ...]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": {column.name: column.schema() for column in columns},
        "required": [column.name for column in columns],
        "additionalProperties": False,
    }


def text_of(column: Column, value: object) -> str:
    """Return what a table shows."""
    if value is None:
        return "-"
    if column.show is not None:
        return column.show(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ",".join(str(item) for item in value) or "-"
    if isinstance(value, Mapping):
        return " ".join(f"{key}={item}" for key, item in value.items()) or "-"
    return str(value)


def error_columns() -> tuple[Column, ...]:
    """Return the columns of what can fail row by row."""
    return (
        Column("result", "string", "What became of it: ok, dry-run or failed."),
        Column("error", "string", "Kafka's name of the error.", nullable=True),
        Column("message", "string", "What the broker says about it.", nullable=True),
    )
