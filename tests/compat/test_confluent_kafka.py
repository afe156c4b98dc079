"""confluent-kafka, and librdkafka below it, with their defaults."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from compat.confluent import SECONDS_MAX, admin, consume, create_topic, produce, values
from compat.disk import batches
from confluent_kafka import (
    TIMESTAMP_CREATE_TIME,
    TIMESTAMP_LOG_APPEND_TIME,
    Consumer,
    KafkaError,
    KafkaException,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import (
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    OffsetSpec,
    ResourceType,
)
from confluent_kafka.cimpl import NewPartitions, NewTopic

LINES = [b"record %d" % number for number in range(1_000)]
# Compressing even one of them pays: librdkafka sends a batch as it is that would only grow, and
# when a batch closes is a matter of time.
LONG_LINES = [line * 20 for line in LINES]


def test_a_record_comes_back_as_it_was_sent(bootstrap: str, topic: str) -> None:
    """Key, value, headers, timestamp and offset; absent and empty are not the same."""
    producer = Producer({"bootstrap.servers": bootstrap})
    sent_ms = 1_700_000_000_123
    headers: list[tuple[str, str | bytes | None]]
    headers = [("a", b"1"), ("a", b"2"), ("empty", b""), ("absent", None)]
    producer.produce(topic, key=b"k", value=b"v", headers=headers, timestamp=sent_ms)
    producer.produce(topic, key=None, value=b"")
    producer.produce(topic, key=b"", value=None)
    assert producer.flush(SECONDS_MAX) == 0

    first, second, third = consume(bootstrap, topic, 3)
    assert (first.key(), first.value(), first.headers()) == (b"k", b"v", headers)
    assert first.timestamp() == (TIMESTAMP_CREATE_TIME, sent_ms)
    assert (second.key(), second.value()) == (None, b"")
    assert (third.key(), third.value()) == (b"", None)
    assert [message.offset() for message in (first, second, third)] == [0, 1, 2]


# Without FindCoordinator librdkafka drops lz4 in silence; kafka-python and aiokafka send it.
@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "zstd"])
def test_a_codec_is_kept_on_disk(bootstrap: str, topic: str, data: Path, codec: str) -> None:
    """Every batch on disk is compressed as the client did it, also one of a single record."""
    produce(bootstrap, topic, LONG_LINES[:1], compression_type=codec)
    produce(bootstrap, topic, LONG_LINES[1:], compression_type=codec)
    assert values(consume(bootstrap, topic, len(LONG_LINES))) == LONG_LINES
    written = batches(data, topic)
    assert written[0].record_count == 1
    assert {batch.codec for batch in written} == {codec}


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd", "uncompressed"])
def test_the_topic_may_ask_for_a_codec(
    bootstrap: str, new_topic: Callable[..., str], data: Path, codec: str
) -> None:
    """compression.type of the topic wins over that of the producer."""
    topic = new_topic(compression_type=codec)
    produce(bootstrap, topic, LINES, compression_type="none" if codec == "gzip" else "gzip")
    assert values(consume(bootstrap, topic, len(LINES))) == LINES
    expected = "none" if codec == "uncompressed" else codec
    assert {batch.codec for batch in batches(data, topic)} == {expected}


@pytest.mark.parametrize("acks", ["all", "1", "0"])
def test_every_level_of_acknowledgement(bootstrap: str, topic: str, acks: str) -> None:
    """What acks says decides what is waited for, not what is written."""
    produce(bootstrap, topic, LINES, acks=acks)
    assert values(consume(bootstrap, topic, len(LINES))) == LINES


def test_an_idempotent_producer_has_an_id_and_sequences(
    bootstrap: str, topic: str, data: Path
) -> None:
    """Each batch carries the producer id and continues the sequence of the one before."""
    produce(bootstrap, topic, LINES, enable_idempotence=True, batch_num_messages=100)
    written = batches(data, topic)
    assert len({batch.producer_id for batch in written}) == 1
    assert written[0].producer_id >= 0
    sequence = 0
    for batch in written:
        assert batch.base_sequence == sequence
        sequence += batch.record_count


def test_a_transaction_is_refused_until_there_are_transactions(bootstrap: str) -> None:
    """init_transactions ends with an error in time; it does not hang and does not pretend."""
    producer = Producer({"bootstrap.servers": bootstrap, "transactional.id": "t"})
    try:
        producer.init_transactions(3.0)
    except KafkaException:
        return
    # A broker with a coordinator, as Apache Kafka: then it has to work to the end.
    producer.begin_transaction()
    producer.abort_transaction(SECONDS_MAX)


def test_log_append_time(bootstrap: str, new_topic: Callable[..., str], data: Path) -> None:
    """The broker's clock goes into the batch and into the record that comes back."""
    topic = new_topic(message_timestamp_type="LogAppendTime")
    before_ms = int(time.time() * 1000) - 1
    produce(bootstrap, topic, [b"x"])
    kind, when_ms = consume(bootstrap, topic, 1)[0].timestamp()
    assert kind == TIMESTAMP_LOG_APPEND_TIME
    assert before_ms <= when_ms <= int(time.time() * 1000) + 1
    assert batches(data, topic)[0].log_append_time


def test_offsets_by_time(bootstrap: str, topic: str) -> None:
    """The offset of a time is that of the first record that is not older."""
    producer = Producer({"bootstrap.servers": bootstrap})
    for number in range(100):
        producer.produce(topic, value=b"%d" % number, timestamp=1_000_000 + 10 * number)
    assert producer.flush(SECONDS_MAX) == 0
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "none"})

    def offset_at(timestamp_ms: int) -> int:
        query = [TopicPartition(topic, 0, timestamp_ms)]
        return int(consumer.offsets_for_times(query, timeout=SECONDS_MAX)[0].offset)

    assert offset_at(0) == 0
    assert offset_at(1_000_500) == 50
    assert offset_at(1_000_501) == 51
    assert offset_at(1_000_990) == 99
    assert offset_at(2_000_000) == -1
    watermarks = consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=SECONDS_MAX)
    assert watermarks == (0, 100)
    consumer.close()


def test_offsets_by_specification(bootstrap: str, topic: str) -> None:
    """Earliest, latest and the greatest timestamp."""
    producer = Producer({"bootstrap.servers": bootstrap})
    for timestamp_ms in (1000, 3000, 2000):
        producer.produce(topic, value=b"x", timestamp=timestamp_ms)
    assert producer.flush(SECONDS_MAX) == 0
    client, partition = admin(bootstrap), TopicPartition(topic, 0)

    def offset_of(specification: OffsetSpec) -> int:
        futures = client.list_offsets({partition: specification})
        return int(futures[partition].result(SECONDS_MAX).offset)

    assert offset_of(OffsetSpec.earliest()) == 0
    assert offset_of(OffsetSpec.latest()) == 3
    assert offset_of(OffsetSpec.max_timestamp()) == 1


def test_reading_from_the_middle_and_beyond_the_end(bootstrap: str, topic: str) -> None:
    """An offset within the log is met exactly; one beyond it is out of range."""
    produce(bootstrap, topic, LINES)
    assert values(consume(bootstrap, topic, 10, offset=777)) == LINES[777:787]
    with pytest.raises(KafkaException) as caught:
        consume(bootstrap, topic, 1, offset=5_000, auto_offset_reset="error")
    # librdkafka names its own failed reset, and in it the broker's answer.
    assert "out of range" in str(caught.value).lower()


def test_deleting_records_moves_the_start(bootstrap: str, topic: str) -> None:
    """What lies before the new start offset is gone."""
    produce(bootstrap, topic, LINES)
    partition = TopicPartition(topic, 0, 600)
    client = admin(bootstrap)
    futures = client.delete_records([partition])
    assert futures[partition].result(SECONDS_MAX).low_watermark == 600
    assert consume(bootstrap, topic, 1)[0].offset() == 600


def test_a_topic_s_life(bootstrap: str, name: str) -> None:
    """Create, describe, grow, delete."""
    create_topic(bootstrap, name, partitions=3)
    client = admin(bootstrap)
    client.create_partitions([NewPartitions(name, 5)])[name].result(SECONDS_MAX)
    deadline = time.monotonic() + SECONDS_MAX
    while len(client.list_topics(name, timeout=SECONDS_MAX).topics[name].partitions) < 5:
        assert time.monotonic() < deadline
    partition = client.list_topics(name, timeout=SECONDS_MAX).topics[name].partitions[4]
    assert partition.replicas == partition.isrs == [partition.leader]

    client.delete_topics([name])[name].result(SECONDS_MAX)
    while name in client.list_topics(timeout=SECONDS_MAX).topics:
        assert time.monotonic() < deadline


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (NewTopic("no spaces", num_partitions=1), KafkaError.TOPIC_EXCEPTION),
        (NewTopic("x" * 250, num_partitions=1), KafkaError.TOPIC_EXCEPTION),
        (NewTopic("zero", num_partitions=0), KafkaError.INVALID_PARTITIONS),
        (
            NewTopic("many", num_partitions=1, replication_factor=5),
            KafkaError.INVALID_REPLICATION_FACTOR,
        ),
        (
            NewTopic("config", num_partitions=1, config={"retention.ms": "soon"}),
            KafkaError.INVALID_CONFIG,
        ),
        (
            NewTopic("config", num_partitions=1, config={"no.such.config": "1"}),
            KafkaError.INVALID_CONFIG,
        ),
    ],
    ids=["name", "long name", "partitions", "replication factor", "config value", "config name"],
)
def test_what_cannot_be_created(bootstrap: str, request_: NewTopic, code: int) -> None:
    """Each mistake has Kafka's error, and leaves nothing behind."""
    client = admin(bootstrap)
    with pytest.raises(KafkaException) as caught:
        client.create_topics([request_])[request_.topic].result(SECONDS_MAX)
    assert caught.value.args[0].code() == code
    assert request_.topic not in client.list_topics(timeout=SECONDS_MAX).topics


def test_names_that_collide(bootstrap: str, name: str) -> None:
    """`a.b` and `a_b` would share a metric's name; the second is refused, as is the same name."""
    dotted = name.replace("-", ".")
    create_topic(bootstrap, dotted)
    for again, code in (
        (dotted, KafkaError.TOPIC_ALREADY_EXISTS),
        (dotted.replace(".", "_"), KafkaError.TOPIC_EXCEPTION),
    ):
        with pytest.raises(KafkaException) as caught:
            create_topic(bootstrap, again)
        assert caught.value.args[0].code() == code


def test_configs_are_described_and_altered(bootstrap: str, topic: str) -> None:
    """A topic's config has its source; set, it becomes the topic's own; deleted, the default."""
    client = admin(bootstrap)

    def retention() -> ConfigEntry:
        resource = ConfigResource(ResourceType.TOPIC, topic)
        entries: dict[str, ConfigEntry]
        entries = client.describe_configs([resource])[resource].result(SECONDS_MAX)
        return entries["retention.ms"]

    def alter(operation: AlterConfigOpType, value: str | None) -> None:
        entry = ConfigEntry("retention.ms", value, incremental_operation=operation)
        resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
        client.incremental_alter_configs([resource])[resource].result(SECONDS_MAX)

    def wait_for(value: str, *, is_default: bool) -> None:
        deadline = time.monotonic() + SECONDS_MAX
        while (retention().value, retention().is_default) != (value, is_default):
            assert time.monotonic() < deadline, retention()

    wait_for("604800000", is_default=True)
    alter(AlterConfigOpType.SET, "60000")
    wait_for("60000", is_default=False)
    alter(AlterConfigOpType.DELETE, None)
    wait_for("604800000", is_default=True)


def test_the_broker_s_configs(bootstrap: str) -> None:
    """A broker describes its own configs under Kafka's names."""
    client = admin(bootstrap)
    broker = next(iter(client.list_topics(timeout=SECONDS_MAX).brokers))
    resource = ConfigResource(ResourceType.BROKER, str(broker))
    configs = client.describe_configs([resource])[resource].result(SECONDS_MAX)
    assert configs["num.partitions"].value == "1"
    assert configs["log.segment.bytes"].value == "1073741824"
    assert configs["node.id"].is_read_only


def test_the_cluster(bootstrap: str) -> None:
    """One node, which is the controller."""
    client = admin(bootstrap)
    cluster = client.describe_cluster().result(SECONDS_MAX)
    assert [node.id for node in cluster.nodes] == [cluster.controller.id]
    assert len(cluster.cluster_id) == 22


def test_a_topic_appears_when_it_is_written_to(bootstrap: str, name: str) -> None:
    """auto.create.topics.enable is on, as in Kafka."""
    produce(bootstrap, name, LINES[:10])
    assert values(consume(bootstrap, name, 10)) == LINES[:10]


def test_too_large_a_record_is_refused(bootstrap: str, new_topic: Callable[..., str]) -> None:
    """max.message.bytes holds for what the client thinks is small enough."""
    topic = new_topic(max_message_bytes="1000")
    with pytest.raises(KafkaException) as caught:
        produce(bootstrap, topic, [b"x" * 5_000])
    assert caught.value.args[0].code() == KafkaError.MSG_SIZE_TOO_LARGE


def test_a_large_record_passes(bootstrap: str, new_topic: Callable[..., str]) -> None:
    """One record that is larger than a fetch's limit still comes back."""
    topic = new_topic(max_message_bytes="10000000")
    big = bytes(range(256)) * 20_000
    produce(bootstrap, topic, [big, b"small"], message_max_bytes=10_000_000)
    got = consume(bootstrap, topic, 2, fetch_message_max_bytes=100_000)
    assert values(got) == [big, b"small"]


def test_waiting_at_the_end_for_a_record(bootstrap: str, topic: str) -> None:
    """A consumer at the end of a partition gets a record soon after it was written."""
    # Committing has nowhere to go without a coordinator, and close() would wait 45 s for one.
    settings = {"bootstrap.servers": bootstrap, "group.id": "none", "enable.auto.commit": False}
    consumer = Consumer(settings)
    consumer.assign([TopicPartition(topic, 0, 0)])
    assert consumer.poll(1.0) is None
    produce(bootstrap, topic, [b"news"])
    message = consumer.poll(SECONDS_MAX)
    assert message is not None
    assert message.value() == b"news"
    consumer.close()
