"""Sending to a broker: one call for each record, many records in a call, one after the other."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from typing import Any

from meter import TOPIC, Meter, Options, contender, value_of

# --- produce: one call for each record; all delivered in the end ---


def _confluent_producer(options: Options) -> Any:
    from confluent_kafka import Producer

    return Producer(
        {
            "bootstrap.servers": options["servers"],
            "enable.idempotence": True,
            "queue.buffering.max.messages": 1_000_000,
        }
    )


@contender("produce", "penstock")
def _(options: Options) -> Options:
    import penstock

    value = value_of(options)
    with penstock.connect(options["servers"]) as cluster:
        topic = cluster.topic(TOPIC)
        topic.send(value).result()
        send = topic.send
        meter = Meter()
        for _ in range(options["records"]):
            send(value)
        cluster.flush()
        return meter(options["records"])


@contender("produce", "confluent-kafka")
def _(options: Options) -> Options:
    producer = _confluent_producer(options)
    value = value_of(options)
    producer.produce(TOPIC, value)
    producer.flush()
    produce, poll = producer.produce, producer.poll
    meter = Meter()
    for i in range(options["records"]):
        while True:
            try:
                produce(TOPIC, value)
                break
            except BufferError:
                poll(0.01)
        if i % 1000 == 0:
            poll(0)
    producer.flush()
    return meter(options["records"])


@contender("produce", "kafka-python")
def _(options: Options) -> Options:
    from kafka import KafkaProducer

    producer = KafkaProducer(bootstrap_servers=options["servers"], linger_ms=5)
    value = value_of(options)
    producer.send(TOPIC, value).get(30)
    records = options["records"] // 10  # it is that much slower
    meter = Meter()
    for _ in range(records):
        producer.send(TOPIC, value)
    producer.flush()
    return meter(records)


@contender("produce", "aiokafka")
def _(options: Options) -> Options:
    from aiokafka import AIOKafkaProducer

    async def run() -> Options:
        producer = AIOKafkaProducer(
            bootstrap_servers=options["servers"], enable_idempotence=True, linger_ms=5
        )
        await producer.start()
        value = value_of(options)
        await producer.send_and_wait(TOPIC, value)
        records = options["records"] // 10
        meter = Meter()
        for _ in range(records):
            await producer.send(TOPIC, value)
        await producer.flush()
        taken = meter(records)
        await producer.stop()
        return taken

    return asyncio.run(run())


# --- produce-many: lists of records in one call ---


@contender("produce-many", "penstock")
def _(options: Options) -> Options:
    import penstock

    values = [value_of(options)] * 10_000
    with penstock.connect(options["servers"]) as cluster:
        topic = cluster.topic(TOPIC)
        topic.send_many(values[:1]).result()
        meter = Meter()
        futures = [topic.send_many(values) for _ in range(options["records"] // len(values))]
        for future in futures:
            future.result()
        return meter(len(futures) * len(values))


@contender("produce-many", "confluent-kafka produce_batch")
def _(options: Options) -> Options:
    producer = _confluent_producer(options)
    value = value_of(options)
    producer.produce(TOPIC, value)
    producer.flush()
    calls = options["records"] // 10_000
    meter = Meter()
    for _ in range(calls):
        left = [{"value": value} for _ in range(10_000)]
        while left:
            producer.produce_batch(TOPIC, left)
            left = [{"value": value} for message in left if message.get("_error") is not None]
            producer.poll(0.01 if left else 0)
    producer.flush()
    return meter(calls * 10_000)


# --- latency: one record, then its answer, then the next ---


def _latencies(send_one: Callable[[], Any], options: Options) -> Options:
    for _ in range(50):
        send_one()
    meter = Meter()
    latencies = []
    for _ in range(options["records"]):
        begin = time.perf_counter()
        send_one()
        latencies.append(time.perf_counter() - begin)
    latencies.sort()
    return meter(
        len(latencies),
        p50_us=statistics.median(latencies) * 1e6,
        p99_us=latencies[int(len(latencies) * 0.99)] * 1e6,
    )


@contender("latency", "penstock")
def _(options: Options) -> Options:
    import penstock

    value = value_of(options)
    with penstock.connect(options["servers"]) as cluster:
        topic = cluster.topic(TOPIC)
        return _latencies(lambda: topic.send(value).result(), options)


@contender("latency", "confluent-kafka")
def _(options: Options) -> Options:
    producer = _confluent_producer(options)
    value = value_of(options)

    def send_one() -> None:
        producer.produce(TOPIC, value)
        producer.flush()

    return _latencies(send_one, options)


@contender("latency", "confluent-kafka, linger.ms=0")
def _(options: Options) -> Options:
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": options["servers"], "linger.ms": 0, "acks": "all"})
    value = value_of(options)

    def send_one() -> None:
        producer.produce(TOPIC, value)
        producer.flush()

    return _latencies(send_one, options)
