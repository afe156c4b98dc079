"""One future for plain code, callbacks and asyncio."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import threading
from typing import Any

import penstock
import pytest
from penstock import Cluster, errors
from penstock._penstockd import Penstockd


def test_a_future_is_waited_for(cluster: Cluster) -> None:
    future = cluster.topic("t").send("x")
    assert future.result(30).offset == 0
    assert future.done()
    assert future.exception() is None
    assert not future.cancelled()
    assert repr(future).startswith("<Future of send: penstock.RecordMetadata(topic='t'")


def test_a_future_is_awaited(cluster: Cluster) -> None:
    topic = cluster.topic("t")

    async def story() -> None:
        assert (await topic.send("a")).offset == 0
        told = await asyncio.gather(*(topic.send(str(i)) for i in range(100)))
        assert sorted(one.offset for one in told) == list(range(1, 101))
        assert (await topic.send_many(["x", "y"])).count == 2

    asyncio.run(story())
    asyncio.run(story_again(topic))


async def story_again(topic: penstock.Topic[bytes]) -> None:
    """A second loop, after the first is closed."""
    assert (await topic.send("b")).offset == 103


def test_one_future_is_awaited_in_two_loops(cluster: Cluster) -> None:
    topic = cluster.topic("t")
    future = topic.send("x")
    offsets: list[int] = []

    async def wait() -> None:
        offsets.append((await future).offset)

    threads = [threading.Thread(target=lambda: asyncio.run(wait())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert offsets == [0, 0]


def test_what_failed_is_raised_by_await(cluster: Cluster) -> None:
    topic = cluster.topic("t", configs={"cleanup.policy": "compact"})

    async def story() -> None:
        with pytest.raises(errors.InvalidRecord):
            await topic.send("a compacted topic takes no record without a key")

    asyncio.run(story())


def test_a_cancelled_await_leaves_the_record_alone(server: Penstockd) -> None:
    async def story() -> None:
        async with penstock.Producer(server.bootstrap) as producer:
            await producer.send("t", "first")
            os.kill(server.pid, signal.SIGSTOP)
            future = producer.send("t", "second")

            async def wait() -> Any:
                return await future

            task = asyncio.create_task(wait())
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert not future.done()
            os.kill(server.pid, signal.SIGCONT)
            assert (await future).offset == 1

    asyncio.run(story())


def test_a_full_buffer_does_not_stop_the_loop(server: Penstockd) -> None:
    async def story() -> None:
        producer = penstock.Producer(
            server.bootstrap, {"buffer.memory": "256KiB", "batch.size": "16KiB"}
        )
        async with producer:
            await producer.send("t", "first")
            os.kill(server.pid, signal.SIGSTOP)
            futures = [producer.send("t", str(i).encode() * 1000) for i in range(1000)]
            assert "no room yet" in repr(futures[-1])
            ticks = 0
            for _ in range(10):
                await asyncio.sleep(0)
                ticks += 1
            assert ticks == 10
            assert not futures[-1].done()
            with pytest.raises(RuntimeError, match="await it"):
                futures[-1].result()
            os.kill(server.pid, signal.SIGCONT)
            told = await asyncio.gather(*futures)
            assert [one.offset for one in told] == list(range(1, 1001))
            assert futures[-1].done()
            assert (await producer.send("t", "last")).offset == 1001

    asyncio.run(story())


def test_a_loop_that_ends_takes_its_line_along(server: Penstockd) -> None:
    producer = penstock.Producer(server.bootstrap, {"buffer.memory": "256KiB"})

    async def story() -> None:
        await producer.send("t", "first")
        os.kill(server.pid, signal.SIGSTOP)
        for i in range(1000):
            producer.send("t", str(i).encode() * 1000)
        os.kill(server.pid, signal.SIGCONT)

    asyncio.run(story())
    producer.close()
    with penstock.connect(server.bootstrap) as cluster:
        values = cluster.topic("t").read().values()
    assert values == [b"first", *(str(i).encode() * 1000 for i in range(1000))]


def test_callbacks_are_called_once_each(cluster: Cluster) -> None:
    topic = cluster.topic("t")
    called: list[int] = []
    everything = threading.Event()

    def note(future: penstock.Future[penstock.RecordMetadata]) -> None:
        called.append(future.result().offset)
        if len(called) == 101:
            everything.set()

    futures = [topic.send(str(i)) for i in range(100)]
    for future in futures:
        future.add_done_callback(note)
    futures[0].result(30)
    futures[0].add_done_callback(note)
    assert everything.wait(30)
    assert sorted(called) == sorted([0, *range(100)])


def test_a_callback_that_raises_hurts_nobody(
    cluster: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    topic = cluster.topic("t")
    called = threading.Event()

    def bad(_: object) -> None:
        raise LookupError("my own fault")

    with caplog.at_level(logging.ERROR, "penstock"):
        for future in (topic.send("a"), topic.send("b")):
            future.add_done_callback(bad)
            future.add_done_callback(lambda _: called.set())
            assert called.wait(30)
            called.clear()
    assert "my own fault" in caplog.text
    with pytest.raises(TypeError, match="a callback is a function"):
        topic.send("c").add_done_callback("print")  # type: ignore[arg-type]


def test_many_loops_leave_no_descriptors(cluster: Cluster) -> None:
    topic = cluster.topic("t")

    async def story() -> None:
        await asyncio.gather(*(topic.send(str(i)) for i in range(10)))

    asyncio.run(story())
    gc.collect()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        asyncio.run(story())
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) <= before + 2


def test_async_reading(cluster: Cluster) -> None:
    topic = cluster.topic("t", partitions=2)

    async def story() -> None:
        await topic.send_many([str(i) for i in range(50)])
        texts = [record.text() async for record in topic.read()]
        assert sorted(texts, key=int) == [str(i) for i in range(50)]
        seen = 0
        async for _ in topic.read(follow=True):
            seen += 1
            if seen == 50:
                await topic.send("51st")
            if seen == 51:
                break

    asyncio.run(story())


def test_async_with(broker: penstock.Broker) -> None:
    async def story() -> None:
        async with penstock.Producer(broker.bootstrap_servers) as producer:
            broker.topic("t")
            assert (await producer.send("t", b"x", headers={"trace": b"1"})).offset == 0
        assert producer.closed
        async with penstock.Consumer(
            broker.bootstrap_servers, topics=["t"], auto_offset_reset="earliest"
        ) as consumer:
            async for record in consumer:
                assert record.value == b"x"
                break

    asyncio.run(story())
