"""Compares penstock in Python with the clients that people use today, in interleaved rounds.

    compare.py SCENARIO... [--rounds N] [--records N] [--size BYTES] [--directory DIR]

Each contender of a round is a fresh process. The broker of a scenario is one penstockd for all of
them, with log.ack.durability=cache, and gets a new topic each time. Rates are medians of the
rounds; the ratio is to the first contender that is not penstock.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from penstock._penstockd import Penstockd

WORKER = Path(__file__).with_name("worker.py")
PARTITIONS = 4


@dataclass(frozen=True)
class Scenario:
    """What is measured, by whom, and how much of it."""

    contenders: list[str]
    records: int
    broker: bool = True
    fill: bool = False  # the topic has the records before anybody is measured
    slow: bool = False  # the broker works a tenth of the time
    options: dict[str, Any] = field(default_factory=dict)


SCENARIOS = {
    "produce": Scenario(["penstock", "confluent-kafka", "kafka-python", "aiokafka"], 1_000_000),
    "produce-many": Scenario(["penstock", "confluent-kafka produce_batch"], 2_000_000),
    "consume": Scenario(["penstock", "confluent-kafka", "kafka-python"], 1_000_000, fill=True),
    "consume-columns": Scenario(["penstock", "confluent-kafka consume"], 1_000_000, fill=True),
    "latency": Scenario(["penstock", "confluent-kafka", "confluent-kafka, linger.ms=0"], 1_000),
    "embedded": Scenario(
        ["penstock, disk", "sqlite3, WAL, synchronous=FULL"],
        200_000,
        broker=False,
        options={"batch": 1000},
    ),
    "embedded-relaxed": Scenario(["penstock, cache"], 2_000_000, broker=False),
    "start": Scenario(["penstock"], 1, broker=False),
    "slow-broker": Scenario(["penstock"], 10_000_000, slow=True),
}


@contextmanager
def _broker(directory: Path, slow: bool) -> Iterator[str]:
    with Penstockd(
        directory,
        log=directory.with_suffix(".log"),
        options=("-X", "log.ack.durability=cache"),
    ) as server:
        stopped = threading.Event()
        thread = threading.Thread(target=_slow_down, args=(server.pid, stopped))
        if slow:
            thread.start()
        try:
            yield server.bootstrap
        finally:
            stopped.set()
            if slow:
                thread.join()


def _slow_down(pid: int, stopped: threading.Event) -> None:
    while not stopped.is_set():
        os.kill(pid, signal.SIGSTOP)
        time.sleep(0.09)
        os.kill(pid, signal.SIGCONT)
        time.sleep(0.01)


def _work(scenario: str, contender: str, options: dict[str, Any]) -> dict[str, Any]:
    command = [sys.executable, str(WORKER), scenario, contender, json.dumps(options)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{scenario}, {contender}:\n{done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _new_topic(servers: str) -> None:
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient
    from confluent_kafka.cimpl import NewTopic

    admin = AdminClient({"bootstrap.servers": servers})
    with suppress(KafkaException):  # the first round has none
        admin.delete_topics(["bench"])["bench"].result(30)
    admin.create_topics([NewTopic("bench", PARTITIONS, 1)])["bench"].result(30)


def _run(name: str, arguments: argparse.Namespace, directory: Path) -> None:
    scenario = SCENARIOS[name]
    options = {
        "records": arguments.records or scenario.records,
        "size": arguments.size,
        "partitions": PARTITIONS,
        **scenario.options,
    }
    results: dict[str, list[dict[str, Any]]] = {who: [] for who in scenario.contenders}
    if scenario.broker:
        with _broker(directory / name, scenario.slow) as servers:
            options["servers"] = servers
            if scenario.fill:
                _new_topic(servers)
                _work("produce-many", "penstock", options)
            for _ in range(arguments.rounds):
                for who in scenario.contenders:
                    if not scenario.fill:
                        _new_topic(servers)
                    results[who].append(_work(name, who, options))
    else:
        for i in range(arguments.rounds):
            for j, who in enumerate(scenario.contenders):
                place = directory / f"{name}-{i}-{j}"
                results[who].append(_work(name, who, {**options, "directory": str(place)}))
                shutil.rmtree(place, ignore_errors=True)
    _report(name, arguments.size, results)


def _report(name: str, size: int, results: dict[str, list[dict[str, Any]]]) -> None:
    print(f"\n{name}, {size} bytes, medians of {len(next(iter(results.values())))} rounds")
    rates = {
        who: statistics.median(one["records"] / one["seconds"] for one in taken)
        for who, taken in results.items()
    }
    others = [rate for who, rate in rates.items() if not who.startswith("penstock")]
    for who, taken in results.items():
        cpu = statistics.median(one["cpu_seconds"] / one["records"] * 1e6 for one in taken)
        line = f"  {who:32} {rates[who]:12,.0f} records/s  {cpu:8.2f} client CPU-s per million"
        if others:
            line += f"  {rates[who] / others[0]:6.2f} x"
        for key in sorted(set(taken[0]) - {"records", "seconds", "cpu_seconds"}):
            if isinstance(taken[0][key], float):
                line += f"  {key} {statistics.median(one[key] for one in taken):.1f}"
            else:
                line += f"  {key} {taken[-1][key]}"
        print(line, flush=True)


def main() -> None:
    """Run the scenarios that are named."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("scenarios", nargs="+", choices=[*SCENARIOS, "all"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--records", type=int, default=0, help="instead of the scenario's own")
    parser.add_argument("--size", type=int, default=100, help="bytes of a value")
    parser.add_argument("--directory", type=Path, help="where data goes; a temporary one")
    arguments = parser.parse_args()
    names = list(SCENARIOS) if "all" in arguments.scenarios else arguments.scenarios
    with tempfile.TemporaryDirectory(dir=arguments.directory) as directory:
        for name in names:
            _run(name, arguments, Path(directory))


if __name__ == "__main__":
    main()
