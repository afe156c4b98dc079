"""The same directory, served by penstock and by Apache Kafka in turn."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from compat.apache_kafka import ApacheKafka, free_ports
from compat.confluent import consume, create_topic, produce, values
from compat.servers import Server, own_penstockd

pytestmark = [
    pytest.mark.usefixtures("java"),
    pytest.mark.skipif(
        "PENSTOCK_COMPAT_BOOTSTRAP" in os.environ, reason="the server's disk is somewhere else"
    ),
]

CODECS = ("none", "gzip", "snappy", "zstd")
PART = 400  # records that one server writes
TOPIC = "shared"


class Exchange:
    """Two servers for one directory, of which one runs at a time."""

    def __init__(self, scratch: Path) -> None:
        directory = scratch / "data"
        port, controller_port = free_ports(2)
        self.kafka = ApacheKafka(
            directory, scratch=scratch, port=port, controller_port=controller_port
        )
        self.penstock: Server
        if os.environ.get("PENSTOCK_COMPAT_SERVER") == "apache-kafka":
            self.penstock = ApacheKafka(
                directory, scratch=scratch, port=port, controller_port=controller_port
            )
        else:
            penstockd = own_penstockd(directory, scratch=scratch)
            penstockd.kafka = f"127.0.0.1:{port}"
            self.penstock = penstockd
        self.written: list[bytes] = []

    def write(self, server: Server) -> None:
        """Write some more records, with another codec each time."""
        begin = len(self.written)
        lines = [b"record %d" % number for number in range(begin, begin + PART)]
        codec = CODECS[begin // PART % len(CODECS)]
        acknowledged = produce(
            server.bootstrap, TOPIC, lines, compression_type=codec, enable_idempotence=True
        )
        assert [message.offset() for message in acknowledged] == list(range(begin, begin + PART))
        self.written += lines

    def read(self, server: Server) -> None:
        """Read back everything that anybody wrote."""
        assert values(consume(server.bootstrap, TOPIC, len(self.written))) == self.written

    def take_turns(self, first: Server, second: Server) -> None:
        """Let each server read what is there and write more, three times over."""
        for number, server in enumerate([first, second] * 3):
            server.start()
            if number == 0:
                create_topic(server.bootstrap, TOPIC, configs={"segment.bytes": "1048576"})
            else:
                self.read(server)
            self.write(server)
            create_topic(server.bootstrap, f"by-turn-{number}", partitions=2)
            self.read(server)
            assert server.stop() in (0, 143)


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Exchange]:
    """Both servers, stopped at the end whatever happens."""
    both = Exchange(tmp_path)
    yield both
    both.penstock.close()
    both.kafka.close()


def test_apache_kafka_serves_our_directory(exchange: Exchange) -> None:
    """penstock formats and writes; Apache Kafka reads all of it and writes more; and back."""
    if isinstance(exchange.penstock, ApacheKafka):
        exchange.penstock.format()
    exchange.take_turns(exchange.penstock, exchange.kafka)


def test_we_serve_apache_kafka_s_directory(exchange: Exchange) -> None:
    """Apache Kafka formats with the features that penstock serves, and writes; and so on."""
    exchange.kafka.format()
    exchange.take_turns(exchange.kafka, exchange.penstock)


def test_a_directory_with_other_features_is_refused(tmp_path: Path) -> None:
    """A feature that penstock does not serve is named, and the directory is left as it was."""
    if os.environ.get("PENSTOCK_COMPAT_SERVER") == "apache-kafka":
        pytest.skip("Apache Kafka serves every feature")
    kafka = ApacheKafka(tmp_path / "data", scratch=tmp_path)
    kafka.format(features={"transaction.version": 2})
    kafka.start()
    assert kafka.stop() in (0, 143)
    before = contents(tmp_path / "data")
    penstockd = own_penstockd(tmp_path / "data", scratch=tmp_path)
    with pytest.raises(Exception, match=r"transaction\.version"):
        penstockd.start()
    assert contents(tmp_path / "data") == before


def contents(directory: Path) -> dict[Path, bytes]:
    """Return what a refused start must leave alone: all but the lock, which names its holder."""
    return {
        path: path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file() and path.name != ".lock"
    }
