"""penstock produce and penstock consume: records in and out."""

from __future__ import annotations

import array
import fcntl
import json
import os
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from penstock._penstockd import Penstockd
from python.cli.conftest import Run
from python.cli.program import environment, has_one_line, on_terminal, penstock


def values(rows: list[dict[str, object]]) -> list[object]:
    return [row["value"] for row in rows]


def test_lines_go_in_and_come_out(run: Run, topic: str) -> None:
    (sent,) = run("produce", topic, stdin="one\ntwo\n\nfour")
    assert (sent["records"], sent["failed"], sent["result"]) == (4, 0, "ok")
    assert sent["partitions"] == [
        {"partition": 0, "records": 4, "first_offset": 0, "last_offset": 3}
    ]
    rows = run("consume", topic, "-e")
    assert values(rows) == ["one", "two", "", "four"]
    assert [row["offset"] for row in rows] == [0, 1, 2, 3]
    assert rows[0]["topic"] == topic
    assert abs(rows[0]["timestamp"] / 1000 - time.time()) < 600


def test_keys_headers_and_nulls(run: Run, topic: str) -> None:
    run("produce", topic, "-k", "k", "-H", "a=1", "-H", "empty=", "-H", "null", "-Z", stdin="v\n\n")
    first, second = run("consume", topic, "-e")
    assert (first["key"], first["value"], second["value"]) == ("k", "v", None)
    assert first["headers"] == [
        {"key": "a", "value": "1", "value_encoding": None},
        {"key": "empty", "value": "", "value_encoding": None},
        {"key": "null", "value": None, "value_encoding": None},
    ]


def test_formats_both_ways(run: Run, topic: str) -> None:
    """What one prints the other reads."""
    run("produce", topic, "-f", r"%k=%v\n", stdin="x=1\ny=2\n")
    assert run("consume", topic, "-e", "-f", r"%k=%v\n") == "x=1\ny=2\n"
    assert (
        run("consume", topic, "-e", "-f", r"%t %p %o %K %V %s|")
        == f"{topic} 0 0 1 1 1|{topic} 0 1 1 1 2|"
    )
    assert run("consume", topic, "-e", "-o", "value") == "1\n2\n"


def test_a_topic_is_copied_by_a_pipe(run: Run, topic: str, new_topic: Callable[..., str]) -> None:
    """Whatever bytes it holds, with keys, headers and times."""
    run("produce", topic, "-f", "%k{hex}=%v{hex}\\n", "-H", "h=x", stdin="ff00=fe\n=\n6b=c3a4\n")
    before = run("consume", topic, "-e")
    assert before[0]["value_encoding"] == "base64"
    copy = new_topic()
    text = run("consume", topic, "-e", "-o", "jsonl")
    run("produce", copy, "--from", "records", stdin=text)
    after = run("consume", copy, "-e")
    assert [{**row, "topic": topic} for row in after] == before


def test_every_codec(run: Run, topic: str) -> None:
    lines = "".join(f"line {number} of a text that repeats itself\n" for number in range(500))
    for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
        run("produce", topic, "-z", codec, stdin=lines)
    assert run("consume", topic, "-e", "-o", "value") == lines * 5


def test_where_to_begin_and_end(run: Run, topic: str) -> None:
    run("produce", topic, stdin="".join(f"{number}\n" for number in range(20)))
    wanted = {
        "start": range(20), "end": [], "17": [17, 18, 19], "+18": [18, 19], "-2": [18, 19],
        "3:6": [3, 4, 5], ":2": [0, 1], "-3:end": [17, 18, 19], "-99": range(20),
        "@1h": range(20), "@1h:now": range(20), "@2h:1h": [], "@now": [], "20": [],
    }  # fmt: skip
    for where, numbers in wanted.items():
        rows = run("consume", topic, "--exit-at-end", "--offset", where)
        assert values(rows) == [str(number) for number in numbers], where
    assert values(run("consume", topic, "--offset", "3:6")) == ["3", "4", "5"]
    assert values(run("consume", topic, "-n", "2", "--offset", "5")) == ["5", "6"]


def test_an_offset_that_is_nowhere(broker: str, topic: str) -> None:
    done = penstock("-b", broker, "consume", topic, "--offset", "7", "-e")
    assert (done.returncode, done.stdout) == (1, "")
    assert has_one_line(done.stderr)
    assert f"the offset 7 is nowhere: {topic}-0 has 0 to 0" in done.stderr


def test_partitions_are_chosen(run: Run, new_topic: Callable[..., str]) -> None:
    name = new_topic(3)
    for number in range(3):
        run("produce", name, "-p", str(number), stdin=f"to {number}\n")
    assert values(run("consume", name, "-e", "-p", "1")) == ["to 1"]
    assert sorted(map(str, values(run("consume", name, "-e", "-p", "0", "-p", "2")))) == [
        "to 0",
        "to 2",
    ]
    lines = run("consume", name, "-e", "-o", "jsonl")
    copy = new_topic(3)
    run("produce", copy, "--from", "records", "--keep-partitions", stdin=lines)
    assert values(run("consume", copy, "-e", "-p", "1")) == ["to 1"]


def test_several_topics(run: Run, new_topic: Callable[..., str]) -> None:
    first, second = new_topic(), new_topic()
    run("produce", first, stdin="a\n")
    run("produce", second, stdin="b\n")
    rows = run("consume", first, second, "-e")
    assert {(row["topic"], row["value"]) for row in rows} == {(first, "a"), (second, "b")}


def test_an_empty_topic_ends_at_once(run: Run, topic: str) -> None:
    """With what the format has around its records."""
    assert run("consume", topic, "-e", "-o", "jsonl") == ""
    assert json.loads(run("consume", topic, "-e", "-o", "json")) == []
    assert run("consume", topic, "-e", "-o", "csv").startswith("topic,partition,offset,")


def test_formats_of_records(run: Run, topic: str) -> None:
    run("produce", topic, "-k", "k", stdin='a "b", c\nd\n')
    rows = run("consume", topic, "-e")
    assert json.loads(run("consume", topic, "-e", "-o", "json")) == rows
    assert run("consume", topic, "-e", "-o", "yaml").startswith(
        f'- topic: "{topic}"\n  partition: 0'
    )
    header, first, _ = run("consume", topic, "-e", "-o", "csv").splitlines()
    assert header.split(",")[-3:] == ["value", "value_encoding", "headers"]
    assert first.endswith(',k,,"a ""b"", c",,[]')
    table = run("consume", topic, "-e", "-o", "table").splitlines()
    assert table[0].split() == ["PARTITION", "OFFSET", "TIME", "KEY", "VALUE"]
    assert table[2].endswith("k                 d")


def test_a_terminal_gets_lines_that_fit(broker: str, topic: str) -> None:
    """And no control characters of somebody's record."""
    penstock("-b", broker, "produce", topic, stdin="x" * 500 + "\n\x1b[2Jboo\n")
    code, seen = on_terminal("consume", topic, "-e", "-b", broker, columns=80, NO_COLOR="1")
    assert code == 0
    assert all(len(line) <= 80 for line in seen.splitlines())
    assert "…" in seen
    assert "\x1b" not in seen
    assert "\\x1b[2Jboo" in seen


CSV = 'user,page\nu1,/\nbroken\n"u,2",/a\n'


def test_a_csv_with_a_broken_line(broker: str, topic: str, run: Run, tmp_path: Path) -> None:
    """It stops there, or goes on, as asked; what was sent is said either way."""
    path = tmp_path / "clicks.csv"
    path.write_text(CSV)
    done = penstock("-b", broker, "produce", topic, "--from-file", path, "--key-field", "user")
    assert done.returncode == 1
    assert has_one_line(done.stderr)
    assert f"{path}:3: field 2: no 'page'" in done.stderr
    assert "--on-error skip" in done.stderr
    sent = json.loads(done.stdout)
    assert (sent["records"], sent["skipped"], sent["result"]) == (1, 1, "partial")

    options = ("--key-field", "user", "--on-error", "skip")
    (sent,) = run("produce", topic, "--from-file", str(path), *options, code=5)
    assert (sent["records"], sent["skipped"], sent["result"]) == (2, 1, "partial")
    rows = run("consume", topic, "-e")
    assert [row["key"] for row in rows] == ["u1", "u1", "u,2"]
    assert json.loads(rows[2]["value"]) == {"user": "u,2", "page": "/a"}


def test_json_lines_with_fields(run: Run, topic: str, tmp_path: Path) -> None:
    path = tmp_path / "clicks.jsonl"
    path.write_text('{"user": "a", "n": 1}\n{"user": "b", "n": 2}\n')
    run("produce", topic, "--from-file", str(path), "--key-field", "user")
    assert (
        run("consume", topic, "-e", "-f", r"%k %v\n")
        == 'a {"user": "a", "n": 1}\nb {"user": "b", "n": 2}\n'
    )


def test_a_dry_run_reads_and_sends_nothing(run: Run, topic: str, tmp_path: Path) -> None:
    path = tmp_path / "clicks.csv"
    path.write_text(CSV)
    (seen,) = run(
        "produce", topic, "--from-file", str(path), "--dry-run", "--on-error", "skip", code=5
    )
    assert (seen["records"], seen["skipped"]) == (2, 1)
    (seen,) = run("produce", topic, "--dry-run", "-n", "2", stdin="a\nb\nc\n")
    assert (seen["records"], seen["result"]) == (2, "dry-run")
    assert run("consume", topic, "-e") == []


def test_a_record_that_is_refused(run: Run, new_topic: Callable[..., str]) -> None:
    """The others arrive, if that is wanted."""
    name = new_topic(1, "-c", "max.message.bytes=1000")
    lines = "small\n" + "x" * 5_000 + "\nlast\n"
    done = run("produce", name, "--on-error", "skip", "-X", "linger.ms=0", "-X", "batch.size=1",
               stdin=lines, code=5)  # fmt: skip
    assert (done[0]["records"], done[0]["failed"], done[0]["result"]) == (2, 1, "partial")
    assert values(run("consume", name, "-e")) == ["small", "last"]


def test_a_record_that_is_refused_ends_it(
    broker: str, run: Run, new_topic: Callable[..., str]
) -> None:
    """Unless it is told otherwise; what was acknowledged before is said."""
    name = new_topic(1, "-c", "max.message.bytes=1000")
    done = penstock(
        "-b", broker, "produce", name, "-X", "batch.size=1", stdin="a\nb\n" + "x" * 5_000
    )
    assert done.returncode == 1
    assert has_one_line(done.stderr)
    assert "MESSAGE_TOO_LARGE" in done.stderr
    sent = json.loads(done.stdout)
    assert (sent["records"], sent["failed"], sent["result"]) == (2, 1, "partial")
    assert values(run("consume", name, "-e")) == ["a", "b"]


def test_ctrl_c_does_not_wait_for_a_broker_that_is_gone(tmp_path: Path) -> None:
    """It says what was not answered, and ends."""
    with Penstockd(tmp_path / "data", log=tmp_path / "log") as server:
        penstock("-b", server.bootstrap, "topic", "create", "t")
        process = subprocess.Popen(
            [sys.executable, "-m", "penstock.cli", "-b", server.bootstrap, "produce", "t"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        )
        assert process.stdin is not None
        os.write(process.stdin.fileno(), b"one\n")
        done = penstock("-b", server.bootstrap, "consume", "t", "-n", "1")
        assert json.loads(done.stdout)["value"] == "one"
        server.kill()
        os.write(process.stdin.fileno(), b"two\nthree\n")
        wait_until_read(process.stdin.fileno())
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=30)
        assert process.returncode == 130
        sent = json.loads(out)
        assert sent["records"] == 1
        # The signal may come before the lines that it has read are sent.
        said = f"penstock: {sent['failed']} records were not answered\n" if sent["failed"] else ""
        assert errors.decode() == said
        server.start()


def wait_until_read(pipe: int) -> None:
    """Wait until whoever reads a pipe has taken what is in it."""
    left = array.array("i", [1])
    while left[0] > 0:
        fcntl.ioctl(pipe, termios.FIONREAD, left)
        time.sleep(0.05)


def test_a_topic_that_is_not_there(broker: str) -> None:
    """Said at once, before anything is read; nothing is created."""
    for arguments in (["produce", "never-was"], ["consume", "never-was", "-e"]):
        done = penstock("-b", broker, *arguments, stdin="x\n")
        assert (done.returncode, done.stdout) == (1, "")
        assert has_one_line(done.stderr)
        assert "never-was" in done.stderr
        assert "UNKNOWN_TOPIC_OR_PARTITION" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["produce", "t", "--from-file", "x.unknown"], 2, "does not tell the format"),
        (["produce", "t", "--from-file", "missing.csv"], 1, "missing.csv: No such file"),
        (["produce", "t", "--from", "parquet"], 2, "standard input"),
        (["produce", "t", "-k", "a", "--key-field", "b"], 2, "two answers"),
        (["produce", "t", "--key-field", "b"], 2, "are for jsonl, csv"),
        (["produce", "t", "-f", "%k"], 2, "nothing says where %k ends"),
        (["produce", "t", "--rate", "fast"], 2, "'fast' is no size"),
        (["produce", "t", "-H", "=x"], 2, "name=value"),
        (["consume", "t", "-f", "%q"], 2, "%q at position 1"),
        (["consume", "t", "-f", "%v", "-o", "csv"], 2, "two answers"),
        (["consume", "t", "-e", "--follow"], 2, "two answers"),
        (["consume", "t", "--offset", "yesterday"], 2, "is no offset"),
    ],
)
def test_wrong_usage(
    broker: str, tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    done = penstock("-b", broker, *arguments, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert has_one_line(done.stderr)
    assert said in done.stderr


def test_followed_records_come_when_they_are_sent(broker: str, run: Run, topic: str) -> None:
    """Each is there at once, though stdout is a pipe; Ctrl-C ends it with 130."""
    process = subprocess.Popen(
        [sys.executable, "-m", "penstock.cli", "-b", broker, "consume", topic, "-f", r"%v\n"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdout is not None
    for text in ("first", "second"):
        run("produce", topic, stdin=f"{text}\n")
        assert process.stdout.readline().decode() == f"{text}\n"
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert (process.returncode, out, errors) == (130, b"", b"")


def test_a_pipe_that_is_closed_ends_it_in_silence(broker: str, run: Run, topic: str) -> None:
    run("produce", topic, stdin="".join(f"{number}\n" for number in range(20_000)))
    process = subprocess.Popen(
        [sys.executable, "-m", "penstock.cli", "-b", broker, "consume", topic],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert json.loads(process.stdout.readline())["value"] == "0"
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == 141
    process.stderr.close()


def test_ctrl_c_while_producing_delivers_what_was_read(broker: str, run: Run, topic: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "penstock.cli", "-b", broker, "produce", topic],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdin is not None
    os.write(process.stdin.fileno(), b"one\ntwo\n")
    rows = run("consume", topic, "-n", "2")
    assert values(rows) == ["one", "two"]
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, b"")
    assert json.loads(out)["records"] == 2


def test_a_rate_is_kept(run: Run, topic: str) -> None:
    """Twenty records at 40 per second take half a second, whatever the machine does."""
    begin = time.monotonic()
    (sent,) = run("produce", topic, "--rate", "40", stdin="x\n" * 20)
    assert sent["records"] == 20
    assert time.monotonic() - begin >= 19 / 40
