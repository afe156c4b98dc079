"""kafka-dump-log reads every kind of file that the server leaves behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from compat.apache_kafka import missing, tool
from compat.confluent import create_topic, produce
from compat.conftest import make_server
from compat.servers import External

LINES = [b"record %d, " % number * 10 for number in range(2_000)]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory with several segments, written by an idempotent producer, after a clean stop."""
    if reason := missing():
        pytest.skip(reason)
    server = make_server(tmp_path_factory.mktemp("dump"))
    if isinstance(server, External) or server.directory is None:
        pytest.skip("the server's disk is somewhere else")
    server.start()
    try:
        configs = {"segment.bytes": "1048576", "index.interval.bytes": "512"}
        create_topic(server.bootstrap, "t", configs=configs)
        for codec in ("none", "gzip", "zstd"):
            options = {"compression_type": codec, "enable_idempotence": True}
            produce(server.bootstrap, "t", LINES * 4, batch_num_messages=20, **options)
        server.stop()
        yield server.directory
    finally:
        server.close()


def dump(*files: Path, options: tuple[str, ...] = ()) -> str:
    """Run kafka-dump-log over files and return what it printed."""
    names = ",".join(str(file) for file in files)
    done = tool("DumpLogSegments", "--files", names, *options)
    lowered = done.stdout.lower()
    for complaint in ("mismatch", "corrupt", "found timestamp mismatch", "could not"):
        assert complaint not in lowered, done.stdout
    assert "isvalid: false" not in lowered
    return done.stdout


def files(directory: Path, folder: str, pattern: str) -> list[Path]:
    """Return the files of one kind; there has to be one."""
    found = sorted((directory / folder).glob(pattern))
    assert found, f"no {pattern} in {folder}: {sorted((directory / folder).iterdir())}"
    return found


def test_segments(directory: Path) -> None:
    """Every batch is valid, and the records are there in their order."""
    segments = files(directory, "t-0", "*.log")
    assert len(segments) > 1
    printed = dump(*segments, options=("--deep-iteration", "--print-data-log"))
    assert printed.count("| offset: ") == len(LINES) * 12
    assert "compresscodec: zstd" in printed


def test_offset_indexes(directory: Path) -> None:
    """Each entry points at a batch of its segment."""
    indexes = files(directory, "t-0", "*.index")
    dump(*indexes, options=("--verify-index-only",))
    assert "offset: " in dump(*indexes)


def test_time_indexes(directory: Path) -> None:
    """Timestamps rise, and name offsets of the segment."""
    assert "timestamp: " in dump(*files(directory, "t-0", "*.timeindex"))


def test_producer_snapshots(directory: Path) -> None:
    """The state of each idempotent producer."""
    printed = dump(*files(directory, "t-0", "*.snapshot"))
    assert "producerId: " in printed
    assert "lastSequence: " in printed


def test_the_metadata_log(directory: Path) -> None:
    """The records of the cluster's metadata, among them the topic's."""
    segments = files(directory, "__cluster_metadata-0", "*.log")
    printed = dump(*segments, options=("--cluster-metadata-decoder",))
    assert '"type":"TOPIC_RECORD"' in printed
    assert '"type":"PARTITION_RECORD"' in printed


def test_metadata_snapshots(directory: Path) -> None:
    """The snapshot that every cluster starts from holds its voters."""
    snapshots = files(directory, "__cluster_metadata-0", "*.checkpoint")
    printed = dump(*snapshots, options=("--cluster-metadata-decoder",))
    assert "KRaftVoters" in printed or "KRAFT_VOTERS" in printed.upper()
    assert '"type":"FEATURE_LEVEL_RECORD"' in dump(
        directory / "bootstrap.checkpoint", options=("--cluster-metadata-decoder",)
    )


def test_what_is_text(directory: Path) -> None:
    """Checkpoints and properties have Kafka's form."""
    version, count, *lines = (
        (directory / "recovery-point-offset-checkpoint").read_text().split("\n")[:-1]
    )
    assert version == "0"
    assert int(count) == len(lines)
    assert any(line.startswith("t 0 ") for line in lines)
    start = (directory / "log-start-offset-checkpoint").read_text().splitlines()
    assert start[0] == "0"
    watermarks = (directory / "replication-offset-checkpoint").read_text().splitlines()
    assert f"t 0 {len(LINES) * 12}" in watermarks
    epochs = (directory / "t-0" / "leader-epoch-checkpoint").read_text().splitlines()
    assert epochs == ["0", "1", "0 0"]
    partition = (directory / "t-0" / "partition.metadata").read_text().splitlines()
    assert partition[0] == "version: 0"
    assert partition[1].startswith("topic_id: ")
    properties = (directory / "meta.properties").read_text()
    for key in ("version=1", "node.id=1", "cluster.id=", "directory.id="):
        assert key in properties
