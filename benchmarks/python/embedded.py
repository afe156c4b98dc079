"""In process: a log on the disk and in memory, the start, and a broker that is too slow."""

from __future__ import annotations

import os
import sqlite3
import time

from meter import TOPIC, Meter, Options, contender, value_of

# --- embedded: durable appends of batches, each acknowledged before the next ---


@contender("embedded", "penstock, disk")
def _(options: Options) -> Options:
    import penstock

    values = [value_of(options)] * options["batch"]
    with penstock.open(options["directory"]) as db:
        topic = db.topic(TOPIC, partitions=1)
        topic.send_many(values).result()
        meter = Meter()
        for _ in range(options["records"] // options["batch"]):
            topic.send_many(values).result()
        return meter(options["records"])


@contender("embedded", "sqlite3, WAL, synchronous=FULL")
def _(options: Options) -> Options:
    os.makedirs(options["directory"], exist_ok=True)
    db = sqlite3.connect(os.path.join(options["directory"], "log.db"), isolation_level=None)
    db.execute("pragma journal_mode=wal")
    db.execute("pragma synchronous=full")
    db.execute("create table log (id integer primary key, time integer, value blob)")
    rows = [(1, value_of(options))] * options["batch"]

    def append() -> None:
        db.execute("begin")
        db.executemany("insert into log (time, value) values (?, ?)", rows)
        db.execute("commit")

    append()
    meter = Meter()
    for _ in range(options["records"] // options["batch"]):
        append()
    return meter(options["records"])


# --- embedded-relaxed: send() as fast as it goes, acknowledged from memory ---


@contender("embedded-relaxed", "penstock, cache")
def _(options: Options) -> Options:
    import penstock

    value = value_of(options)
    configs = {"log.ack.durability": "cache"}
    with penstock.open(options["directory"], configs=configs) as db:
        topic = db.topic(TOPIC, partitions=4)
        topic.send(value).result()
        send = topic.send
        meter = Meter()
        for _ in range(options["records"]):
            send(value)
        called = time.perf_counter()
        db.flush()
        taken = meter(options["records"])
        taken["calls_seconds"] = taken["seconds"] - (time.perf_counter() - called)
        return taken


# --- start: import, and open to the first answer ---


@contender("start", "penstock")
def _(options: Options) -> Options:
    begin = time.perf_counter()
    import penstock

    imported = time.perf_counter()
    with penstock.open(":memory:") as db:
        db.topic("first").send(value_of(options)).result()
        acknowledged = time.perf_counter()
    return {
        "records": 1,
        "seconds": acknowledged - begin,
        "cpu_seconds": 0.0,
        "import_ms": (imported - begin) * 1e3,
        "open_to_ack_ms": (acknowledged - imported) * 1e3,
    }


# --- slow-broker: many sends, faster than they are delivered ---


@contender("slow-broker", "penstock")
def _(options: Options) -> Options:
    import penstock

    value = value_of(options)
    sizes = []
    with penstock.connect(options["servers"], config={"client.id": "slow"}) as cluster:
        producer = cluster.producer(delivery_timeout_ms=600_000, max_block_ms=600_000)
        producer.send(TOPIC, value).result()
        meter = Meter()
        for i in range(options["records"]):
            producer.send(TOPIC, value)
            if i % (options["records"] // 10) == 0:
                sizes.append(_resident_mib())
        producer.flush()
        return meter(options["records"], resident_mib=sizes)


def _resident_mib() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
