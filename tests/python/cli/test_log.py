"""penstock log: the files of a partition, whole and broken."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from penstock._native import crc32c
from penstock._penstockd import Penstockd
from python.cli.program import has_one_line, on_terminal, penstock
from python.cli.segment_files import batch, record, write_epochs, write_segment

VALUES = [b"one", b"two", None, b"\xff"]


def rows(*arguments: str | Path, code: int = 0) -> list[dict[str, Any]]:
    """Run a command and return what it printed."""
    done = penstock("log", *arguments)
    assert done.returncode == code, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def partition(tmp_path: Path) -> Path:
    """Two segments of three batches each, with indexes and epochs."""
    directory = tmp_path / "orders-0"
    stamp = 1_780_000_000_000
    write_segment(directory, 0, [batch(4 * n, VALUES, timestamp=stamp + 10 * n) for n in range(3)])
    write_segment(
        directory,
        12,
        [batch(12 + 4 * n, VALUES, epoch=1, timestamp=stamp + 100 + n) for n in range(3)],
    )
    write_epochs(directory, [(0, 0), (1, 12)])
    return directory


def test_batches_of_a_segment(partition: Path) -> None:
    """Header by header, with the place in the file."""
    found = rows("dump", partition / f"{12:020}.log")
    assert [row["base_offset"] for row in found] == [12, 16, 20]
    assert [row["last_offset"] for row in found] == [15, 19, 23]
    assert found[0]["position"] == 0
    assert found[1]["position"] == found[0]["size"]
    assert {row["codec"] for row in found} == {"none"}
    assert all(row["valid"] for row in found)
    assert found[0]["leader_epoch"] == 1
    assert found[0]["timestamp_type"] == "CreateTime"


def test_records_of_a_segment(tmp_path: Path) -> None:
    """Texts as texts, bytes in base64, null as null; headers and times."""
    first = [
        record(0, b"a", key=b"k", headers=[("h", b"1"), ("n", None)]),
        record(5, None, timestamp_delta=7),
        record(6, b"\xff", key=b"\xfe"),
    ]
    path = write_segment(tmp_path, 0, [batch(100, records=first, last_offset_delta=9)])
    found = rows("dump", "--records", path)
    assert [row["offset"] for row in found] == [100, 105, 106]
    assert found[0]["headers"] == [
        {"key": "h", "value": "1", "value_encoding": None},
        {"key": "n", "value": None, "value_encoding": None},
    ]
    assert found[1]["timestamp"] - found[0]["timestamp"] == 7
    assert (found[0]["key"], found[1]["value"]) == ("k", None)
    assert (found[2]["value"], found[2]["value_encoding"]) == ("/w==", "base64")


def test_control_records_say_what_they_are(tmp_path: Path) -> None:
    """They are marks for brokers, not somebody's records."""
    keys = [struct.pack(">hh", 0, kind) for kind in (0, 1, 2, 99)]
    marks = [record(number, b"", key=key) for number, key in enumerate(keys)]
    path = write_segment(tmp_path, 0, [batch(0, records=marks, attributes=0x30)])
    kinds = [row["control"] for row in rows("dump", "--records", path)]
    assert kinds == ["abort", "commit", "leader change", "unknown (99)"]
    assert rows("dump", path)[0]["control"]


def test_indexes_and_checkpoints(partition: Path, tmp_path: Path) -> None:
    """Each kind by its name."""
    assert [row["offset"] for row in rows("dump", partition / f"{0:020}.index")] == [7, 11]
    times = rows("dump", partition / f"{0:020}.timeindex")
    assert [row["offset"] for row in times] == [7, 11]
    epochs = rows("dump", partition / "leader-epoch-checkpoint")
    assert epochs == [{"epoch": 0, "offset": 0}, {"epoch": 1, "offset": 12}]
    (tmp_path / "replication-offset-checkpoint").write_text("0\n1\norders 0 24\n")
    checkpoint = rows("dump", tmp_path / "replication-offset-checkpoint")
    assert checkpoint == [{"topic": "orders", "partition": 0, "offset": 24}]
    (tmp_path / "partition.metadata").write_text("version: 0\ntopic_id: AAAA\n")
    metadata = rows("dump", tmp_path / "partition.metadata")
    assert metadata == [{"name": "version", "value": "0"}, {"name": "topic_id", "value": "AAAA"}]


def test_producers(tmp_path: Path) -> None:
    """With a checksum that is looked at."""
    entry = struct.pack(">qhiqiqiq", 1000, 3, 41, 99, 9, 1_780_000_000_000, -1, -1)
    body = struct.pack(">i", 1) + entry
    path = tmp_path / f"{100:020}.snapshot"
    path.write_bytes(struct.pack(">hI", 1, crc32c(body)) + body)
    (found,) = rows("dump", path)
    assert (found["producer_id"], found["last_sequence"], found["last_offset"]) == (1000, 41, 99)
    path.write_bytes(struct.pack(">hI", 1, crc32c(body) ^ 1) + body)
    assert rows("dump", path, code=1) == []


def test_what_is_no_file_of_a_broker(tmp_path: Path) -> None:
    """One line that names what there is."""
    other = tmp_path / "notes.md"
    other.write_text("x")
    for path, said in ((other, "no file of a log directory"), (tmp_path, "is a directory")):
        done = penstock("log", "dump", path)
        assert done.returncode == 1
        assert has_one_line(done.stderr)
        assert said in done.stderr


def test_dump_prints_what_stands_before_the_damage(partition: Path) -> None:
    """And tells the byte at which it begins."""
    path = partition / f"{0:020}.log"
    size = path.stat().st_size // 3
    path.write_bytes(path.read_bytes()[: 2 * size + 70])
    done = penstock("log", "dump", path)
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 2
    assert has_one_line(done.stderr)
    assert f"byte {2 * size}: a batch of {size} bytes, of which 70 are there" in done.stderr


def test_a_sound_log_is_ok(partition: Path) -> None:
    """Alone, or found in a data directory."""
    (found,) = rows("verify", "--deep", partition.parent)
    assert found == {
        "partition": "orders-0",
        "segments": 2,
        "batches": 6,
        "records": 24,
        "bytes": sum(path.stat().st_size for path in partition.glob("*.log")),
        "first_offset": 0,
        "end_offset": 24,
        "result": "ok",
        "problems": [],
    }
    assert rows("verify", partition) == [found]


def test_every_byte_of_a_batch_matters(tmp_path: Path) -> None:
    """Whatever bit of a segment is turned, it is noticed, except for what nobody has to keep."""
    directory = tmp_path / "t-0"
    path = write_segment(directory, 0, [batch(0, VALUES), batch(4, VALUES)])
    whole = path.read_bytes()
    from penstock._files.directory import PartitionDirectory
    from penstock._files.verify import verify_partition

    for at in range(len(whole) // 2, len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x40]) + whole[at + 1 :])
        report = verify_partition(PartitionDirectory("t", 0, directory), deep=True)
        inside = at - len(whole) // 2
        if 12 <= inside < 16:
            continue  # the leader epoch is outside of the checksum; here nothing else knows it
        assert report.problems, f"byte {inside} of the batch"


@pytest.mark.parametrize("cut", range(1, 130, 7))
def test_a_torn_end_is_repairable(partition: Path, cut: int) -> None:
    """As a crash leaves it: the next start cuts it off."""
    path = partition / f"{12:020}.log"
    path.write_bytes(path.read_bytes()[:-cut])
    (found,) = rows("verify", partition)
    assert found["result"] == "repairable"
    assert not any(problem["serious"] for problem in found["problems"])


def test_a_hole_in_the_middle_is_not(partition: Path) -> None:
    """Records that were acknowledged are gone."""
    path = partition / f"{0:020}.log"
    path.write_bytes(path.read_bytes()[:-1])
    (found,) = rows("verify", partition, code=1)
    assert found["result"] == "failed"


def test_damage_is_told_with_its_place(partition: Path) -> None:
    """On a terminal below the table."""
    path = partition / f"{0:020}.log"
    data = bytearray(path.read_bytes())
    size = len(data) // 3
    data[2 * size - 1] ^= 1
    path.write_bytes(data)
    (found,) = rows("verify", partition, code=1)
    assert [problem["position"] for problem in found["problems"]] == [size]
    assert "checksum" in found["problems"][0]["message"]
    code, seen = on_terminal("log", "verify", partition, columns=200)
    assert code == 1
    assert f"orders-0/{0:020}.log, byte {size}: the checksum is" in seen


def test_offsets_and_epochs_have_to_rise(tmp_path: Path) -> None:
    """Also from one segment to the next."""
    write_segment(tmp_path / "a-0", 0, [batch(0, VALUES), batch(2, VALUES)])
    write_segment(tmp_path / "b-0", 0, [batch(0, VALUES, epoch=2), batch(4, VALUES, epoch=1)])
    write_segment(tmp_path / "c-0", 0, [batch(0, VALUES)])
    write_segment(tmp_path / "c-0", 3, [batch(3, VALUES)])
    write_segment(tmp_path / "d-0", 0, [batch(0, VALUES, epoch=3)])
    write_epochs(tmp_path / "d-0", [(2, 0)])
    found = rows("verify", tmp_path, code=1)
    said = {row["partition"]: row["problems"][0]["message"] for row in found}
    assert said == {
        "a-0": "offset 2 follows 3",
        "b-0": "leader epoch 1 follows 2",
        "c-0": f"it ends at 4, and {3:020}.log begins at 3",
        "d-0": "leader epoch 3, but the checkpoint says 2",
    }


def test_an_index_that_lies_is_repairable(partition: Path) -> None:
    """It is a cache, and made again."""
    index = partition / f"{0:020}.index"
    data = bytearray(index.read_bytes())
    data[7] ^= 1
    index.write_bytes(data)
    (found,) = rows("verify", partition)
    assert found["result"] == "repairable"
    assert found["problems"][0]["file"] == index.name
    times = partition / f"{0:020}.timeindex"
    times.write_bytes(times.read_bytes()[:-1])
    messages = [problem["message"] for problem in rows("verify", partition)[0]["problems"]]
    assert any("less than an entry" in message for message in messages)


def test_reserved_space_is_no_damage(partition: Path) -> None:
    """Zeros at the end of a log, and of Apache Kafka's indexes."""
    for suffix in (".log", ".index", ".timeindex"):
        path = partition / f"{12:020}{suffix}"
        path.write_bytes(path.read_bytes() + bytes(4800))
    (found,) = rows("verify", "--deep", partition)
    assert (found["result"], found["problems"]) == ("ok", [])


def test_a_batch_that_is_not_what_its_header_says(tmp_path: Path) -> None:
    """A checksum that fits does not make it right; --deep looks."""
    records = [record(0, b"a"), record(7, b"b")]
    write_segment(tmp_path / "t-0", 0, [batch(0, records=records, last_offset_delta=1)])
    assert rows("verify", tmp_path)[0]["result"] == "ok"
    (found,) = rows("verify", "--deep", tmp_path, code=1)
    assert "offset delta 7" in found["problems"][0]["message"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Penstockd]]:
    """What a real server leaves, with records of a stock client in it."""
    from compat.confluent import create_topic, produce

    scratch = tmp_path_factory.mktemp("served")
    server = Penstockd(scratch / "data", log=scratch / "log")
    server.start()
    configs = {"segment.bytes": "1048576", "index.interval.bytes": "512"}
    create_topic(server.bootstrap, "t", configs=configs)
    lines = [b"record %d, " % number * 10 for number in range(8_000)]
    for codec in ("none", "gzip"):
        options = {"compression_type": codec, "enable_idempotence": True}
        produce(server.bootstrap, "t", lines, batch_num_messages=20, **options)
    yield scratch / "data", server
    server.close()


def test_what_a_server_leaves_is_ok(served: tuple[Path, Penstockd]) -> None:
    """While it runs, after a crash, and after a stop in good order."""
    directory, server = served
    done = penstock("log", "verify", directory)
    assert done.returncode == 0, done.stdout
    assert f"in use by pid {server.pid}" in done.stderr
    server.kill()
    found = {row["partition"]: row for row in rows("verify", directory)}
    assert found["t-0"]["records"] == 16_000
    server.start()
    server.stop()
    found = {row["partition"]: row for row in rows("verify", directory)}
    assert {row["result"] for row in found.values()} == {"ok"}
    assert found["t-0"]["segments"] > 1
    for path in sorted((directory / "t-0").iterdir()):
        assert penstock("log", "dump", path).returncode == 0, path
    for path in (directory / "__cluster_metadata-0").glob("*.checkpoint"):
        assert penstock("log", "dump", path).returncode == 0, path
