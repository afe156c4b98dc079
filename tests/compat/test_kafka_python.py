"""kafka-python with its defaults."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from compat.disk import batches
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, OffsetSpec, TopicPartition
from kafka.admin import ConfigResource
from kafka.errors import KafkaError, TopicAlreadyExistsError

SECONDS_MAX = 30.0
# Long enough that compressing even one of them pays: these clients leave a batch alone otherwise.
LINES = [b"record %d, " % number * 20 for number in range(500)]


@pytest.fixture
def admin(bootstrap: str) -> Iterator[KafkaAdminClient]:
    """An administrator's client."""
    client = KafkaAdminClient(bootstrap_servers=bootstrap)
    yield client
    client.close()


def produce(bootstrap: str, topic: str, **configs: object) -> list[int]:
    """Send the lines and return their offsets."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, **configs)
    try:
        futures = [producer.send(topic, value=line, key=line[-1:]) for line in LINES]
        producer.flush(SECONDS_MAX)
        return [future.get(SECONDS_MAX).offset for future in futures]
    finally:
        producer.close()


def consume(bootstrap: str, topic: str, count: int, offset: int = 0) -> list[bytes]:
    """Read values from an offset on, without a group."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap)
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    consumer.seek(partition, offset)
    values: list[bytes] = []
    deadline = time.monotonic() + SECONDS_MAX
    try:
        while len(values) < count:
            assert time.monotonic() < deadline, f"{len(values)} of {count} records came back"
            for records in consumer.poll(timeout_ms=200).values():
                values += [record.value for record in records]
    finally:
        consumer.close()
    return values[:count]


@pytest.mark.parametrize("codec", [None, "gzip", "snappy", "lz4", "zstd"])
def test_a_codec_is_kept_on_disk(bootstrap: str, topic: str, data: Path, codec: str | None) -> None:
    """The batch on disk is compressed as the client did it."""
    assert produce(bootstrap, topic, compression_type=codec) == list(range(len(LINES)))
    assert consume(bootstrap, topic, len(LINES)) == LINES
    assert {batch.codec for batch in batches(data, topic)} == {codec or "none"}


@pytest.mark.parametrize("acks", ["all", 1])
def test_acknowledgements_name_offsets(bootstrap: str, topic: str, acks: object) -> None:
    """Offsets rise by one, whatever acks says."""
    assert produce(bootstrap, topic, acks=acks, enable_idempotence=False) == list(range(len(LINES)))


def test_no_acknowledgement(bootstrap: str, topic: str) -> None:
    """acks=0 writes and names no offset."""
    produce(bootstrap, topic, acks=0, enable_idempotence=False)
    assert consume(bootstrap, topic, len(LINES)) == LINES


def test_the_describe_calls(
    admin: KafkaAdminClient, bootstrap: str, new_topic: Callable[..., str]
) -> None:
    """Topic, cluster, quorum, features, log directories and producers of a written topic."""
    topic = new_topic(partitions=2)
    producer = KafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True)
    sent = producer.send(topic, value=b"x", partition=1)
    assert sent.get(SECONDS_MAX).offset == 0

    described = admin.describe_topics([topic])[0]
    assert sorted(part["partition_index"] for part in described["partitions"]) == [0, 1]
    paged = admin.describe_topic_partitions([topic])
    assert topic in str(paged)
    assert len(admin.describe_cluster()["brokers"]) == 1
    features = admin.describe_features()
    assert features["kraft.version"]["finalized"] == (1, 1)
    assert features["metadata.version"]["finalized"] == (30, 30)
    assert "__cluster_metadata" in str(admin.describe_metadata_quorum())
    assert topic in str(admin.describe_log_dirs([topic]))
    states = admin.describe_producers([TopicPartition(topic, 1)])
    assert "producer_id" in str(states)
    assert topic in str(admin.list_config_resources(["TOPIC"]))
    producer.close()


def test_offsets_by_specification(admin: KafkaAdminClient, bootstrap: str, topic: str) -> None:
    """Earliest and latest of a partition."""
    produce(bootstrap, topic)
    partition = TopicPartition(topic, 0)
    for specification, offset in ((OffsetSpec.EARLIEST, 0), (OffsetSpec.LATEST, len(LINES))):
        found = admin.list_partition_offsets({partition: specification})
        assert found[partition].offset == offset


def test_deleting_records_moves_the_start(
    admin: KafkaAdminClient, bootstrap: str, topic: str
) -> None:
    """What lies before the new start offset is gone."""
    produce(bootstrap, topic)
    partition = TopicPartition(topic, 0)
    admin.delete_records({partition: 123})
    assert admin.list_partition_offsets({partition: OffsetSpec.EARLIEST})[partition].offset == 123
    assert consume(bootstrap, topic, 1, offset=123) == [LINES[123]]


def test_a_topic_s_life(admin: KafkaAdminClient, name: str) -> None:
    """Create, refuse a second one, grow, configure, delete."""
    admin.create_topics({name: {"num_partitions": 1, "configs": {"retention.ms": "1000"}}})
    with pytest.raises(TopicAlreadyExistsError):
        admin.create_topics([name])
    admin.create_partitions({name: 3})
    deadline = time.monotonic() + SECONDS_MAX
    while len(admin.describe_topics([name])[0]["partitions"]) < 3:
        assert time.monotonic() < deadline
    resource = ConfigResource("TOPIC", name, {"retention.ms": "2000"})
    admin.alter_configs([resource])
    while "2000" not in str(admin.describe_configs([ConfigResource("TOPIC", name)])):
        assert time.monotonic() < deadline
    admin.delete_topics([name])
    while name in admin.list_topics():
        assert time.monotonic() < deadline


def test_a_mistake_has_a_name(admin: KafkaAdminClient, name: str) -> None:
    """An invalid config is refused as such."""
    with pytest.raises(KafkaError) as caught:
        admin.create_topics({name: {"num_partitions": 1, "configs": {"cleanup.policy": "burn"}}})
    assert "InvalidConfig" in repr(caught.value)
