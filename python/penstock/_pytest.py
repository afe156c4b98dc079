"""The pytest plugin: a private broker for each test, in memory, on a free port.

It comes with the package, by its entry point; a test only names a fixture.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock import Broker, Topic

_numbers = itertools.count()


@pytest.fixture
def kafka_broker() -> Iterator[Broker]:
    """A Kafka broker of the test's own: ``kafka_broker.bootstrap_servers`` is its address.

    It is in memory and gone after the test. ``kafka_broker.topic(name)`` sends and reads without a
    client; ``kafka_broker.faults`` has requests fail, answers late, connections break.
    """
    import penstock

    broker = penstock.serve(":memory:", "127.0.0.1:0")
    yield broker
    broker.close()


@pytest.fixture
def kafka_topic(kafka_broker: Broker) -> Topic[Any]:
    """A topic of one partition on kafka_broker, with a name of its own."""
    return kafka_broker.topic(f"topic-{next(_numbers)}", partitions=1)
