"""Reading all that a topic has: as records and as columns."""

from __future__ import annotations

from meter import CONTENDERS, TOPIC, Meter, Options, contender

# --- consume: everything that the topic has, by lists of records ---


@contender("consume", "penstock")
def _(options: Options) -> Options:
    import penstock

    with penstock.Consumer(options["servers"], auto_offset_reset="earliest") as consumer:
        consumer.subscribe([TOPIC])
        records = 0
        meter = Meter()
        while records < options["records"]:
            for record in consumer.consume(1000, 10):
                records += 1
                record.value  # noqa: B018 - what a program reads
        return meter(records)


@contender("consume", "confluent-kafka")
def _(options: Options) -> Options:
    from confluent_kafka import Consumer, TopicPartition

    consumer = Consumer(
        {"bootstrap.servers": options["servers"], "group.id": "b", "enable.auto.commit": False}
    )
    consumer.assign([TopicPartition(TOPIC, p, 0) for p in range(options["partitions"])])
    records = 0
    meter = Meter()
    while records < options["records"]:
        for message in consumer.consume(1000, 10):
            records += 1
            message.value()
    taken = meter(records)
    consumer.close()
    return taken


@contender("consume", "kafka-python")
def _(options: Options) -> Options:
    from kafka import KafkaConsumer, TopicPartition

    consumer = KafkaConsumer(bootstrap_servers=options["servers"], group_id=None)
    partitions = [TopicPartition(TOPIC, p) for p in range(options["partitions"])]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    records = 0
    wanted = options["records"] // 10
    meter = Meter()
    while records < wanted:
        for polled in consumer.poll(10_000, max_records=1000).values():
            records += len(polled)
    taken = meter(records)
    consumer.close()
    return taken


# --- consume-columns: the same as Arrow columns ---


@contender("consume-columns", "penstock")
def _(options: Options) -> Options:
    import penstock
    import pyarrow

    with penstock.connect(options["servers"]) as cluster:
        topic = cluster.topic(TOPIC)
        meter = Meter()
        table = pyarrow.table(topic.read())
        return meter(table.num_rows)


@contender("consume-columns", "confluent-kafka consume")
def _(options: Options) -> Options:
    return CONTENDERS["consume", "confluent-kafka"](options)
