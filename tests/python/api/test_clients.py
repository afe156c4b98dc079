"""Producer and Consumer with configs of their own."""

from __future__ import annotations

import socket
import threading
import time
import warnings

import penstock
import pytest
from penstock import Cluster, Consumer, Producer, TopicPartition, errors


def test_configs_in_the_ways_of_three_worlds(broker: penstock.Broker) -> None:
    broker.topic("t")
    servers = broker.bootstrap_servers
    for producer in (
        Producer(servers, linger="1ms", compression="zstd"),
        Producer([servers], {"linger.ms": 1, "compression.codec": "lz4"}),
        Producer({"bootstrap.servers": servers, "request.required.acks": "all"}),
        Producer(bootstrap_servers=servers, batch_size="16KiB"),
    ):
        with producer:
            assert producer.send("t", "x").result(30).partition == 0
    with Consumer({"metadata.broker.list": servers, "auto.offset.reset": "smallest"}) as consumer:
        consumer.subscribe("t")
        assert len(consumer.consume(10, timeout=30)) >= 1


@pytest.mark.parametrize(
    ("configs", "said"),
    [
        ({"linger_mss": 1}, r"did you mean 'linger\.ms'"),
        ({"ssl_cafile": "x"}, "no TLS yet"),
        ({"transactional_id": "x"}, "no transactions yet"),
        ({"acks": "perhaps"}, "acks"),
        ({"acks": 1, "enable_idempotence": True}, "idempotence"),
    ],
)
def test_configs_that_are_none(
    broker: penstock.Broker, configs: dict[str, object], said: str
) -> None:
    with pytest.raises(penstock.ConfigError, match=said):
        Producer(broker.bootstrap_servers, configs)
    with pytest.raises(penstock.ConfigError, match=said):
        broker.producer(configs)


def test_a_config_of_something_else_is_told(broker: penstock.Broker) -> None:
    for config, owner in (("acks", "producer"), ("linger_ms", "producer")):
        with pytest.raises(penstock.ConfigError, match=rf"pass it to {owner}\(\)"):
            penstock.connect(broker.bootstrap_servers, {config: 1})
    with pytest.raises(penstock.ConfigError, match=r"pass it to consumer\(\)"):
        penstock.connect(broker.bootstrap_servers, auto_offset_reset="earliest")


def test_a_producer_in_one_line(broker: penstock.Broker) -> None:
    broker.topic("t")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        future = Producer(broker.bootstrap_servers).send("t", "x")
    assert future.result(30).offset == 0


def test_groups_are_not_there_yet(cluster: Cluster) -> None:
    with pytest.raises(penstock.ConfigError, match="no consumer groups yet"):
        cluster.consumer("t", group="billing")
    with pytest.raises(penstock.ConfigError, match="uses the cluster's connection"):
        cluster.producer(client_id="me")
    with pytest.raises(TypeError, match="given twice"):
        Producer({"acks": 1}, {"acks": 1})


def test_a_server_that_is_not_there_is_told_with_its_steps() -> None:
    with penstock.connect("127.0.0.1:1") as cluster:
        with pytest.raises(penstock.ConnectionFailed, match="no Kafka server") as caught:
            cluster.admin.describe_cluster(timeout=0.1)
        assert caught.value.steps == ("connect 127.0.0.1:1: connection refused",)
        assert "hint: is a broker listening there?" in str(caught.value)
    with (
        penstock.connect("no-such-host.invalid:9092") as cluster,
        pytest.raises(penstock.ConnectionFailed, match="no Kafka server") as caught,
    ):
        cluster.topics()
    assert caught.value.steps[0].startswith("resolve no-such-host.invalid:9092: ")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "it answers with HTTP, it is no Kafka server"),
        (b"\x15\x03\x01\x00\x02\x02\x16", "it speaks TLS, which penstock's client does not yet"),
        (b"", "it closed the connection: a port with TLS does that"),
        (b"220 mail ready\r\n", "it answers b'220 mail', which is not Kafka's protocol"),
    ],
)
def test_what_is_no_kafka_is_told_apart(answer: bytes, said: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(100)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        address = f"127.0.0.1:{server.getsockname()[1]}"
        with (
            penstock.connect(address) as cluster,
            pytest.raises(penstock.ConnectionFailed, match="no Kafka server") as caught,
        ):
            cluster.topics()
        thread.join()
    assert caught.value.steps == (f"handshake {address}: {said}",)


def test_a_server_that_starts_a_moment_later_is_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    with penstock.open(":memory:") as broker:
        starting = threading.Timer(0.3, broker.serve, [address])
        starting.start()
        with penstock.connect(address) as cluster:
            assert cluster.topics() == []
        starting.join()


def test_a_producer_sends_to_several_topics(cluster: Cluster) -> None:
    one, other = cluster.topic("one"), cluster.topic("other", partitions=2)
    with cluster.producer() as producer:
        producer.send("one", "a", key="k", headers={"h": "1"}, timestamp=5)
        producer.send_many("other", ["b", "c"], partition=1)
        producer.flush(30)
        assert producer.pending == 0
    [record] = one.read()
    assert (record.key, record.headers, record.timestamp) == (b"k", [("h", b"1")], 5)
    assert other.read(partition=1).values() == [b"b", b"c"]


def test_a_consumer_begins_where_it_is_told(cluster: Cluster) -> None:
    topic = cluster.topic("t", partitions=2)
    topic.send_many(map(str, range(10)), partition=1).result(30)
    with cluster.consumer("t") as consumer:
        home = TopicPartition("t", 1)
        assert consumer.assignment() == [TopicPartition("t", 0), home]
        assert consumer.poll(0.2) is None
        topic.send("new", partition=1).result(30)
        record = consumer.poll(30)
        assert record is not None
        assert (record.text(), record.offset) == ("new", 10)
        assert consumer.position(home) == 11
        consumer.seek(("t", 1), 4)
        assert [r.text() for r in consumer.consume(3, timeout=30)] == ["4", "5", "6"]
        assert consumer.position(home) == 7
        consumer.seek_to_beginning([home])
        offsets: list[int] = []
        for batch in consumer.batches(timeout=30):
            offsets += [record.offset for record in batch.records()]
            if len(offsets) >= 11:
                break
        assert offsets == list(range(11))
        consumer.seek_to_end()
        assert consumer.poll(0.2) is None
        assert consumer.end_offsets() == {TopicPartition("t", 0): 0, home: 11}
        assert consumer.beginning_offsets([home]) == {home: 0}


def test_a_consumer_finds_a_time(cluster: Cluster) -> None:
    topic = cluster.topic("t")
    for i in range(5):
        topic.send(str(i), timestamp=1000 * i)
    cluster.flush(30)
    with cluster.consumer("t") as consumer:
        consumer.seek_to_time(2500)
        record = consumer.poll(30)
        assert record is not None
        assert record.text() == "3"
        consumer.seek_to_time("1970-01-01T00:00:01Z")
        record = consumer.poll(30)
        assert record is not None
        assert record.text() == "1"


def test_what_was_polled_and_not_taken_is_not_lost(cluster: Cluster) -> None:
    topic = cluster.topic("t", partitions=2)
    for partition in (0, 1):
        topic.send_many(map(str, range(5)), partition=partition).result(30)
    with cluster.consumer("t", auto_offset_reset="earliest") as consumer:
        taken = next(iter(consumer))
        first, other = taken.partition, 1 - taken.partition
        consumer.pause([("t", first)])
        paused = [consumer.poll(30) for _ in range(5)]
        assert {r.partition for r in paused if r} == {other}
        assert consumer.poll(0.2) is None
        consumer.resume([("t", first)])
        rest = [consumer.poll(30) for _ in range(4)]
        assert [(r.partition, r.offset) for r in rest if r] == [(first, i) for i in range(1, 5)]


def test_wakeup_ends_an_iteration(cluster: Cluster) -> None:
    cluster.topic("t")
    with cluster.consumer("t") as consumer:

        def wake() -> None:
            time.sleep(0.05)
            consumer.wakeup()

        thread = threading.Thread(target=wake)
        thread.start()
        assert list(consumer) == []
        thread.join()
        consumer.wakeup()
        assert consumer.poll() is None
        assert consumer.poll(0) is None


def test_closing_ends_an_iteration(cluster: Cluster) -> None:
    cluster.topic("t")
    consumer = cluster.consumer("t")
    thread = threading.Timer(0.05, consumer.close)
    thread.start()
    assert list(consumer) == []
    thread.join()


def test_wrong_partitions(cluster: Cluster) -> None:
    cluster.topic("t")
    with cluster.consumer() as consumer:
        for wrong in ("t", 7, ("t",), ("t", "0")):
            with pytest.raises(TypeError):
                consumer.assign([wrong])  # type: ignore[list-item]
        with pytest.raises(ValueError, match="an offset is 0 or more"):
            consumer.seek(("t", 0), -1)
        with pytest.raises(ValueError, match="one record or more"):
            consumer.consume(0)
        with pytest.raises(errors.UnknownTopicOrPartition):
            consumer.subscribe("nowhere")
