"""The judge of the demo finds each way in which a log can be wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from penstock.demo.check import Ledger
from penstock.demo.text import Module, count_words, module_name, read_modules, split_lines

A, B = b"a", b"b"
Record = tuple[bytes | None, bytes | None, int, int]  # key, value, partition, offset

# Two modules on two partitions, as a right broker returns them.
RIGHT: list[Record] = [
    (A, b"one", 0, 0),
    (A, b"two", 0, 1),
    (B, b"", 1, 0),
    (A, b"two", 0, 2),
    (B, b"end", 1, 1),
]
ACKNOWLEDGED = [(A, 0), (A, 1), (B, 0), (B, 1), (A, 2)]


def ledger() -> Ledger:
    modules = [
        Module("a", Path("a.py"), [b"one", b"two", b"two"]),
        Module("b", Path("b.py"), [b"", b"end"]),
    ]
    return Ledger(modules)


def judge(records: list[Record], acknowledged: list[tuple[bytes, int]] = ACKNOWLEDGED) -> list[str]:
    judged = ledger()
    for key, offset in acknowledged:
        judged.acknowledge(key, offset)
    for record in records:
        judged.replay(*record)
    assert judged.finish() == (not judged.complaints)
    return judged.complaints


def changed(change: Callable[[list[Record]], object]) -> list[Record]:
    records = list(RIGHT)
    change(records)
    return records


def test_a_right_log_passes() -> None:
    assert judge(RIGHT) == []


@pytest.mark.parametrize(
    "records",
    [
        changed(lambda records: records.pop()),
        changed(lambda records: records.pop(0)),
        changed(lambda records: records.append((A, b"two", 0, 3))),
        changed(lambda records: records.insert(1, (A, b"one", 0, 0))),
        changed(lambda records: records.__setitem__(0, (A, b"One", 0, 0))),
        changed(lambda records: records.__setitem__(2, (B, None, 1, 0))),
        changed(lambda records: records.__setitem__(2, (None, b"", 1, 0))),
        changed(lambda records: records.__setitem__(2, (b"c", b"", 1, 0))),
        changed(lambda records: records.__setitem__(4, (B, b"end", 0, 3))),
        [(A, b"two", 0, 0), (A, b"one", 0, 1), *RIGHT[2:]],
        [RIGHT[0], (A, b"two", 0, 2), RIGHT[2], (A, b"two", 0, 3), RIGHT[4]],
    ],
    ids=[
        "last lost",
        "first lost",
        "one too many",
        "twice",
        "other value",
        "null for empty",
        "key lost",
        "unknown key",
        "key on two partitions",
        "order",
        "hole in the offsets",
    ],
)
def test_a_wrong_log_is_found_out(records: list[Record]) -> None:
    assert judge(records)


def test_a_missing_acknowledgement_is_found_out() -> None:
    assert judge(RIGHT, ACKNOWLEDGED[:-1])


def test_an_acknowledgement_at_another_offset_is_found_out() -> None:
    assert judge(RIGHT, [(A, 7), *ACKNOWLEDGED[1:]])


def test_an_acknowledgement_without_an_offset_passes() -> None:
    """A retried batch that the broker already has is acknowledged, by some clients without one."""
    judged = ledger()
    for key, offset in ACKNOWLEDGED:
        judged.acknowledge(key, None if offset == 0 else offset)
    for record in RIGHT:
        judged.replay(*record)
    assert judged.finish()


def test_lines_join_to_the_file() -> None:
    for data in (b"", b"\n", b"a", b"a\n", b"a\r\nb\x0c\n\n", b"\n\nx"):
        lines = split_lines(data)
        assert b"\n".join(lines) + (b"\n" if data.endswith(b"\n") else b"") == data


def test_modules_are_named_as_python_names_them(tmp_path: Path) -> None:
    (tmp_path / "site-packages").mkdir()
    (tmp_path / "site-packages" / "mine.py").write_text("x\n")
    (tmp_path / "json").mkdir()
    (tmp_path / "json" / "tool.py").write_text("a b\nb\n")
    assert module_name(Path("json/tool.py")) == "json.tool"
    (module,) = read_modules(tmp_path)
    assert (module.name, module.lines) == ("json.tool", [b"a b", b"b"])
    assert count_words(module.lines) == Counter({b"b": 2, b"a": 1})
