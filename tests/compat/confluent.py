"""Short forms of what the tests do with confluent-kafka, always with the client's defaults."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

SECONDS_MAX = 30.0

# A client that loses its server says so on stderr; in a test of crashes that is noise.
QUIET = logging.getLogger("penstock.compat.client")
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False


def admin(bootstrap: str) -> AdminClient:
    """Return an administrator's client."""
    return AdminClient({"bootstrap.servers": bootstrap}, logger=QUIET)


def create_topic(
    bootstrap: str, name: str, *, partitions: int = 1, configs: dict[str, str] | None = None
) -> None:
    """Create a topic and wait until clients see it."""
    client = admin(bootstrap)
    names = {key.replace("_", "."): value for key, value in (configs or {}).items()}
    request = NewTopic(name, num_partitions=partitions, replication_factor=1, config=names)
    client.create_topics([request])[name].result(SECONDS_MAX)
    deadline = time.monotonic() + SECONDS_MAX
    while len(client.list_topics(name, timeout=SECONDS_MAX).topics[name].partitions) < partitions:
        assert time.monotonic() < deadline, f"{name} does not appear in the metadata"


def produce(
    bootstrap: str, topic: str, values: Iterable[bytes | None], **configs: object
) -> list[Message]:
    """Send values and return their acknowledgements; the keys are their numbers."""
    named = {key.replace("_", "."): value for key, value in configs.items()}
    producer = Producer({"bootstrap.servers": bootstrap, **named}, logger=QUIET)
    acknowledged: list[Message] = []
    refused: list[KafkaError] = []

    def delivered(error: KafkaError | None, message: Message) -> None:
        if error is not None:
            refused.append(error)
        else:
            acknowledged.append(message)

    for number, value in enumerate(values):
        key = str(number).encode()
        producer.produce(topic, key=key, value=value, on_delivery=delivered)
    left = producer.flush(SECONDS_MAX)
    if refused:
        raise KafkaException(refused[0])
    assert left == 0, f"{left} records are not acknowledged"
    return acknowledged


def consume(
    bootstrap: str,
    topic: str,
    count: int,
    *,
    partition: int = 0,
    offset: int = OFFSET_BEGINNING,
    **configs: object,
) -> list[Message]:
    """Read records of a partition: without a group, for there is no coordinator yet."""
    named = {key.replace("_", "."): value for key, value in configs.items()}
    settings = {"bootstrap.servers": bootstrap, "group.id": "none", "enable.auto.commit": False}
    consumer = Consumer({**settings, **named}, logger=QUIET)
    consumer.assign([TopicPartition(topic, partition, offset)])
    records: list[Message] = []
    deadline = time.monotonic() + SECONDS_MAX
    try:
        while len(records) < count:
            assert time.monotonic() < deadline, f"{len(records)} of {count} records came back"
            for message in consumer.consume(count - len(records), timeout=0.2):
                error = message.error()
                if error is not None:
                    raise KafkaException(error)
                records.append(message)
    finally:
        consumer.close()
    return records


def values(messages: Iterable[Message]) -> list[bytes | None]:
    """Return the values of messages."""
    return [message.value() for message in messages]
