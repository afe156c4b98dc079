"""Files that become records, the broken ones too."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
from pathlib import Path

import pytest
from penstock.cli import _input
from penstock.cli._csv_input import RECORD_LINES_MAX, read_csv
from penstock.cli._errors import CommandError, ExitCode, UsageError
from penstock.cli._input import (
    Faults,
    Fields,
    Outgoing,
    format_of,
    read_jsonl,
    read_lines,
    read_parquet,
    read_records,
    to_json_bytes,
)
from penstock.cli._record_json import record_fields


def from_csv(
    text: str | bytes, *, key: str | None = None, value: str | None = None, skip: bool = True
) -> tuple[list[object], list[str]]:
    """Read CSV; return the rows, or pairs of key and row, and what was said of the others."""
    said: list[str] = []
    data = text.encode() if isinstance(text, str) else text
    faults = Faults("x.csv", skip=skip, say=said.append)
    records = list(read_csv(io.BytesIO(data), Fields(key, value), faults))
    if key is None and value is None:
        return [json.loads(record.value or b"") for record in records], said
    return [(record.key, record.value) for record in records], said


def test_rows_become_objects_by_the_header() -> None:
    rows, said = from_csv('user,page\nu1,/\n"u,2","a ""b""\nc"\n\nu3,\n')
    assert rows == [
        {"user": "u1", "page": "/"},
        {"user": "u,2", "page": 'a "b"\nc'},
        {"user": "u3", "page": ""},
    ]
    assert said == []


def test_one_column_is_the_key_and_one_may_be_the_value() -> None:
    assert from_csv("user,page\nu1,/\n", key="user")[0] == [(b"u1", b'{"user":"u1","page":"/"}')]
    assert from_csv("user,page\nu1,/\n", key="user", value="page")[0] == [(b"u1", b"/")]
    with pytest.raises(UsageError, match=r"--key-field usr: x.csv has user, page"):
        from_csv("user,page\n", key="usr")


def test_a_byte_order_mark_is_no_part_of_a_name() -> None:
    assert from_csv(b"\xef\xbb\xbfuser\nu1\n")[0] == [{"user": "u1"}]


@pytest.mark.parametrize(
    ("line", "place", "what"),
    [
        ("u2", "3", "field 2: no 'page'"),
        ("u2,/,x", "3", "field 3: one too many (3 fields, but the header has 2)"),
        ('"u2"x,/', "3:5", "text behind a closing quote"),
        ('u2,"', "3:4", "a quote is opened here and not closed"),
        ("u\r2,/", "3:2", "a carriage return in the middle of a line"),
    ],
)
def test_a_broken_line_is_told_and_passed_over(line: str, place: str, what: str) -> None:
    text = f"user,page\nu1,/\n{line}\nu3,/\nu4,/\n"
    rows, said = from_csv(text)
    assert [row["user"] for row in rows if isinstance(row, dict)] == ["u1", "u3", "u4"]
    assert len(said) == 1
    assert said[0].startswith(f"x.csv:{place}: ")
    assert what in said[0]
    with pytest.raises(CommandError, match=f"x.csv:{place}: ") as stopped:
        from_csv(text, skip=False)
    assert "--on-error skip" in stopped.value.hint


def test_a_line_that_is_no_text_is_told_with_its_column() -> None:
    rows, said = from_csv(b"user\nu1\nu\xff2\nu3\n")
    assert rows == [{"user": "u1"}, {"user": "u3"}]
    assert said == ["x.csv:3:2: no UTF-8: invalid start byte"]


def test_a_quote_that_is_never_closed_does_not_swallow_the_file() -> None:
    lines = [f"u{number},/" for number in range(3 * RECORD_LINES_MAX)]
    lines[5] = '"u5,/'
    rows, said = from_csv("user,page\n" + "\n".join(lines))
    assert len(rows) == len(lines) - 1
    assert said == ["x.csv:7:1: a quote is opened here and not closed"]


def test_any_mixture_of_sound_and_broken_lines_loses_no_sound_one() -> None:
    """Lines of their own that are sound come through, wherever broken ones stand."""
    import random

    seed = random.randrange(1 << 32)
    random_ = random.Random(seed)
    broken = ["a", "a,b,c", '"a"b,c', ",,,"]
    lines, wanted = [], []
    for number in range(400):
        if random_.random() < 0.3:
            lines.append(random_.choice(broken))
        else:
            row = {"user": f"u{number}", "page": random_.choice(["/", 'q"q', "x,y", ""])}
            text = io.StringIO()
            csv.writer(text, lineterminator="").writerow(row.values())
            lines.append(text.getvalue())
            wanted.append(row)
    rows, said = from_csv("user,page\n" + "\n".join(lines) + "\n")
    assert rows == wanted, f"seed {seed}"
    assert len(said) == min(len(lines) - len(wanted), Faults.SHOWN_MAX + 1), f"seed {seed}"


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "empty"), ("a,a\n", "named twice"), ('"a', "not closed"), ("\n", "no column")],
)
def test_without_a_header_there_is_nothing_to_do(text: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        from_csv(text)


def test_faults_are_counted_beyond_those_that_are_shown() -> None:
    said: list[str] = []
    faults = Faults("x", skip=True, say=said.append)
    for line in range(1000):
        faults.add(line, "wrong")
    assert faults.count == 1000
    assert len(said) == Faults.SHOWN_MAX + 1


def from_jsonl(data: bytes, fields: Fields = Fields()) -> tuple[list[Outgoing], list[str]]:  # noqa: B008
    said: list[str] = []
    faults = Faults("x.jsonl", skip=True, say=said.append)
    return list(read_jsonl(io.BytesIO(data), fields, faults)), said


def test_json_lines_are_sent_byte_for_byte() -> None:
    """Spaces and the order of fields are somebody's; only the ends are trimmed."""
    data = b'{"b": 1,  "a":2}\n\n [1, 2]\r\n"x"'
    assert from_jsonl(data)[0] == [
        Outgoing(b'{"b": 1,  "a":2}'), Outgoing(b"[1, 2]"), Outgoing(b'"x"'),
    ]  # fmt: skip


def test_json_lines_that_are_none_are_told_with_their_place() -> None:
    records, said = from_jsonl(b'{"a":1}\n{"a":}\n\xff\n' + b"[" * 100_000 + b"\n{}\n")
    assert [record.value for record in records] == [b'{"a":1}', b"{}"]
    assert said[0] == "x.jsonl:2:6: Expecting value"
    assert said[1].startswith("x.jsonl:3:1: no UTF-8")
    assert said[2] == "x.jsonl:4: nested too deeply"


def test_fields_of_json_lines() -> None:
    data = b'{"u":"a","n":1}\n{"u":null,"n":[2]}\n{"n":3}\n4\n'
    records, said = from_jsonl(data, Fields("u", "n"))
    assert [(record.key, record.value) for record in records] == [(b"a", b"1"), (None, b"[2]")]
    assert said == [
        "x.jsonl:3: there is no field 'u'",
        "x.jsonl:4: no object, so it has no field 'u'",
    ]


def test_what_consume_printed_can_be_sent_again() -> None:
    """Texts, bytes, nulls, headers: the way there and back."""
    cases: list[tuple[bytes | None, bytes | None, list[tuple[str, bytes | None]]]] = [
        (b"k", b"v", []),
        (None, None, [("h", None)]),
        (b"\xff\0", b"", [("h", b"\xfe"), ("h", b"twice")]),
    ]
    lines = [
        json.dumps({"topic": "t", "partition": 2, "offset": 9, "timestamp": 17}
                   | record_fields(*case))
        for case in cases
    ]  # fmt: skip
    faults = Faults("x", skip=False, say=print)
    records = list(read_records(io.BytesIO("\n".join(lines).encode()), faults))
    assert records == [
        Outgoing(value, key, headers, timestamp=17, partition=2) for key, value, headers in cases
    ]


@pytest.mark.parametrize(
    "line",
    ['{"v":1}', "[]", '{"value":1}', '{"value":"*","value_encoding":"base64"}',
     '{"value":"x","headers":[1]}', '{"value":"x","headers":{}}', '{"value":"x","timestamp":"1"}',
     '{"value":"x","partition":1.5}'],
)  # fmt: skip
def test_what_consume_does_not_print(line: str) -> None:
    faults = Faults("x", skip=True, say=lambda _: None)
    assert list(read_records(io.BytesIO(line.encode()), faults)) == []
    assert faults.count == 1


def test_lines_are_kept_as_they_are() -> None:
    assert list(read_lines(io.BytesIO(b"a\r\n\nb"))) == [
        Outgoing(b"a\r"), Outgoing(b""), Outgoing(b"b"),
    ]  # fmt: skip


def test_the_name_of_a_file_tells_its_format() -> None:
    names = ["a.jsonl", "a.NDJSON", "a.csv", "a.tsv", "b/a.parquet", "a.txt"]
    assert [format_of(name) for name in names] == [
        "jsonl", "jsonl", "csv", "tsv", "parquet", "lines",
    ]  # fmt: skip
    with pytest.raises(UsageError, match="does not tell"):
        format_of("data")


def test_what_json_cannot_hold() -> None:
    import datetime
    import decimal

    day = datetime.datetime(2026, 1, 31, 8, tzinfo=datetime.UTC)
    assert to_json_bytes({"t": day, "d": decimal.Decimal("1.50"), "b": b"\xff"}) == (
        b'{"t":"2026-01-31T08:00:00+00:00","d":"1.50","b":"/w=="}'
    )
    for value in (float("nan"), object()):
        with pytest.raises(ValueError, match="JSON"):
            to_json_bytes({"x": value})


def test_parquet_without_pyarrow_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    real = builtins.__import__

    def without(name: str, *arguments: object) -> object:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(CommandError, match="needs pyarrow") as refused:
        _input.import_parquet("reading Parquet")
    assert refused.value.hint == "pip install pyarrow"
    assert refused.value.code == ExitCode.FAILED


@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is None, reason="pyarrow is not installed")
def test_parquet_rows_become_objects(tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    path = tmp_path / "x.parquet"
    table = pyarrow.table({"user": ["a", None], "n": [1, 2], "f": [0.5, float("nan")]})
    pyarrow.parquet.write_table(table, path)
    said: list[str] = []
    faults = Faults("x.parquet", skip=True, say=said.append)
    records = list(read_parquet(str(path), Fields("user"), faults))
    assert records == [Outgoing(b'{"user":"a","n":1,"f":0.5}', b"a")]
    assert said[0].startswith("x.parquet:2: ")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(CommandError, match=r"broken\.parquet"):
        list(read_parquet(str(tmp_path / "broken.parquet"), Fields(), faults))
