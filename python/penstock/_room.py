"""Sending from a running event loop when the buffer is full: the loop goes on, the order stays.

Plain code waits inside send(). In an event loop the record goes into a line instead, and send()
gives something to await that has the methods of a Future; while the line is not empty, what that
loop sends later goes behind it.
"""

from __future__ import annotations

import sys
import weakref
from collections import deque
from typing import Any

from penstock import _errors, _futures

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Generator

    from penstock import _native

_NO_ROOM = object()
_Record = tuple[Any, ...]  # topic, value, key, headers, timestamp, partition


class Room:
    """The lines of a producer, one for each event loop that has sent too much."""

    def __init__(self, native: _native.Producer, max_block_seconds: float) -> None:
        self._native = native
        self._seconds = max_block_seconds
        self._lines: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Line] = (
            weakref.WeakKeyDictionary()
        )

    def when_full(self, *record: Any) -> object:
        """Give what send() returns instead of waiting; None lets it go on as usual."""
        loop = running_loop()
        if loop is None:
            return None
        line = self._lines.get(loop)
        if line is None:
            line = self._lines[loop] = _Line(self._native, self._seconds, self._set_hold)
        return line.send(loop, record)

    async def settle(self) -> None:
        """Wait until what this loop has sent has left the line."""
        loop = running_loop()
        line = None if loop is None else self._lines.get(loop)
        if line is not None and line.task is not None:
            import asyncio

            await asyncio.wait([line.task])

    def _set_hold(self) -> None:
        self._native.hold = any(len(line) for line in self._lines.values())


class _Line:
    """Records of one loop that wait for room, in their order. Used on the loop's thread only."""

    def __init__(
        self, native: _native.Producer, seconds: float, changed: Callable[[], None]
    ) -> None:
        self.task: asyncio.Task[None] | None = None
        self._native = native
        self._seconds = seconds
        self._changed = changed
        self._line: deque[tuple[Waiting, _Record, float]] = deque()
        self._passing = 0

    def __len__(self) -> int:
        return len(self._line)

    def send(self, loop: asyncio.AbstractEventLoop, record: _Record) -> object:
        if self._passing:
            # Our own send: the first question is whether it may pass, the second where to wait.
            self._passing += 1
            return None if self._passing == 2 else _NO_ROOM
        waiting = Waiting(loop)
        self._line.append((waiting, record, loop.time() + self._seconds))
        if self.task is None or self.task.done():
            self.task = loop.create_task(self._run())
        self._changed()
        return waiting

    async def _run(self) -> None:
        """Send the line; when the loop ends before it is sent, send the rest without the loop."""
        import asyncio

        try:
            while self._line:
                waiting, record, deadline = self._line[0]
                try:
                    async with asyncio.timeout_at(deadline):
                        await self._pass(waiting, record)
                except TimeoutError:
                    waiting.fail(self._late())
                    del self._line[0]
        except asyncio.CancelledError:
            line, self._line = self._line, deque()
            self._changed()
            for waiting, record, _ in line:
                await asyncio.to_thread(self._send_now, waiting, record)
            raise
        finally:
            self._changed()

    async def _pass(self, waiting: Waiting, record: _Record) -> None:
        while True:
            if not self._native.has_room():
                await _futures.Wait(self._ask)
            self._passing = 1
            try:
                sent = self._native.send(*record)
            except Exception as error:
                waiting.fail(error)
                break
            finally:
                self._passing = 0
            if sent is not _NO_ROOM:
                waiting.become(sent)
                break
            await _futures.Wait(self._ask)
        del self._line[0]

    def _ask(self, notifier: _native.Notifier, token: int) -> bool:
        self._native.notify_room(notifier, token)
        return True

    def _send_now(self, waiting: Waiting, record: _Record) -> None:
        try:
            waiting.become(self._native.send(*record))
        except Exception as error:
            waiting.fail(error)

    def _late(self) -> _errors.TimeoutError:
        return _errors.TimeoutError(
            f"no room for a record within max.block.ms ({self._seconds:g} s): "
            "buffer.memory is full of records that are not delivered"
        )


class Waiting:
    """What send() gives when the record waits for room: awaitable, with the methods of a Future."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        from concurrent.futures import Future

        self._loop = weakref.ref(loop)
        self._sent: Future[_native.Future[_native.RecordMetadata]] = Future()
        self._asked = False

    def done(self) -> bool:
        """Whether it is delivered or has failed."""
        if not self._sent.done():
            return False
        return self._sent.exception() is not None or self._sent.result().done()

    def cancelled(self) -> bool:
        """Return False: what was sent is on its way."""
        return False

    def result(self, timeout: float | None = None) -> _native.RecordMetadata:
        """Wait, from another thread than the loop's, and return what became of it."""
        return self._inner(timeout).result(timeout)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Wait, from another thread than the loop's, and return why it failed, or None."""
        self._asked = True
        if self._sent.done() and self._sent.exception() is not None:
            return self._sent.exception()
        return self._inner(timeout).exception(timeout)

    def add_done_callback(self, function: Callable[[Any], object]) -> None:
        """Call a function with the future of the record once that is done; see Future."""
        self._asked = True

        def sent(inner: Any) -> None:
            if inner.exception() is None:
                inner.result().add_done_callback(function)
            else:
                function(self)

        self._sent.add_done_callback(sent)

    def __await__(self) -> Generator[Any, None, _native.RecordMetadata]:
        """Wait in the running event loop; cancelling that leaves the record alone."""
        import asyncio

        self._asked = True
        inner = yield from asyncio.shield(asyncio.wrap_future(self._sent)).__await__()
        return (yield from inner.__await__())

    def become(self, future: _native.Future[_native.RecordMetadata]) -> None:
        """The record was sent."""
        self._sent.set_result(future)

    def fail(self, error: BaseException) -> None:
        """The record was not sent."""
        self._sent.set_exception(error)

    def __repr__(self) -> str:
        return repr(self._sent.result()) if self._sent.done() else "<Future of send: no room yet>"

    def __del__(self) -> None:
        if not self._asked and self._sent.done() and self._sent.exception() is not None:
            import logging

            logging.getLogger("penstock").error("a record was not sent: %s", self._sent.exception())

    def _inner(self, timeout: float | None) -> _native.Future[_native.RecordMetadata]:
        self._asked = True
        if not self._sent.done() and running_loop() is self._loop():
            raise RuntimeError(
                "the record waits for room, and only this loop can send it: await it"
            )
        return self._sent.result(timeout)


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the event loop that runs in this thread, without importing asyncio for it."""
    events = sys.modules.get("asyncio.events")
    loop: asyncio.AbstractEventLoop | None = None if events is None else events._get_running_loop()
    return loop
