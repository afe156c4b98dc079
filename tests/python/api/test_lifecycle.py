"""Ends: close, exits, garbage, forks. Nothing is lost in silence, and nothing hangs."""

from __future__ import annotations

import gc
import threading
from contextlib import suppress
from pathlib import Path

import penstock
import pytest
from penstock import Cluster
from python.api.programs import run

SEND = """
    import sys, penstock
    producer = penstock.Producer(sys.argv[1], linger="300ms")
    for i in range(1000):
        producer.send("t", str(i))
"""
COMPACT = {"cleanup.policy": "compact"}  # takes no record without a key
ENDS = {
    "its last line": "",
    "sys.exit": "sys.exit(0)",
    "garbage": "del producer",
    "a thread": "import threading; threading.Thread(target=lambda: None).start()",
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_what_nobody_closed_is_delivered_with_a_warning(broker: penstock.Broker, end: str) -> None:
    topic = broker.topic("t")
    done = run(SEND + "    " + end, broker.bootstrap_servers)
    assert [record.text() for record in topic.read()] == [str(i) for i in range(1000)]
    assert "ResourceWarning" in done.stderr
    assert "was not closed: waiting up to" in done.stderr


def test_where_warnings_are_errors_nothing_is_lost_either(broker: penstock.Broker) -> None:
    topic = broker.topic("t")
    strict = "    import warnings; warnings.simplefilter('error')\n"
    done = run(SEND + strict + "    del producer", broker.bootstrap_servers)
    assert "was not closed: waiting up to" in done.stderr
    assert topic.count() == 1000


def test_an_exception_at_the_end_loses_nothing(broker: penstock.Broker) -> None:
    topic = broker.topic("t")
    done = run(SEND + "    raise SystemError('oh')", broker.bootstrap_servers, exit_code=1)
    assert "SystemError: oh" in done.stderr
    assert topic.count() == 1000


def test_what_was_closed_needs_no_warning(broker: penstock.Broker) -> None:
    topic = broker.topic("t")
    done = run(SEND + "    producer.close()", broker.bootstrap_servers)
    assert done.stderr == ""
    assert topic.count() == 1000


def test_a_broker_that_nobody_closed_keeps_its_records(tmp_path: Path) -> None:
    code = """
        import sys, penstock
        topic = penstock.open(sys.argv[1]).topic("t")
        for i in range(1000):
            topic.send(str(i))
    """
    run(code, str(tmp_path / "data"))
    with penstock.open(tmp_path / "data") as again:
        assert again.topic("t").read().values() == [str(i).encode() for i in range(1000)]


def test_callbacks_are_called_before_the_end(broker: penstock.Broker) -> None:
    broker.topic("t")
    code = """
        import sys, penstock
        producer = penstock.Producer(sys.argv[1], linger="100ms")
        future = producer.send("t", "x")
        future.add_done_callback(lambda done: print("offset", done.result().offset, flush=True))
    """
    assert run(code, broker.bootstrap_servers).stdout == "offset 0\n"


def test_what_was_not_delivered_is_raised_by_close(cluster: Cluster) -> None:
    cluster.topic("t", configs=COMPACT)
    producer = cluster.producer()
    producer.send("t", "taken", key="k").result(30)
    producer.send("t", "refused")
    with pytest.raises(penstock.DeliveryError, match="1 record was not delivered to t") as caught:
        producer.close()
    [lost] = caught.value.records
    assert (lost.topic, lost.number) == ("t", 1)
    assert "INVALID_RECORD" in str(lost.error)
    producer.close()


def test_what_somebody_has_seen_is_not_raised_again(cluster: Cluster) -> None:
    topic = cluster.topic("t", configs=COMPACT)
    assert topic.send("refused").exception(30) is not None
    cluster.close()


def test_an_error_of_the_body_is_told_what_was_not_delivered(cluster: Cluster) -> None:
    cluster.topic("t", configs=COMPACT)

    def body() -> None:
        with cluster.producer() as producer:
            producer.send("t", "refused")
            raise LookupError("my own")

    with pytest.raises(LookupError, match="my own") as caught:
        body()
    assert "1 record was not delivered" in caught.value.__notes__[0]


def test_closing_twice_and_using_what_is_closed(cluster: Cluster) -> None:
    topic = cluster.topic("t")
    producer, consumer = cluster.producer(), cluster.consumer("t")
    for thing in (producer, consumer, cluster):
        assert not thing.closed
        thing.close()
        thing.close()
        assert thing.closed
        assert "closed" in repr(thing)
    uses = [
        lambda: topic.send("x"),
        lambda: topic.send_many(["x"]),
        lambda: topic.read().records(),
        topic.count,
        lambda: producer.send("t", "x"),
        producer.flush,
        consumer.poll,
        lambda: next(iter(consumer)),
        cluster.topics,
        lambda: cluster.topic("t"),
        cluster.__enter__,
    ]
    for use in uses:
        with pytest.raises(penstock.ClosedError, match="closed") as caught:
            use()
        assert isinstance(caught.value, RuntimeError)


def test_a_cluster_closes_what_was_made_from_it(cluster: Cluster) -> None:
    producer, consumer = cluster.producer(linger="10s"), cluster.consumer()
    cluster.topic("t")
    future = producer.send("t", "x")
    cluster.close()
    assert future.result(0).offset == 0
    assert producer.closed
    assert consumer.closed


def test_garbage_takes_its_broker_along(tmp_path: Path) -> None:
    broker = penstock.open(tmp_path / "data")
    broker.topic("t").send("x").result(30)
    del broker
    gc.collect()
    with penstock.open(tmp_path / "data") as again:
        assert again.topic("t").count() == 1


def test_a_topic_keeps_its_broker() -> None:
    topic = penstock.open(":memory:").topic("t")
    gc.collect()
    topic.send("x").result(30)
    assert topic.count() == 1
    topic._cluster.close()


def test_closing_while_others_send(cluster: Cluster) -> None:
    topic = cluster.topic("t")
    started = threading.Event()
    ends: list[BaseException] = []

    def send() -> None:
        try:
            while True:
                topic.send("x")
                started.set()
        except penstock.KafkaError as error:
            ends.append(error)

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert started.wait(30)
    with suppress(penstock.DeliveryError):
        cluster.close(30)
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    assert len(ends) == 3


def test_a_forked_child_owns_nothing(broker: penstock.Broker) -> None:
    broker.topic("t")
    code = """
        import os, sys, warnings, penstock
        warnings.simplefilter("ignore", DeprecationWarning)
        cluster = penstock.connect(sys.argv[1])
        topic, producer = cluster.topic("t"), cluster.producer()
        consumer = cluster.consumer("t")
        topic.send("parent").result(30)
        pid = os.fork()
        if pid == 0:
            for use in (lambda: topic.send("child"), lambda: producer.send("t", "child"),
                        lambda: consumer.poll(0), cluster.topics, producer.flush):
                try:
                    use()
                except penstock.ClosedError as error:
                    assert "forked" in str(error), error
                else:
                    os._exit(3)
            with penstock.connect(sys.argv[1]) as own:
                own.topic("t").send("own").result(30)
            cluster.close()
            sys.exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        topic.send("parent").result(30)
        cluster.close()
    """
    assert run(code, broker.bootstrap_servers).stderr == ""
    assert broker.topic("t").read().values() == [b"parent", b"own", b"parent"]


def test_a_directory_is_open_once(tmp_path: Path) -> None:
    with penstock.open(tmp_path / "data"):
        with pytest.raises(penstock.KafkaError, match="data"):
            penstock.open(tmp_path / "data")
        code = """
            import sys, penstock
            try:
                penstock.open(sys.argv[1])
            except penstock.KafkaError as error:
                print(error)
        """
        import os

        assert str(os.getpid()) in run(code, str(tmp_path / "data")).stdout
