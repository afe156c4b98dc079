"""Faults of an embedded broker, as a stock client meets them."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from confluent_kafka import Consumer as StockConsumer
from confluent_kafka import KafkaError, Message, Producer, TopicPartition
from penstock import _native

NOT_LEADER_OR_FOLLOWER = 6
POLICY_VIOLATION = 44
INVALID_RECORD = 87  # no client asks again after it
AN_HOUR_MS = 3_600_000


class NativeError(Exception):
    """What this module's factory makes of an error."""

    def __init__(self, kind: str, code: int, message: str, details: dict[str, str]) -> None:
        super().__init__(message)
        self.kind, self.code, self.details = kind, code, details


@pytest.fixture(autouse=True)
def native_errors() -> Iterator[None]:
    """Errors are NativeError here; whoever comes after sets the package's factory again."""
    import penstock

    _native.set_error_factory(NativeError)
    yield
    restore = getattr(penstock, "_set_error_factory", None)
    if restore is not None:
        restore()


@pytest.fixture
def node() -> Iterator[_native.Node]:
    """A broker in memory with the topic `orders` of one partition."""
    opened = _native.Node.open(":memory:", {}, False)
    engine = opened.engine({})
    created = engine.admin("create_topics", {"topics": [{"name": "orders", "partitions": 1}]}, 10)
    assert created[0]["error"] is None
    engine.close(10)
    yield opened
    opened.stop()


@pytest.fixture
def address(node: _native.Node) -> str:
    """Where stock clients reach it."""
    return node.serve("127.0.0.1:0")


class Sender:
    """A stock producer, and what became of each record."""

    def __init__(self, address: str, **configs: object) -> None:
        self.outcomes: list[int | KafkaError] = []  # an offset, or why not
        self._producer = Producer(
            {"bootstrap.servers": address, "linger.ms": 0, "retry.backoff.ms": 10} | configs
        )

    def start(self, value: bytes) -> None:
        """Sends without waiting."""
        self._producer.produce("orders", value, callback=self._delivered)
        self._producer.poll(0)

    def finish(self) -> None:
        """Waits for everything that was sent."""
        assert self._producer.flush(30) == 0

    def send(self, value: bytes) -> int | KafkaError:
        """Sends and waits."""
        self.start(value)
        self.finish()
        return self.outcomes[-1]

    def _delivered(self, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            self.outcomes.append(error)
            return
        offset = message.offset()
        assert offset is not None
        self.outcomes.append(offset)


class Reader:
    """Sees what is in `orders` from inside of this process."""

    def __init__(self, node: _native.Node) -> None:
        self._engine = node.engine({})

    def read(self, count: int) -> list[bytes | None]:
        """All values, at least `count`."""
        consumer = self._engine.consumer({"auto.offset.reset": "earliest"})
        consumer.assign([("orders", 0)])
        values: list[bytes | None] = []
        while len(values) < max(count, self.end()):
            polled = consumer.poll(100, 30)
            assert polled, "nothing comes"
            values += [record.value for record in polled]
        consumer.close()
        return values

    def end(self) -> int:
        """The high watermark."""
        asked = {"partitions": [{"topic": "orders", "partition": 0, "timestamp": -1}]}
        (answered,) = self._engine.admin("list_offsets", asked, 30)
        assert answered["error"] is None
        return int(answered["offset"])

    def close(self) -> None:
        """Leaves."""
        self._engine.close(10)


@pytest.fixture
def reader(node: _native.Node) -> Iterator[Reader]:
    """One of them."""
    opened = Reader(node)
    yield opened
    opened.close()


def test_a_producer_retries_through_errors_and_delivers_once(
    node: _native.Node, address: str, reader: Reader
) -> None:
    """Twice it is not the leader, then it is."""
    faults = node.faults()
    sender = Sender(address)
    faults.error_next("Produce", NOT_LEADER_OR_FOLLOWER, 2)
    # Comes to who asks a third time: so it is seen that the first two came.
    faults.error_next("Produce", INVALID_RECORD, 1)
    refused = sender.send(b"refused")
    assert isinstance(refused, KafkaError)
    assert refused.code() == INVALID_RECORD
    assert reader.end() == 0, "nothing was done of what they asked"

    faults.error_next("PRODUCE", NOT_LEADER_OR_FOLLOWER, 2)
    assert sender.send(b"once") == 0
    assert reader.read(1) == [b"once"]
    assert sender.send(b"next") == 1


def test_a_dropped_connection_is_made_again(
    node: _native.Node, address: str, reader: Reader
) -> None:
    """The same producer goes on; a client in this process has no connection to lose."""
    inside = node.engine({})
    faults = node.faults()
    sender = Sender(address)
    assert sender.send(b"before") == 0
    assert faults.drop_connections() >= 1
    assert sender.send(b"after") == 1
    assert reader.read(2) == [b"before", b"after"]
    assert inside.producer({}).send("orders", b"inside").result(10).offset == 2
    inside.close(10)


def test_a_delayed_answer_does_not_hold_up_others(
    node: _native.Node, address: str, reader: Reader
) -> None:
    """What is asked later on another connection is answered before."""
    faults = node.faults()
    faults.delay("Produce", AN_HOUR_MS)
    sender = Sender(address)
    sender.start(b"slow")
    assert reader.read(1) == [b"slow"], "the record is there"
    configs = {"bootstrap.servers": address, "group.id": "g", "enable.auto.commit": False}
    later = StockConsumer(configs)
    later.assign([TopicPartition("orders", 0, 0)])
    message = later.poll(30)
    assert message is not None
    assert message.value() == b"slow"
    later.close()
    assert sender.outcomes == []
    faults.clear()
    sender.finish()
    assert sender.outcomes == [0]


def test_an_idempotent_producer_whose_answer_is_lost_delivers_once(
    node: _native.Node, address: str, reader: Reader
) -> None:
    """The record is in the log, the answer goes with the connection, the producer asks again."""
    faults = node.faults()
    faults.delay("Produce", AN_HOUR_MS)
    sender = Sender(address, **{"enable.idempotence": True})
    sender.start(b"once")
    assert reader.read(1) == [b"once"]
    assert faults.drop_connections() >= 1
    faults.clear()
    sender.finish()
    assert sender.outcomes == [0]
    assert reader.read(1) == [b"once"]
    assert sender.send(b"next") == 1


def test_a_client_in_this_process_meets_them_too(node: _native.Node) -> None:
    """The error of a call is Kafka's."""
    engine = node.engine({})
    node.faults().error_next("create_topics", POLICY_VIOLATION)
    new = {"topics": [{"name": "new", "partitions": 1}]}
    (refused,) = engine.admin("create_topics", new, 10)
    assert refused["error"].code == POLICY_VIOLATION
    (created,) = engine.admin("create_topics", new, 10)
    assert created["error"] is None
    engine.close(10)


def test_what_does_not_exist_is_named(node: _native.Node) -> None:
    """With what may have been meant."""
    faults = node.faults()
    with pytest.raises(NativeError, match=r"'Produec' \(did you mean Produce\?\)") as caught:
        faults.error_next("Produec", NOT_LEADER_OR_FOLLOWER, 1)
    assert caught.value.kind == "invalid_argument"
    with pytest.raises(NativeError, match="code 1000; the nearest is 133"):
        faults.error_next("Produce", 1000, 1)
    with pytest.raises(NativeError, match="not 0 times"):
        faults.error_next("Produce", NOT_LEADER_OR_FOLLOWER, 0)
    with pytest.raises(NativeError, match="not -1"):
        faults.delay("Produce", -1)
    with pytest.raises(TypeError):
        faults.error_next("Produce", 2**40, 1)


def test_a_broker_that_is_stopped_has_none() -> None:
    """Nor one that is gone; the object does not keep it."""
    node = _native.Node.open(":memory:", {}, False)
    faults = node.faults()
    node.stop()
    with pytest.raises(NativeError) as caught:
        faults.drop_connections()
    assert caught.value.details["closed"] == "broker"
    del node
    with pytest.raises(NativeError) as caught:
        faults.clear()
    assert caught.value.details["closed"] == "broker"


def test_a_stop_does_not_wait_for_held_answers(
    node: _native.Node, address: str, reader: Reader
) -> None:
    """An hour would be too long."""
    node.faults().delay("Produce", AN_HOUR_MS)
    sender = Sender(address)
    sender.start(b"slow")
    assert reader.read(1) == [b"slow"]
    node.stop()
    assert sender.outcomes == []


def test_a_forked_child_is_told(node: _native.Node) -> None:
    """The parent's faults are not the child's to change."""
    faults = node.faults()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            faults.clear()
        except NativeError as error:
            code = 0 if "forked" in error.details else 2
        os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    faults.clear()
