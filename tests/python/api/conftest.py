"""A broker in memory that listens, and the two ways to it: in process and over TCP."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import penstock
import pytest
from penstock._penstockd import Penstockd


@pytest.fixture
def broker() -> Iterator[penstock.Broker]:
    with penstock.serve(":memory:", "127.0.0.1:0") as served:
        yield served


@pytest.fixture(params=["in process", "over TCP"])
def cluster(broker: penstock.Broker, request: pytest.FixtureRequest) -> Iterator[penstock.Cluster]:
    if request.param == "in process":
        yield broker
        return
    with penstock.connect(broker.bootstrap_servers) as remote:
        yield remote


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Penstockd]:
    """A server of its own process, which can be frozen, with the topic t."""
    running = Penstockd(tmp_path / "data", log=tmp_path / "log")
    running.start()
    with penstock.connect(running.bootstrap) as cluster:
        cluster.topic("t")
    yield running
    with suppress(ProcessLookupError):
        os.kill(running.pid, signal.SIGCONT)
    running.close()
