"""Ctrl-C ends every call that waits."""

from __future__ import annotations

import signal
import subprocess
import threading

import pytest
from penstock._penstockd import Penstockd
from python.api.programs import SECONDS_MAX, command

PROLOGUE = """
    import asyncio, os, signal, sys, penstock
    cluster = penstock.connect(sys.argv[1])
    topic = cluster.topic("t")
    consumer = cluster.consumer("t")
    producer = cluster.producer(linger="30s")
    def wait():
        print("waiting", flush=True)
    def freeze():
        os.kill(int(sys.argv[2]), signal.SIGSTOP)
    async def awaiting():
        future = producer.send("t", "x"); freeze(); wait()
        await future
    async def iterating():
        wait()
        async for _ in consumer: pass
    try:
"""
EPILOGUE = """
    except KeyboardInterrupt:
        os.kill(int(sys.argv[2]), signal.SIGCONT)
        print("interrupted", flush=True)
    cluster.close(10)
"""
CALLS = {
    "poll": "wait(); consumer.poll()",
    "consume": "wait(); consumer.consume(5)",
    "batches": "wait(); next(consumer.batches())",
    "iteration": "wait(); next(iter(consumer))",
    "follow": "wait(); next(iter(topic.read(follow=True)))",
    "result": "f = producer.send('t', 'x'); freeze(); wait(); f.result()",
    "flush": "producer.send('t', 'x'); freeze(); wait(); producer.flush()",
    "close": "producer.send('t', 'x'); freeze(); wait(); producer.close()",
    "admin": "freeze(); wait(); cluster.topics()",
    "await": "asyncio.run(awaiting())",
    "async for": "asyncio.run(iterating())",
}


@pytest.mark.parametrize("call", CALLS)
def test_control_c(server: Penstockd, call: str) -> None:
    code = PROLOGUE + "        " + CALLS[call] + EPILOGUE
    program = command(code, server.bootstrap, str(server.pid))
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        too_late = threading.Timer(SECONDS_MAX, process.kill)
        too_late.start()
        assert process.stdout.readline() == "waiting\n"
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
        process.wait()
        too_late.cancel()
        assert process.returncode == 0
