"""One client, three servers: penstock in this process, penstockd over TCP, Apache Kafka over TCP.

Whoever outgrows one of them takes the program along unchanged: each story here holds everywhere.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import penstock
import pytest
from compat.apache_kafka import ApacheKafka, missing
from compat.servers import own_penstockd
from confluent_kafka import Producer as StockProducer
from penstock import Cluster, Consumer, NewTopic, Topic, TopicPartition, errors

SECONDS_MAX = 30.0

_numbers = itertools.count()


@dataclass
class Click:
    user: int
    page: str


@pytest.fixture(scope="module", params=["in process", "penstockd", "Apache Kafka"])
def cluster(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    """The same cluster for all stories of a server."""
    scratch = tmp_path_factory.mktemp("everywhere")
    with ExitStack() as stack:
        if request.param == "in process":
            broker = stack.enter_context(penstock.open(scratch / "data"))
            broker.serve("127.0.0.1:0")
            yield broker
            return
        if request.param == "penstockd":
            server: Any = own_penstockd(scratch / "data", scratch=scratch)
        else:
            reason = missing()
            if reason:
                pytest.skip(reason)
            server = ApacheKafka(scratch / "data", scratch=scratch)
            server.format()
        server.start()
        stack.callback(server.close)
        yield stack.enter_context(penstock.connect(server.bootstrap))


@pytest.fixture
def name() -> str:
    """A topic's name that nobody has used."""
    return f"everywhere-{next(_numbers)}"


@pytest.fixture
def topic(cluster: Cluster, name: str) -> Topic[bytes]:
    """A topic of one partition."""
    return cluster.topic(name, partitions=1)


def wait_until(there: Callable[[], bool]) -> None:
    """Wait for what a cluster tells its brokers, and they tell a moment later."""
    deadline = time.monotonic() + SECONDS_MAX
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_topics(cluster: Cluster, name: str) -> None:
    """Made, found, extended, described, deleted."""
    made = cluster.topic(name, partitions=3, configs={"retention": "1h"})
    assert made.partitions == cluster.topic(name).partitions == 3
    assert name in cluster.topics()
    assert made.config["retention.ms"] == "3600000"
    with pytest.raises(ValueError, match="has 3 partitions, not 4"):
        cluster.topic(name, partitions=4)
    with pytest.raises(errors.TopicAlreadyExists):
        cluster.admin.create_topics([name])
    cluster.admin.create_partitions({name: 5})
    wait_until(lambda: len(made.describe().partitions) == 5)
    described = made.describe()
    assert [part.partition for part in described.partitions] == list(range(5))
    assert all(part.leader in part.isr for part in described.partitions)
    made.delete()
    with pytest.raises(errors.UnknownTopicOrPartition):
        cluster.delete_topic(f"{name}-never")


def test_refusals(cluster: Cluster, name: str) -> None:
    """The broker's words arrive as exceptions of their own kinds."""
    with pytest.raises(errors.InvalidReplicationFactor):
        cluster.topic(name, replication_factor=9)
    with pytest.raises(errors.InvalidConfig):
        cluster.topic(name, configs={"cleanup.policy": "burn"})
    with pytest.raises(errors.InvalidTopicException):
        cluster.admin.create_topics(["no good"])
    cluster.topic(name, configs={"max.message.bytes": 2000})
    with pytest.raises(errors.MessageTooLarge) as caught:
        cluster.topic(name).send(bytes(range(256)) * 40).result(SECONDS_MAX)
    assert caught.value.topic == name


def test_a_record_comes_back_as_it_was_sent(topic: Topic[bytes]) -> None:
    """Key, value, headers, timestamp; nothing, empty, and binary."""
    headers: list[tuple[str, bytes | None]] = [("a", b"\0"), ("a", None), ("", b"")]
    sent = topic.send(b"\0v", b"\xffk", headers, 1_234_567).result(SECONDS_MAX)
    assert (sent.partition, sent.offset, sent.timestamp) == (0, 0, 1_234_567)
    topic.send(None, "tombstone").result(SECONDS_MAX)
    topic.send("", "").result(SECONDS_MAX)
    first, tombstone, empty = topic.read()
    assert (first.key, first.value, first.headers) == (b"\xffk", b"\0v", headers)
    assert (first.timestamp, first.offset, first.partition) == (1_234_567, 0, 0)
    assert (tombstone.key, tombstone.value) == (b"tombstone", None)
    assert (empty.key, empty.value, empty.headers) == (b"", b"", [])


@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "lz4", "zstd"])
def test_codecs(cluster: Cluster, topic: Topic[bytes], codec: str) -> None:
    """What one codec packed, all can read."""
    values = [f"value {i} ".encode() * 20 for i in range(2000)]
    with cluster.producer(compression=codec, batch_size="32KiB") as producer:
        told = producer.send_many(topic.name, values).result(SECONDS_MAX)
    assert (told.count, told.offsets) == (2000, {0: (0, 2000)})
    assert topic.read().values() == values


def test_large_records(cluster: Cluster, topic: Topic[bytes]) -> None:
    """A record of a megabyte among small ones."""
    large = bytes(range(256)) * 3900
    values = [b"small", large, b"small"]
    topic.send_many(values).result(SECONDS_MAX)
    assert topic.read().values() == values
    with cluster.consumer(
        topic.name, auto_offset_reset="earliest", max_partition_fetch_bytes="1KiB"
    ) as consumer:
        taken: list[bytes | None] = []
        while len(taken) < 3:
            taken += [record.value for record in consumer.consume(10, SECONDS_MAX)]
    assert taken == values


def test_keys_have_the_partitions_of_java(cluster: Cluster, name: str) -> None:
    """A stock client with Java's hash and ours agree for every key."""
    one = cluster.topic(name, partitions=7)
    keys = [f"key-{i}" for i in range(300)]
    one.send_many([{"key": key} for key in keys], key="key").result(SECONDS_MAX)
    stock = StockProducer(
        {"bootstrap.servers": cluster.bootstrap_servers, "partitioner": "murmur2_random"}
    )
    for key in keys:
        stock.produce(name, key=key, value=b"stock")
    assert stock.flush(SECONDS_MAX) == 0
    homes: dict[bytes | None, set[int]] = {}
    for record in one.read():
        homes.setdefault(record.key, set()).add(record.partition)
    assert len(homes) == 300
    assert all(len(home) == 1 for home in homes.values())


def test_order_under_load(cluster: Cluster, name: str) -> None:
    """Many small batches in flight: each partition keeps the order of its producer."""
    many = cluster.topic(name, partitions=3)
    with cluster.producer({"max.in.flight": 5}, linger=0, batch_size=200) as producer:
        futures = [producer.send(name, str(i), partition=i % 3) for i in range(3000)]
        producer.flush(SECONDS_MAX)
        assert all(future.done() for future in futures)
    for partition in range(3):
        numbers = [int(record.text()) for record in many.read(partition=partition)]
        assert numbers == list(range(partition, 3000, 3))
    assert [future.result().offset for future in futures[::3]] == list(range(1000))


def test_acks_and_idempotence(cluster: Cluster, topic: Topic[bytes]) -> None:
    """The weaker promises work as well; without an answer there is no offset."""
    for acks, offset in ((1, 0), ("all", 1), (0, -1)):
        with cluster.producer(acks=acks, enable_idempotence=False) as producer:
            assert producer.send(topic.name, str(acks)).result(SECONDS_MAX).offset == offset
    read = iter(topic.read(follow=True))
    assert [next(read).text() for _ in range(3)] == ["1", "all", "0"]


def test_reading_by_offset_and_time(cluster: Cluster, name: str) -> None:
    """From, to, last; over partitions."""
    two = cluster.topic(name, partitions=2)
    base = 1_700_000_000_000
    for i in range(100):
        two.send(str(i), partition=i % 2, timestamp=base + 1000 * i)
    cluster.flush(SECONDS_MAX)

    def numbers(**how: Any) -> list[int]:
        return sorted(int(record.text()) for record in two.read(**how))

    assert numbers() == list(range(100))
    assert numbers(start=40) == list(range(80, 100))
    assert numbers(end=3) == list(range(6))
    assert numbers(start="2023-11-14T22:14:50Z") == list(range(90, 100))
    assert numbers(start="2023-11-14T22:14:50Z", end="2023-11-14T22:14:55Z") == list(range(90, 95))
    assert numbers(last=7) == list(range(93, 100))
    assert numbers(last=3, partition=0) == [94, 96, 98]
    assert numbers(start="now") == []


def test_types(cluster: Cluster, name: str) -> None:
    """Values of a dataclass, there and back."""
    clicks = cluster.topic(name, value=Click, key=str)
    clicks.send_many([Click(i, "/") for i in range(10)], key="user").result(SECONDS_MAX)
    records = list(clicks.read())
    assert [record.value for record in records] == [Click(i, "/") for i in range(10)]
    assert records[3].key == "3"
    assert clicks.read(last=1).json() == [{"user": 9, "page": "/"}]


def test_asyncio(topic: Topic[bytes]) -> None:
    """The same objects, awaited."""

    async def story() -> None:
        told = await asyncio.gather(*(topic.send(str(i)) for i in range(200)))
        assert [one.offset for one in told] == list(range(200))
        assert [record.text() async for record in topic.read()] == [str(i) for i in range(200)]

    asyncio.run(story())


def test_a_consumer(cluster: Cluster, name: str) -> None:
    """Positions: at the start, moved, paused, at a time, at the ends."""
    two = cluster.topic(name, partitions=2)
    for i in range(20):
        two.send(str(i), partition=i % 2, timestamp=1000 * (i + 1))
    cluster.flush(SECONDS_MAX)
    home, other = TopicPartition(name, 0), TopicPartition(name, 1)
    with Consumer(cluster.bootstrap_servers, topics=name, auto_offset_reset="earliest") as consumer:
        taken: list[int] = []
        while len(taken) < 20:
            taken += [int(record.text()) for record in consumer.consume(100, SECONDS_MAX)]
        assert sorted(taken) == list(range(20))
        assert consumer.end_offsets() == {home: 10, other: 10}
        assert consumer.beginning_offsets() == {home: 0, other: 0}
        consumer.pause([other])
        consumer.seek_to_time(8500)
        assert [record.text() for record in consumer.consume(2, SECONDS_MAX)] == ["8", "10"]
        assert consumer.position(home) == 6
        consumer.seek(home, 9)
        assert _text(consumer) == "18"
        assert consumer.poll(0.1) is None
        consumer.resume([other])
        assert _text(consumer) == "9"


def _text(consumer: Consumer) -> str:
    record = consumer.poll(SECONDS_MAX)
    assert record is not None
    return record.text()


def test_an_offset_that_is_not_there(cluster: Cluster, topic: Topic[bytes]) -> None:
    """It is told, or mended, as auto.offset.reset says."""
    topic.send_many(["a", "b", "c"]).result(SECONDS_MAX)
    cluster.admin.delete_records({(topic.name, 0): 2})
    assert topic.read().values() == [b"c"]
    with cluster.consumer(auto_offset_reset="none") as consumer:
        consumer.assign([(topic.name, 0)])
        consumer.seek((topic.name, 0), 0)
        with pytest.raises(errors.OffsetOutOfRange) as caught:
            consumer.poll(SECONDS_MAX)
        assert (caught.value.topic, caught.value.partition) == (topic.name, 0)
    with cluster.consumer(auto_offset_reset="earliest") as consumer:
        consumer.assign([(topic.name, 0)])
        consumer.seek((topic.name, 0), 0)
        assert _text(consumer) == "c"


def test_following(topic: Topic[bytes]) -> None:
    """A read that goes on sees what comes later."""
    topic.send("before").result(SECONDS_MAX)
    read = iter(topic.read(follow=True))
    assert next(read).text() == "before"
    topic.send("after")
    assert next(read).text() == "after"


def _configs(admin: penstock.Admin, name: str) -> None:
    admin.create_topics([NewTopic(name, 2, 1, {"cleanup.policy": "compact"})])
    wait_until(lambda: name in [listed.name for listed in admin.list_topics()])
    admin.alter_configs(name, {"retention.ms": "2h"}, append={"cleanup.policy": "delete"})
    [config] = admin.describe_configs([name])
    assert set((config["cleanup_policy"] or "").split(",")) == {"compact", "delete"}
    assert config.changed()["retention.ms"] == "7200000"
    admin.alter_configs(name, delete=["retention.ms"])
    assert "retention.ms" not in admin.describe_configs([name])[0].changed()


def _offsets(admin: penstock.Admin, name: str) -> None:
    admin.create_topics([name])
    wait_until(lambda: name in [listed.name for listed in admin.list_topics()])
    for place in ("earliest", "latest"):
        assert admin.list_offsets([(name, 0)], place)[0].offset == 0
    assert admin.list_offsets([(name, 0)], "-1h")[0].offset == -1


def _cluster(admin: penstock.Admin, _: str) -> None:
    described = admin.describe_cluster()
    assert [broker.id for broker in described.brokers] == [1]
    quorum = admin.describe_quorum()
    assert (quorum.leader, [voter.id for voter in quorum.voters]) == (1, [1])
    levels = {f.name: f.finalized for f in admin.describe_features().features}
    assert levels["metadata.version"] > 0
    [apis] = admin.api_versions()
    assert {(0, "Produce"), (1, "Fetch"), (18, "ApiVersions")} <= {
        (api.key, api.name) for api in apis.apis
    }


def _disks(admin: penstock.Admin, name: str) -> None:
    admin.create_topics([name])
    wait_until(lambda: name in [part.topic for part in admin.describe_log_dirs([1])[0].partitions])


@pytest.mark.parametrize("story", [_configs, _offsets, _cluster, _disks])
def test_administration(
    cluster: Cluster, name: str, story: Callable[[penstock.Admin, str], None]
) -> None:
    """Configs, offsets, the cluster, its disks."""
    story(cluster.admin, name)
