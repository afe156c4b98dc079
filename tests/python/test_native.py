"""penstock._native, the private core: what the public package stands on."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from penstock import _native


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
    """An empty broker in memory."""
    opened = _native.Node.open(":memory:", {}, False)
    yield opened
    opened.stop()


@pytest.fixture
def engine(node: _native.Node) -> Iterator[_native.Engine]:
    """A client of it, with the topic `orders` of two partitions."""
    client = node.engine({})
    created = client.admin("create_topics", {"topics": [{"name": "orders", "partitions": 2}]}, 10)
    assert created[0]["error"] is None
    yield client
    client.close(10)


def read(engine: _native.Engine, count: int, partition: int = 0) -> list[_native.Record]:
    """The first records of a partition."""
    consumer = engine.consumer({"auto.offset.reset": "earliest"})
    consumer.assign([("orders", partition)])
    records: list[_native.Record] = []
    while len(records) < count:
        polled = consumer.poll(count - len(records), 10)
        assert polled, "nothing comes"
        records += polled
    consumer.close()
    return records


def test_a_record_comes_back_as_it_was_sent(engine: _native.Engine) -> None:
    """Key, value, headers, timestamp and partition; null is not empty."""
    producer = engine.producer({})
    headers = [("trace", b"1"), ("none", None), ("text", "é")]
    where = producer.send("orders", b"v", "k", headers, 1234, 1).result(10)
    assert (where.topic, where.partition, where.offset, where.timestamp) == ("orders", 1, 0, 1234)
    assert producer.send("orders", None, key=b"", partition=1).result(10).offset == 1
    first, second = read(engine, 2, partition=1)
    assert (first.key, first.value, first.timestamp) == (b"k", b"v", 1234)
    assert first.headers == [("trace", b"1"), ("none", None), ("text", "é".encode())]
    assert (second.key, second.value, second.headers) == (b"", None, [])
    assert first == _native.Record("orders", 1, 0, 1234, b"k", b"v", first.headers)
    assert first != second
    assert len({first, second, first}) == 2
    assert second.text() == ""
    assert second.json() is None
    assert first.text() == "v"


def test_what_has_bytes_is_taken_without_asking(engine: _native.Engine) -> None:
    """bytes, str, bytearray and memoryview; another type goes to the encoder, or is refused."""
    producer = engine.producer({})
    for value in (b"a", "a", bytearray(b"a"), memoryview(b"xax")[1:2]):
        producer.send("orders", value, partition=0)
    producer.encode_value = lambda value: f"<{value}>"
    producer.send("orders", 5, partition=0)
    producer.flush(10)
    assert [record.value for record in read(engine, 5)] == [b"a", b"a", b"a", b"a", b"<5>"]
    producer.encode_value = lambda value: value
    with pytest.raises(TypeError, match="value is a int"):
        producer.send("orders", 5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"key": 1.5}, "key is a float"),
        ({"partition": "0"}, "partition is a str"),
        ({"partition": -1}, "partition is -1"),
        ({"timestamp": -5}, "timestamp is -5"),
        ({"timestamp": "now"}, "timestamp is a str"),
        ({"headers": [("a", 1)]}, "value of a header is a int"),
        ({"headers": [(1, b"")]}, "name of a header is a int"),
        ({"headers": ["ab"]}, "header 0 is not a pair"),
        ({"headers": 7}, "headers are a list"),
        ({"colour": "red"}, "'colour'"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(
    engine: _native.Engine, arguments: dict[str, object], message: str
) -> None:
    """Nothing of such a record is sent."""
    producer = engine.producer({})
    with pytest.raises((TypeError, ValueError), match=message):
        producer.send("orders", b"v", **arguments)  # type: ignore[arg-type]
    assert producer.pending() == 0


def test_many_records_are_one_future(engine: _native.Engine) -> None:
    """Its result tells the first offset and the number for each partition."""
    producer = engine.producer({})
    done = producer.send_many("orders", (str(i) for i in range(1000)), None, None, None, 0)
    result = done.result(10)
    assert (result.topic, result.count, result.offsets) == ("orders", 1000, {0: (0, 1000)})
    assert [record.value for record in read(engine, 1000)] == [str(i).encode() for i in range(1000)]
    assert producer.send_many("orders", [], None, None, None, None).result(10).count == 0


def test_a_generator_that_raises_loses_nothing_of_what_came_before(engine: _native.Engine) -> None:
    """The error says how many were sent, and those are delivered."""

    def broken() -> Iterator[bytes]:
        yield b"a"
        yield b"b"
        raise ZeroDivisionError("no third")

    producer = engine.producer({})
    with pytest.raises(ZeroDivisionError) as caught:
        producer.send_many("orders", broken(), None, None, None, 0)
    assert caught.value.__notes__ == ["2 records before it were sent"]
    producer.flush(10)
    assert [record.value for record in read(engine, 2)] == [b"a", b"b"]


def test_a_failed_send_raises_and_what_nobody_asked_for_is_kept(engine: _native.Engine) -> None:
    """MESSAGE_TOO_LARGE is number 10 of Kafka's errors."""
    producer = engine.producer({"max.request.size": "1000"})
    asked = producer.send("orders", b"x" * 2000)
    with pytest.raises(NativeError) as caught:
        asked.result(10)
    assert (caught.value.code, caught.value.details["topic"]) == (10, "orders")
    assert isinstance(asked.exception(), NativeError)
    for _ in range(3):
        producer.send("orders", b"x" * 2000)
    producer.flush(10)
    gc.collect()
    ((topic, count, why),) = producer.take_failures()
    assert (topic, count) == ("orders", 3)
    assert isinstance(why, NativeError)
    assert producer.take_failures() == []


def test_threads_share_a_producer(engine: _native.Engine) -> None:
    """Every record gets a place of its own."""
    send = engine.producer({}).topic_sender("orders")
    futures: list[_native.Future[_native.RecordMetadata]] = []

    def work() -> None:
        futures.extend([send(b"x", partition=0) for _ in range(500)])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(future.result(10).offset for future in futures) == list(range(2000))


def test_batches_are_cut_where_it_is_asked(engine: _native.Engine) -> None:
    """A batch without its end keeps its beginning, also for columns."""
    producer = engine.producer({})
    producer.send_many("orders", [b"%d" % i for i in range(10)], None, None, None, 0).result(10)
    consumer = engine.consumer({"auto.offset.reset": "earliest"})
    consumer.assign([("orders", 0)])
    consumer.seek("orders", 0, 2)
    batches = consumer.poll_batches(100, 10)
    assert [(batch.first_offset, batch.last_offset) for batch in batches] == [(2, 9)]
    cut = batches[0].before(5)
    assert (len(cut), cut.first_offset, cut.last_offset, cut.next_offset) == (3, 2, 4, 5)
    assert cut.values() == [b"2", b"3", b"4"]
    assert [record.offset for record in cut] == [2, 3, 4]
    assert (cut[0].offset, cut[-1].offset) == (2, 4)
    with pytest.raises(IndexError):
        cut[3]
    assert len(cut.before(0)) == 0
    assert consumer.position("orders", 0, 10) == 10


def test_poll_gives_out_a_batch_in_pieces(engine: _native.Engine) -> None:
    """The position is behind the last record that was given out."""
    producer = engine.producer({})
    producer.send_many("orders", [b"x"] * 10, None, None, None, 0).result(10)
    consumer = engine.consumer({"auto.offset.reset": "earliest"})
    consumer.assign([("orders", 0)])
    assert [record.offset for record in consumer.poll(4, 10)] == [0, 1, 2, 3]
    assert consumer.position("orders", 0, 0) == 4
    (rest,) = consumer.poll_batches(100, 10)
    assert (rest.first_offset, len(rest)) == (4, 6)
    consumer.seek("orders", 0, 8)
    assert [record.offset for record in consumer.poll(100, 10)] == [8, 9]
    assert consumer.poll(100, 0) == []


def test_an_event_loop_is_told(engine: _native.Engine) -> None:
    """A future's token arrives at a descriptor, once it is done."""
    producer = engine.producer({"linger.ms": "60000", "delivery.timeout.ms": "200000"})

    async def story() -> list[int]:
        notifier = _native.Notifier()
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        loop.add_reader(notifier.fileno(), readable.set)
        try:
            assert producer.send("orders", b"x").notify(notifier, 7)
            await asyncio.wait_for(readable.wait(), 10)
            return notifier.drain()
        finally:
            loop.remove_reader(notifier.fileno())

    assert 7 in asyncio.run(story())


def test_ctrl_c_ends_a_wait(engine: _native.Engine) -> None:
    """The main thread waits in C++, and KeyboardInterrupt comes out of it."""
    consumer = engine.consumer({})
    consumer.assign([("orders", 0)])
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        consumer.poll(1, None)
    timer.join()
    consumer.close()


def test_a_poll_is_woken_by_another_thread(engine: _native.Engine) -> None:
    """wakeup() ends it with nothing; close() with an error that says so."""
    consumer = engine.consumer({})
    consumer.assign([("orders", 0)])
    timer = threading.Timer(0.1, consumer.wakeup)
    timer.start()
    assert consumer.poll(1, None) == []
    timer = threading.Timer(0.1, consumer.close)
    timer.start()
    with pytest.raises(NativeError) as caught:
        consumer.poll(1, None)
    assert caught.value.details["closed"] == "consumer"


def test_what_was_closed_says_so(node: _native.Node) -> None:
    """Twice closed is closed; used afterwards it is an error that names it."""
    engine = node.engine({})
    producer = engine.producer({})
    consumer = engine.consumer({})
    assert producer.close(1) == 0
    assert producer.close(1) == 0
    with pytest.raises(NativeError) as caught:
        producer.send("orders", b"")
    assert caught.value.details["closed"] == "producer"
    engine.close(1)
    engine.close(1)
    with pytest.raises(NativeError) as caught:
        consumer.poll(1, 1)
    assert caught.value.details["closed"] == "consumer"
    with pytest.raises(NativeError) as caught:
        engine.admin("describe_cluster", {})
    assert caught.value.details["closed"] == "client"
    node.stop()
    node.stop()


def test_a_forked_child_is_told_and_harms_nothing(engine: _native.Engine) -> None:
    """The parent goes on."""
    producer = engine.producer({})
    producer.send("orders", b"before", partition=0).result(10)
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            producer.send("orders", b"child")
        except NativeError as error:
            code = 0 if "forked" in error.details else 2
        os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert producer.send("orders", b"after", partition=0).result(10).offset == 1


def test_the_interpreter_ends_with_everything_open() -> None:
    """An exit with a live broker, a consumer that reads ahead and records on their way."""
    code = (
        "from penstock import _native as n\n"
        "node = n.Node.open(':memory:', {}, False)\n"
        "engine = node.engine({})\n"
        "engine.admin('create_topics', {'topics': [{'name': 'a', 'partitions': 1}]}, 10)\n"
        "producer, consumer = engine.producer({}), engine.consumer({})\n"
        "consumer.assign([('a', 0)])\n"
        "futures = [producer.send('a', b'x') for _ in range(1000)]\n"
        "futures[0].result(10)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_configs_are_checked_by_name(node: _native.Node) -> None:
    """INVALID_CONFIG is number 40."""
    engine = node.engine({})
    with pytest.raises(NativeError, match=r"linger\.ms") as caught:
        engine.producer({"linger.ms": "soon"})
    assert (caught.value.code, caught.value.details["config"]) == (40, "linger.ms")
    with pytest.raises(NativeError, match="isolation"):
        engine.consumer({"isolation": "read_committed"})
    with pytest.raises(NativeError, match=r"bootstrap\.servers"):
        _native.Engine.connect({})


def test_columns_by_the_c_interface(engine: _native.Engine) -> None:
    """Any reader of Arrow takes a batch; here pyarrow, where it is installed."""
    pyarrow = pytest.importorskip("pyarrow")
    producer = engine.producer({})
    producer.send("orders", b"v", "k", [("h", b"1"), ("n", None)], 1234, 0)
    producer.send("orders", None, None, None, 1235, 0).result(10)
    consumer = engine.consumer({"auto.offset.reset": "earliest"})
    consumer.assign([("orders", 0)])
    polled: list[list[_native.Batch]] = []
    while sum(len(batch) for batches in polled for batch in batches) < 2:
        polled.append(consumer.poll_batches(10, 10))
    table = pyarrow.table(_Stream(_native.arrow_stream(iter(polled))))
    assert table.column("offset").to_pylist() == [0, 1]
    assert table.column("partition").to_pylist() == [0, 0]
    assert table.column("key").to_pylist() == [b"k", None]
    assert table.column("value").to_pylist() == [b"v", None]
    assert table.column("headers").to_pylist() == [
        [{"key": "h", "value": b"1"}, {"key": "n", "value": None}],
        [],
    ]
    assert table.schema.field("timestamp").type == pyarrow.timestamp("ms", tz="UTC")
    assert table.column("timestamp").cast("int64").to_pylist() == [1234, 1235]


class _Stream:
    """What readers of Arrow expect around a capsule."""

    def __init__(self, capsule: object) -> None:
        self._capsule = capsule

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._capsule


def test_stock_clients_see_the_same_records(node: _native.Node, engine: _native.Engine) -> None:
    """A listener is added while the log is in use in process."""
    from confluent_kafka import Consumer

    producer = engine.producer({})
    producer.send("orders", b"before", partition=0).result(10)
    address = node.serve("127.0.0.1:0")
    assert node.addresses() == [address]
    producer.send("orders", b"after", partition=0).result(10)
    consumer = Consumer(
        {"bootstrap.servers": address, "group.id": "g", "enable.auto.commit": False}
    )
    from confluent_kafka import TopicPartition

    consumer.assign([TopicPartition("orders", 0, 0)])
    values: list[bytes | None] = []
    while len(values) < 2:
        message = consumer.poll(10)
        assert message is not None
        assert message.error() is None
        values.append(message.value())
    consumer.close()
    assert values == [b"before", b"after"]
