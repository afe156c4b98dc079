"""The server under test: penstockd, unless the environment names another one.

PENSTOCK_COMPAT_SERVER=apache-kafka runs the same tests against Apache Kafka, which shows that the
tests themselves are right; PENSTOCK_COMPAT_BOOTSTRAP=HOST:PORT uses a server that runs already, and
skips what needs its process or its disk. PENSTOCK_COMPAT_PROGRAM=FILE is another penstockd than the
installed one.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from compat.apache_kafka import ApacheKafka, missing
from compat.servers import External, Server, own_penstockd

_numbers = itertools.count()

_CLIENTS_OWN_WARNINGS = (
    "ignore::DeprecationWarning",
    "ignore::ResourceWarning",
    "ignore::pytest.PytestUnraisableExceptionWarning",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the clients their own warnings: elsewhere a warning fails a test."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            for warning in _CLIENTS_OWN_WARNINGS:
                item.add_marker(pytest.mark.filterwarnings(warning))


def make_server(scratch: Path) -> Server:
    """Return a server on an empty directory, not started yet."""
    bootstrap = os.environ.get("PENSTOCK_COMPAT_BOOTSTRAP")
    if bootstrap:
        return External(bootstrap)
    if os.environ.get("PENSTOCK_COMPAT_SERVER") == "apache-kafka":
        kafka = ApacheKafka(scratch / "data", scratch=scratch)
        kafka.format()
        return kafka
    return own_penstockd(scratch / "data", scratch=scratch)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that do not stop it."""
    running = make_server(tmp_path_factory.mktemp("server"))
    running.start()
    yield running
    running.close()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """Start a server that the test may kill; skipped where there is no process to kill."""
    running = make_server(tmp_path)
    if isinstance(running, External):
        pytest.skip("the server belongs to somebody else")
    running.start()
    yield running
    running.close()


@pytest.fixture(scope="session")
def bootstrap(server: Server) -> str:
    """The address of the server."""
    return server.bootstrap


@pytest.fixture(scope="session")
def data(server: Server) -> Path:
    """The server's data directory."""
    if server.directory is None:
        pytest.skip("the server's disk is somewhere else")
    return server.directory


@pytest.fixture
def name() -> str:
    """A topic's name that nobody has used."""
    return f"topic-{os.getpid()}-{next(_numbers)}"


@pytest.fixture
def topic(bootstrap: str, name: str) -> str:
    """A topic of one partition."""
    from compat.confluent import create_topic

    create_topic(bootstrap, name)
    return name


@pytest.fixture
def new_topic(bootstrap: str) -> Callable[..., str]:
    """Create topics with more to say about them."""
    from compat.confluent import create_topic

    def create(*, partitions: int = 1, **configs: str) -> str:
        name = f"topic-{os.getpid()}-{next(_numbers)}"
        create_topic(bootstrap, name, partitions=partitions, configs=configs)
        return name

    return create


@pytest.fixture(scope="session")
def java() -> None:
    """Java and Apache Kafka's jars; without them the test is skipped and says what to run."""
    reason = missing()
    if reason:
        pytest.skip(reason)
