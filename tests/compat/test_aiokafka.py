"""aiokafka with its defaults."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from compat.disk import batches

SECONDS_MAX = 30.0
# Long enough that compressing even one of them pays: these clients leave a batch alone otherwise.
LINES = [b"record %d, " % number * 20 for number in range(500)]


def run(story: Coroutine[Any, Any, None]) -> None:
    """Run a story to its end, in time."""
    asyncio.run(asyncio.wait_for(story, SECONDS_MAX))


async def produce(bootstrap: str, topic: str, **configs: object) -> list[int]:
    """Send the lines and return their offsets."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, **configs) as producer:
        sent = [await producer.send(topic, value=line) for line in LINES]
        return [(await future).offset for future in sent]


async def consume(bootstrap: str, topic: str, count: int) -> list[bytes]:
    """Read the first values of a partition, without a group."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await consumer.start()
    try:
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        return [(await consumer.getone()).value for _ in range(count)]
    finally:
        await consumer.stop()


@pytest.mark.parametrize("codec", [None, "gzip", "snappy", "lz4", "zstd"])
def test_a_codec_is_kept_on_disk(bootstrap: str, topic: str, data: Path, codec: str | None) -> None:
    """The batch on disk is compressed as the client did it."""

    async def story() -> None:
        offsets = await produce(bootstrap, topic, compression_type=codec)
        assert offsets == list(range(len(LINES)))
        assert await consume(bootstrap, topic, len(LINES)) == LINES

    run(story())
    assert {batch.codec for batch in batches(data, topic)} == {codec or "none"}


def test_an_idempotent_producer(bootstrap: str, topic: str, data: Path) -> None:
    """Its batches carry a producer id."""

    async def story() -> None:
        await produce(bootstrap, topic, enable_idempotence=True)
        assert await consume(bootstrap, topic, len(LINES)) == LINES

    run(story())
    assert all(batch.producer_id >= 0 for batch in batches(data, topic))


def test_offsets(bootstrap: str, topic: str) -> None:
    """Beginning, end, and by time."""

    async def story() -> None:
        await produce(bootstrap, topic)
        consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
        await consumer.start()
        try:
            partition = TopicPartition(topic, 0)
            assert await consumer.beginning_offsets([partition]) == {partition: 0}
            assert await consumer.end_offsets([partition]) == {partition: len(LINES)}
            found = await consumer.offsets_for_times({partition: 0})
            assert found[partition].offset == 0
        finally:
            await consumer.stop()

    run(story())


def test_a_topic_s_life(bootstrap: str, name: str) -> None:
    """Create, grow, configure, delete records, delete."""

    async def story() -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
        await admin.start()
        try:
            await admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
            await until(lambda: _exists(admin, name))
            await admin.create_partitions({name: NewPartitions(2)})
            await until(lambda: _has_partitions(admin, name, 2))
            await produce(bootstrap, name)
            partition = TopicPartition(name, 0)
            deleted = await admin.delete_records({partition: RecordsToDelete(before_offset=0)})
            assert deleted == {partition: 0}
            resource = ConfigResource(
                ConfigResourceType.TOPIC, name, configs={"retention.ms": "12345"}
            )
            await admin.alter_configs([resource])
            await until(lambda: _is_described(admin, name, "12345"))
            await admin.delete_topics([name])
        finally:
            await admin.close()

    run(story())


async def until(holds: Callable[[], Coroutine[Any, Any, bool]]) -> None:
    """Wait until something holds; the story has the time limit."""
    while not await holds():
        await asyncio.sleep(0.01)


async def _exists(admin: AIOKafkaAdminClient, topic: str) -> bool:
    return topic in await admin.list_topics()


async def _has_partitions(admin: AIOKafkaAdminClient, topic: str, count: int) -> bool:
    return len((await admin.describe_topics([topic]))[0]["partitions"]) == count


async def _is_described(admin: AIOKafkaAdminClient, topic: str, value: str) -> bool:
    resource = ConfigResource(ConfigResourceType.TOPIC, topic)
    return value in str(await admin.describe_configs([resource]))
