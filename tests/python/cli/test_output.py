"""Rows in every format that -o names; programs read them, so they are kept here to the letter."""

from __future__ import annotations

import io
import json

import pytest
from penstock.cli._output import Output, use_color, yaml_lines
from penstock.cli._shape import Column, Shape
from penstock.cli._table import print_table
from penstock.cli._units import show_bytes

PEOPLE = Shape(
    "People",
    (
        Column("name", "string", "The name."),
        Column("size", "integer", "The size.", show=show_bytes),
        Column("tags", "array", "Words.", wide=True),
        Column("error", "string", "What failed.", nullable=True),
        Column("secret", "boolean", "Never in a table.", hidden=True),
    ),
)
ANNA = {"name": "Anna", "size": 2048, "tags": ["a", "b"], "error": None, "secret": True}
BO = {"name": 'B, "o"', "size": 5, "tags": [], "error": None, "secret": False}
PART = Column("part", "integer", "A part.")
PARTS = Column("parts", "array", "Parts.", columns=(PART,))
ONE = Shape("One", (*PEOPLE.columns[:2], PARTS), single=True)


def printed(form: str, *rows: dict[str, object], shape: Shape = PEOPLE) -> str:
    """Return what is printed where nobody looks at a terminal."""
    file = io.StringIO()
    Output(shape, form, file=file).rows(rows)
    return file.getvalue()


def test_a_table_has_aligned_columns_and_no_empty_error() -> None:
    """Numbers to the right; what is null everywhere and may be, is left out."""
    assert printed("table", ANNA, BO) == ('NAME       SIZE\nAnna    2.0 KiB\nB, "o"      5 B\n')
    assert "ERROR" in printed("table", {**ANNA, "error": "NOT_LEADER"}, BO)
    assert printed("table") == "none\n"


def test_wide_shows_more() -> None:
    """But not what is hidden."""
    assert printed("wide", ANNA).splitlines()[0] == "NAME     SIZE  TAGS"


def test_json_lines_are_compact_and_whole() -> None:
    """One object per line, in the order of the schema."""
    assert printed("jsonl", ANNA, BO).splitlines() == [
        '{"name":"Anna","size":2048,"tags":["a","b"],"error":null,"secret":true}',
        '{"name":"B, \\"o\\"","size":5,"tags":[],"error":null,"secret":false}',
    ]


def test_json_is_an_array_or_the_one_object() -> None:
    """Also of no rows."""
    assert json.loads(printed("json", ANNA, BO)) == [ANNA, BO]
    assert json.loads(printed("json")) == []
    one = {"name": "x", "size": 1, "parts": []}
    assert json.loads(printed("json", one, shape=ONE)) == one


def test_csv_quotes_and_writes_lists_as_json() -> None:
    """The header is there even without rows."""
    assert printed("csv", ANNA, BO) == (
        'name,size,tags,error,secret\nAnna,2048,"[""a"",""b""]",,true\n"B, ""o""",5,[],,false\n'
    )
    assert printed("csv") == "name,size,tags,error,secret\n"


def test_name_prints_names_only() -> None:
    """For loops of a shell."""
    assert printed("name", ANNA, BO) == 'Anna\nB, "o"\n'


def test_yaml_is_in_blocks() -> None:
    """Its scalars are JSON, which YAML understands."""
    assert printed("yaml", ANNA) == (
        '- name: "Anna"\n  size: 2048\n  tags:\n    - "a"\n    - "b"\n  error: null\n'
        "  secret: true\n"
    )
    assert list(yaml_lines([])) == ["[]"]
    assert list(yaml_lines({"a": {"b": []}})) == ["a:", "  b: []"]


def test_a_single_object_is_a_list_of_fields_and_tables_below() -> None:
    """As `storage info` prints it."""
    one = {"name": "x", "size": 1, "parts": [{"part": 1}, {"part": 22}]}
    assert printed("table", one, shape=ONE) == ("name  x\nsize  1 B\n\nPART\n   1\n  22\n")


def on_terminal(columns: int, monkeypatch: pytest.MonkeyPatch, *rows: dict[str, object]) -> str:
    """Return what is printed on a terminal of so many columns, without colours."""
    monkeypatch.setenv("COLUMNS", str(columns))
    file = io.StringIO()
    print_table(PEOPLE, rows, file=file, wide=False, terminal=True, color=False)
    return file.getvalue()


def test_a_terminal_folds_the_widest_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers and what is short stay as they are; nothing is ever cut."""
    long = {**ANNA, "error": "a word " * 12 + "end"}
    assert on_terminal(60, monkeypatch, long, BO) == (
        "NAME       SIZE  ERROR\n"
        "Anna    2.0 KiB  a word a word a word a word a word a word a\n"
        "                 word a word a word a word a word a word end\n"
        'B, "o"      5 B  -\n'
    )
    assert "a word " * 12 + "end" in on_terminal(200, monkeypatch, long, BO)
    assert "Anna" in on_terminal(1, monkeypatch, long, BO)


def test_wide_characters_take_two_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = ({**ANNA, "name": "東京"}, {**BO, "name": "e\u0301t"})
    assert on_terminal(80, monkeypatch, *rows) == (
        "NAME     SIZE\n東京  2.0 KiB\ne\u0301t        5 B\n"
    )


def test_a_row_has_to_be_what_the_schema_says() -> None:
    """A column that is forgotten is a fault of ours, not a silent null."""
    with pytest.raises(AssertionError, match="are not the columns"):
        printed("jsonl", {"name": "Anna"})


def test_the_schema_tells_types_and_nulls() -> None:
    """It is that of one line of jsonl."""
    schema = PEOPLE.schema()
    properties = schema["properties"]
    assert isinstance(properties, dict)
    assert properties["error"] == {"type": ["string", "null"], "description": "What failed."}
    assert schema["additionalProperties"] is False
    parts = ONE.schema()["properties"]
    assert isinstance(parts, dict)
    assert parts["parts"]["items"]["required"] == ["part"]


def test_control_characters_are_shown_not_sent() -> None:
    """In a table; JSON has its own escapes."""
    assert "\x1b" not in printed("table", {**ANNA, "name": "\x1b[2J"})
    assert "\\x1b[2J" in printed("table", {**ANNA, "name": "\x1b[2J"})


def test_colours_are_decided_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for, else on terminals that are not told otherwise."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert use_color("auto", terminal=True)
    assert not use_color("auto", terminal=False)
    assert use_color("always", terminal=False)
    assert not use_color("never", terminal=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not use_color("auto", terminal=True)
    assert use_color("always", terminal=True)
