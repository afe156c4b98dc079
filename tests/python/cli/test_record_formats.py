"""The language of -f, for printing and for reading."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import pytest
from penstock.cli._errors import CommandError, UsageError
from penstock.cli._format import compile_format
from penstock.cli._input import Faults, Outgoing
from penstock.cli._input_format import read_format


@dataclass
class Record:
    topic: str = "orders"
    partition: int = 3
    offset: int = 258
    timestamp: int = 1_780_000_000_123
    key: bytes | None = b"k1"
    value: bytes | None = b"hello"
    headers: list[tuple[str, bytes | None]] = field(
        default_factory=lambda: [("a", b"1"), ("b", None)]
    )
    leader_epoch: int = 7


def shown(text: str, record: Record | None = None) -> bytes:
    return compile_format(text)(record or Record(), 5)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        (r"%t[%p]@%o %k=%v\n", b"orders[3]@258 k1=hello\n"),
        (r"%s|%S\n", b"hello|5\n"),  # kcat's names
        ("%T %K %V %H %e %i", b"6 2 5 2 7 5"),
        ("%d", b"1780000000123"),
        ("%d{strftime[%Y]}", b"2026"),
        ("%k{hex} %v{base64}", b"6b31 aGVsbG8="),
        ("%o{hex32}", b"00000102"),
        ("%o{big32}%o{little16}%p{big8}", b"\0\0\1\2\2\1\3"),
        ("%h{%k:%v;}", b"a:1;b:;"),
        ("%h{%K{big8}%V{big32}}", b"\1\0\0\0\1\1\xff\xff\xff\xff"),
        (r"100%% \x41\t\\", b"100% A\t\\"),
        ("", b""),
    ],
)
def test_printing(text: str, printed: bytes) -> None:
    assert shown(text) == printed


def test_null_is_empty_and_has_length_minus_one() -> None:
    assert shown("%k/%K/%v/%V", Record(key=None, value=None)) == b"/-1//-1"


@pytest.mark.parametrize(
    "text", ["%", "%q", "%v{rot13}", "%p{hex}", "%h{%t}", "%v{hex", "\\q", "\\x4"]
)
def test_what_is_no_format(text: str) -> None:
    with pytest.raises(UsageError):
        compile_format(text)


def read(text: str, data: bytes, *, skip: bool = False) -> tuple[list[Outgoing], list[str]]:
    said: list[str] = []
    faults = Faults("stdin", skip=skip, say=said.append)
    return list(read_format(io.BytesIO(data), text, faults)), said


@pytest.mark.parametrize(
    ("text", "data", "records"),
    [
        (r"%v\n", b"a\nb\n", [Outgoing(b"a"), Outgoing(b"b")]),
        (r"%v\n", b"a\nb", [Outgoing(b"a"), Outgoing(b"b")]),
        (r"%k=%v\n", b"x=1\ny=2=3\n", [Outgoing(b"1", b"x"), Outgoing(b"2=3", b"y")]),
        (r"%p %k:%v{hex}\n", b"3 k:6869\n", [Outgoing(b"hi", b"k", partition=3)]),
        (r"%d,%s\n", b"17,v\n", [Outgoing(b"v", timestamp=17)]),
        (r"%v{base64};", b"aGk=;aG8=", [Outgoing(b"hi"), Outgoing(b"ho")]),
        ("%K{2}%V{big16}%k%v", b"03\0\1abcd", [Outgoing(b"d", b"abc")]),
        ("%K{2}%V{big16}%k%v", b"02\xff\xffxy", [Outgoing(None, b"xy")]),
        ("%V{3}%v\n", b"  2ab\n  0\n", [Outgoing(b"ab"), Outgoing(b"")]),
        (r"<%v>\n\n", b"<a\nb>\n\n<c>\n\n", [Outgoing(b"a\nb"), Outgoing(b"c")]),
        (r"%v\n", b"", []),
    ],
)  # fmt: skip
def test_reading(text: str, data: bytes, records: list[Outgoing]) -> None:
    assert read(text, data) == (records, [])


def test_reading_does_not_depend_on_how_the_bytes_arrive() -> None:
    class Slowly(io.BytesIO):
        def read1(self, _size: int | None = -1, /) -> bytes:
            return super().read(1)

    data = b"".join(b"%d::%d||" % (n, n * n) for n in range(200))
    faults = Faults("stdin", skip=False, say=print)
    records = list(read_format(Slowly(data), "%k::%v||", faults))
    assert records == [Outgoing(b"%d" % (n * n), b"%d" % n) for n in range(200)]


def test_a_line_that_does_not_fit_is_told_with_its_place() -> None:
    with pytest.raises(CommandError, match=r"stdin:2:1: there is no b'=' behind %k"):
        read(r"%k=%v\n", b"a=1\nbroken\nc=3\n")
    records, said = read(r"%k=%v\n", b"a=1\nbroken\nc=3\n", skip=True)
    assert records == [Outgoing(b"1", b"a"), Outgoing(b"3", b"c")]
    assert said == ["stdin:2:1: there is no b'=' behind %k"]


def test_lengths_that_do_not_fit_end_it_even_if_faults_are_skipped() -> None:
    """Nobody knows where the next record begins."""
    for data in (b"9ab", b"-2", b"xx", b"4"):
        with pytest.raises(CommandError, match="stdin: record:1"):
            read("%V{1}%v" if data != b"-2" else "%V{2}%v", data, skip=True)


@pytest.mark.parametrize(
    "text", ["", "plain", "%k%v", "%p\n", "%v%v", "%v{hexx}\n", "%V%v", "%V{0}%v", "%q\n", "%\n"]
)
def test_what_is_no_format_to_read(text: str) -> None:
    with pytest.raises(UsageError):
        read(text, b"")
