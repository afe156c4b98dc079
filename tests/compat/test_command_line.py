"""The command line `penstock` against penstockd and, where Java is there, Apache Kafka's broker."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from compat.apache_kafka import ApacheKafka, missing
from compat.servers import Server, own_penstockd
from python.cli.program import penstock

Run = Callable[..., list[dict[str, Any]]]


def start(kind: str, scratch: Path) -> Server:
    """Start a server of its own, with two partitions where nobody says how many."""
    server: Server
    if kind == "penstockd":
        server = own_penstockd(scratch / "data", scratch=scratch)
    else:
        if reason := missing():
            pytest.skip(reason)
        server = ApacheKafka(scratch / "data", scratch=scratch)
        server.format()
    server.start()
    return server


@pytest.fixture(scope="module", params=["penstockd", "apache-kafka"])
def own(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server of each kind."""
    server = start(request.param, tmp_path_factory.mktemp(request.param))
    yield server
    server.close()


@pytest.fixture
def run(own: Server) -> Run:
    """Run a command on the server and return its rows."""

    def call(*arguments: str, code: int = 0, stdin: str = "") -> list[dict[str, Any]]:
        done = penstock("-b", own.bootstrap, *arguments, stdin=stdin)
        assert done.returncode == code, f"{done.returncode}: {done.stdout}{done.stderr}"
        return [json.loads(line) for line in done.stdout.splitlines()]

    return call


def test_records_go_there_and_come_back(run: Run, name: str) -> None:
    """With keys, headers and every codec, over several partitions."""
    run("topic", "create", name, "-p", "3", "-r", "1", "-c", "retention.ms=1h")
    lines = "".join(f"k{number % 7}=value {number}\n" for number in range(1_000))
    for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
        (sent,) = run("produce", name, "-f", r"%k=%v\n", "-H", "h=1", "-z", codec, stdin=lines)
        assert (sent["records"], sent["failed"]) == (1_000, 0)
    rows = run("consume", name, "-e")
    assert len(rows) == 5_000
    by_partition: dict[int, list[int]] = {}
    for row in rows:
        by_partition.setdefault(row["partition"], []).append(row["offset"])
        assert row["headers"] == [{"key": "h", "value": "1", "value_encoding": None}]
    for offsets in by_partition.values():
        assert offsets == list(range(len(offsets)))
    keys = {row["key"]: row["partition"] for row in rows}
    assert all(keys[row["key"]] == row["partition"] for row in rows)
    assert len(run("consume", name, "-e", "--offset", "@1h")) == 5_000
    assert run("consume", name, "-e", "--offset", "@now") == []
    assert len(run("consume", name, "-e", "--offset", "-2")) == 2 * len(by_partition)


def test_topics_and_configs(run: Run, name: str) -> None:
    """From creation to deletion."""
    assert run("topic", "create", name, "--dry-run")[0]["result"] == "dry-run"
    (made,) = run("topic", "create", name, "-p", "1")
    assert (made["partitions"], made["result"]) == (1, "ok")
    assert run("topic", "create", name, code=1)[0]["error"] == "TOPIC_ALREADY_EXISTS"
    run("topic", "add-partitions", name, "-p", "2", "--yes")
    run("topic", "alter", name, "-c", "segment.bytes=1MiB", "-c", "cleanup.policy=compact")
    (described,) = run("topic", "describe", name)
    assert described["configs"] == {"segment.bytes": "1048576", "cleanup.policy": "compact"}
    assert len(described["partitions"]) == 2
    run("topic", "alter", name, "--delete-config", "segment.bytes")
    entries = run("config", "describe", "topic", name)
    assert [entry["name"] for entry in entries] == ["cleanup.policy"]
    assert any(entry["default"] for entry in run("config", "describe", "broker", "1", "--all"))
    assert name in {row["name"] for row in run("topic", "list")}
    run("topic", "delete", name, "--yes")
    assert run("topic", "delete", name, "--yes", code=1)[0]["error"] == "UNKNOWN_TOPIC_OR_PARTITION"


def test_trimming(run: Run, name: str) -> None:
    """The oldest records go, the others stay."""
    run("topic", "create", name, "-p", "1")
    run("produce", name, stdin="a\nb\nc\n")
    (row,) = run("topic", "trim", name, "--before", "2", "--yes")
    assert (row["records"], row["result"]) == (2, "ok")
    assert [record["value"] for record in run("consume", name, "-e")] == ["c"]


def test_the_cluster(run: Run, own: Server) -> None:
    """What it tells of itself."""
    (info,) = run("cluster", "info")
    (broker,) = info["brokers"]
    assert f"{broker['host']}:{broker['port']}" == own.bootstrap
    assert run("cluster", "quorum")[0]["nodes"][0]["role"] == "leader"
    features = {row["name"]: row["finalized"] for row in run("cluster", "features")}
    assert features["metadata.version"] > 0
    assert run("cluster", "log-dirs")[0]["path"] == str(own.directory)


def test_the_doctor_finds_nothing(run: Run, own: Server) -> None:
    """A connection that works."""
    assert {row["result"] for row in run("doctor", own.bootstrap)} == {"ok"}


def test_its_files_are_sound(run: Run, own: Server, name: str) -> None:
    """While it runs, and after a stop in good order."""
    assert own.directory is not None
    run("topic", "create", name, "-p", "1", "-c", "index.interval.bytes=100")
    for number in range(5):
        run("produce", name, "-z", "none", stdin=f"{number} {'x' * 50}\n" * 20)
    assert run("storage", "info", str(own.directory))[0]["used_by"] is not None
    own.stop()
    try:
        rows = run("log", "verify", "--deep", str(own.directory / f"{name}-0"))
        assert [(row["result"], row["records"]) for row in rows] == [("ok", 100)]
        rows = run("log", "verify", str(own.directory))
        assert {row["result"] for row in rows} == {"ok"}
        (info,) = run("storage", "info", str(own.directory))
        assert (info["used_by"], info["clean_shutdown"]) == (None, True)
        for path in sorted((own.directory / f"{name}-0").iterdir()):
            run("log", "dump", str(path))
    finally:
        own.start()
