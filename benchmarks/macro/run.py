"""Compares penstock with Apache Kafka, or its two durability modes, in interleaved rounds.

    run.py SCENARIO [--rounds N] [--records N] [--directory DIR]

Needs root (control groups), and `make setup-java` where Kafka takes part. Prints a table and
appends one line of JSON per round to results.jsonl in the directory.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from brokers import MEMORY_BYTES_MAX, ROOT, ApacheKafka, Broker, Penstock
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

WARM_UP_ROUNDS_MAX = 3
_LIBRDKAFKA = [sys.executable, str(Path(__file__).with_name("load.py"))]


def _raw(*options: str) -> list[str]:
    program = ROOT / "build/release/benchmarks/macro/penstock_produce_load"
    return [str(program), "--partitions=4", *options]


@dataclass(frozen=True)
class Scenario:
    """The load of a comparison, and the brokers that take part."""

    brokers: dict[str, tuple[type[Broker], dict[str, str]]]
    records: int
    load: list[str]  # its command line, without the address, the topic and what Scenario has
    processes: int = 1
    partitions: int = 4
    size: int = 1_000


_MODES: dict[str, tuple[type[Broker], dict[str, str]]] = {
    "penstock, disk": (Penstock, {}),
    "penstock, cache": (Penstock, {"log.ack.durability": "cache"}),
}

SCENARIOS = {
    # Kafka's default durability on both sides.
    "relaxed": Scenario(
        brokers={
            "penstock, cache": (Penstock, {"log.ack.durability": "cache"}),
            "Apache Kafka, cache": (ApacheKafka, {}),
        },
        records=2_000_000,
        load=_LIBRDKAFKA,
        processes=2,
    ),
    # Durable on both sides: one sync covers one acknowledgement, or many.
    "one-per-request": Scenario(
        brokers={
            "penstock, disk": (Penstock, {}),
            "Apache Kafka, flush": (ApacheKafka, {"log.flush.interval.messages": "1"}),
        },
        records=300_000,
        load=_raw("--connections=64"),
    ),
    # What durability costs us, with 64 producers of a real client, and without a client's costs.
    "modes": Scenario(
        brokers=_MODES, records=2_000_000, load=[*_LIBRDKAFKA, "--producers=32"], processes=2
    ),
    "modes-raw": Scenario(
        brokers=_MODES,
        records=2_000_000,
        load=_raw("--connections=64", "--records-per-request=16", "--depth=5"),
    ),
}


@dataclass(frozen=True)
class Round:
    """What one round of one broker cost."""

    scenario: str
    broker: str
    records: int
    seconds: float
    broker_cpu_seconds: float
    resident_bytes: int
    load_before: float

    @property
    def records_per_second(self) -> float:
        """Throughput by the clock on the wall."""
        return self.records / self.seconds

    @property
    def cpu_seconds_per_million(self) -> float:
        """The stable figure: what the broker's processor does for a million records."""
        return self.broker_cpu_seconds / self.records * 1e6


def measure(name: str, scenario: Scenario, label: str, broker: Broker, topic: str) -> Round:
    """Run one round against a warm broker and count what arrived."""
    load_before = os.getloadavg()[0]
    create_topic(broker.bootstrap, topic, scenario.partitions)
    cpu_before = broker.cgroup.cpu_seconds()
    command = [*scenario.load, broker.bootstrap, topic, f"--size={scenario.size}"]
    command += [f"--records={scenario.records // scenario.processes}"]
    loads = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        for _ in range(scenario.processes)
    ]
    answers = [json.loads(load.communicate()[0]) for load in loads]
    cpu_seconds = broker.cgroup.cpu_seconds() - cpu_before
    errors = [answer["errors"] for answer in answers if answer["errors"]]
    if errors:
        raise RuntimeError(f"{label}: {errors}")
    records = sum(answer["records"] for answer in answers)
    arrived = count_records(broker.bootstrap, topic, scenario.partitions)
    if arrived != records + scenario.partitions:
        raise RuntimeError(f"{label}: {records} acknowledged, {arrived} in the topic")
    seconds = max(answer["end"] for answer in answers) - min(answer["begin"] for answer in answers)
    resident = broker.resident_bytes()
    return Round(name, label, records, seconds, cpu_seconds, resident, load_before)


def create_topic(bootstrap: str, topic: str, partitions: int) -> None:
    """Create the topic of a round, and put a record into each of its partitions.

    A client that retries must have been there before one that does not: a broker may show a
    partition before it leads it.
    """
    admin = AdminClient({"bootstrap.servers": bootstrap})
    admin.create_topics([NewTopic(topic, num_partitions=partitions)])[topic].result(30)
    first = Producer({"bootstrap.servers": bootstrap})
    for partition in range(partitions):
        first.produce(topic, b"first", partition=partition)
    if first.flush(30) > 0:
        raise RuntimeError(f"{topic}: its partitions cannot be written to")


def count_records(bootstrap: str, topic: str, partitions: int) -> int:
    """Return how many records the topic holds, by its offsets."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "none"})
    total = 0
    for partition in range(partitions):
        place = TopicPartition(topic, partition)
        low, high = consumer.get_watermark_offsets(place, timeout=30)
        total += high - low
    consumer.close()
    return total


def interleave(name: str, scenario: Scenario, directory: Path, rounds: int) -> Iterator[Round]:
    """Run A, B, A, B ...; the first rounds of each warm it up and do not count.

    A broker is warm when it has written its memory limit once: from then on its page cache takes
    pages that the machine has touched before.
    """
    warm_up = max(1, math.ceil(MEMORY_BYTES_MAX / (scenario.records * scenario.size)))
    warm_up = min(warm_up, WARM_UP_ROUNDS_MAX)
    running: dict[str, Broker] = {}
    try:
        for number, (label, (kind, configs)) in enumerate(scenario.brokers.items()):
            data = directory / f"{name}-{number}"
            shutil.rmtree(data, ignore_errors=True)
            running[label] = kind(f"{name}-{number}", data, configs=configs).start()
        for number in range(rounds + warm_up):
            for label, broker in running.items():
                result = measure(name, scenario, label, broker, f"round-{number}")
                if number >= warm_up:
                    yield result
    finally:
        for broker in running.values():
            broker.end()
            broker.cgroup.remove()
            shutil.rmtree(broker.directory, ignore_errors=True)


def compare(name: str, scenario: Scenario, directory: Path, rounds: int) -> None:
    """Run a scenario, keep each round and print the medians."""
    results: list[Round] = []
    with (directory / "results.jsonl").open("a") as file:
        for result in interleave(name, scenario, directory, rounds):
            results.append(result)
            file.write(json.dumps({**asdict(result), "machine": machine()}) + "\n")
    print(
        f"{name}: {scenario.records:,} records of {scenario.size} bytes, {rounds} rounds, medians"
    )
    print(f"{'':22}{'records/s':>12}{'(min .. max)':>24}{'CPU-s/M':>10}{'RSS MB':>9}")
    for label in scenario.brokers:
        own = [result for result in results if result.broker == label]
        rates = [result.records_per_second for result in own]
        cpu = statistics.median(result.cpu_seconds_per_million for result in own)
        resident = max(result.resident_bytes for result in own) / 1e6
        spread = f"({min(rates):,.0f} .. {max(rates):,.0f})"
        print(
            f"{label:22}{statistics.median(rates):>12,.0f}{spread:>24}{cpu:>10.2f}{resident:>9.1f}"
        )


def start(directory: Path, rounds: int) -> None:
    """Measure the time to the first ApiVersions answer, and what an idle broker uses."""
    seconds: dict[str, list[float]] = {"formatting": [], "existing": []}
    for number in range(rounds):
        data = directory / "start"
        shutil.rmtree(data, ignore_errors=True)
        for kind in ("formatting", "existing"):
            broker = Penstock(f"start-{number}", data, configs={}).start(joins_after=True)
            seconds[kind].append(broker.start_seconds)
            if kind == "existing" and number == rounds - 1:
                before = broker.cgroup.cpu_seconds()
                time.sleep(10)
                cpu = broker.cgroup.cpu_seconds() - before
                resident = broker.resident_bytes() / 1e6
                print(f"idle for 10 s: {cpu * 1000:.1f} ms of CPU, {resident:.1f} MB resident")
            broker.end()
            broker.cgroup.remove()
    for kind, measured in seconds.items():
        median = statistics.median(measured) * 1000
        print(f"start, {kind}: {median:.1f} ms (best {min(measured) * 1000:.1f})")


def restart(directory: Path, rounds: int, gigabytes: int = 10) -> None:
    """Measure the time to the first answer after SIGKILL under load, with much retained."""
    data = directory / "restart"
    shutil.rmtree(data, ignore_errors=True)
    records = gigabytes * 1_000_000
    load = _raw("--connections=16", "--records-per-request=256", "--depth=2")
    broker = Penstock("restart", data, configs={}).start()
    create_topic(broker.bootstrap, "kept", 4)
    subprocess.run([*load, broker.bootstrap, "kept", f"--records={records}"], check=True)
    for _ in range(rounds):
        still = subprocess.Popen(
            [*load, broker.bootstrap, "kept", f"--records={records}"], stderr=subprocess.DEVNULL
        )
        time.sleep(0.5)
        broker.end(kill=True)
        still.wait()
        retained = sum(file.stat().st_size for file in data.glob("kept-*/*.log"))
        broker.start(joins_after=True)
        answer = broker.start_seconds
        begin = time.monotonic()
        count_records(broker.bootstrap, "kept", 4)
        ready = answer + time.monotonic() - begin
        print(
            f"restart with {retained / 1e9:.1f} GB: first answer after {answer * 1000:.0f} ms, "
            f"the last of 4 partitions after {ready * 1000:.0f} ms"
        )
    broker.end()
    broker.cgroup.remove()
    shutil.rmtree(data)


def machine() -> str:
    """Describe the machine in a line."""
    return (
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} CPUs, {platform.release()}"
    )


def main() -> int:
    """Run the comparison of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", choices=[*SCENARIOS, "start", "restart"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--records", type=int, help="per round, instead of the scenario's")
    parser.add_argument("--directory", type=Path, default=Path("build/bench"))
    arguments = parser.parse_args()
    directory: Path = arguments.directory.absolute()
    directory.mkdir(parents=True, exist_ok=True)
    if arguments.scenario == "start":
        start(directory, arguments.rounds)
        return 0
    if arguments.scenario == "restart":
        restart(directory, arguments.rounds)
        return 0
    scenario = SCENARIOS[arguments.scenario]
    if arguments.records:
        scenario = replace(scenario, records=arguments.records)
    compare(arguments.scenario, scenario, directory, arguments.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
