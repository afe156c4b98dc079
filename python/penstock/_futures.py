"""How completions reach Python: into an event loop through one file descriptor, or on a thread.

The engine's threads never run Python. They put tokens into a Notifier; an event loop reads it with
add_reader, and callbacks run on one daemon thread of Python's own.
"""

from __future__ import annotations

import itertools
import os
import weakref
from typing import Any

from penstock._native import Notifier

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    import threading
    from collections.abc import Callable, Generator

    from penstock._native import Future

_tokens = itertools.count(1)


class _Hub:
    """The waiters of one event loop; lives as long as the loop. Used on the loop's thread only."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._notifier = Notifier()
        self._waiting: dict[int, asyncio.Future[None]] = {}
        loop.add_reader(self._notifier.fileno(), self._drain)

    def wait(
        self, loop: asyncio.AbstractEventLoop, register: Callable[[Notifier, int], bool]
    ) -> Generator[Any, None, None]:
        """Wait until the token comes that `register` was given; it says False for no need to.

        A waiter that is cancelled forgets its token; what was waited for goes on.
        """
        token = next(_tokens)
        waiter = self._waiting[token] = loop.create_future()
        try:
            if register(self._notifier, token):
                yield from waiter
        finally:
            self._waiting.pop(token, None)

    def _drain(self) -> None:
        for token in self._notifier.drain():
            waiter = self._waiting.get(token)
            if waiter is not None and not waiter.done():
                waiter.set_result(None)


_hubs: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Hub] = weakref.WeakKeyDictionary()


def wait_for(register: Callable[[Notifier, int], bool]) -> Generator[Any, None, None]:
    """Wait in the running event loop; see _Hub.wait."""
    import asyncio

    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        _forget_closed_loops()
        hub = _hubs[loop] = _Hub(loop)
    yield from hub.wait(loop, register)


class Wait:
    """wait_for() as something to await."""

    def __init__(self, register: Callable[[Notifier, int], bool]) -> None:
        self._register = register

    def __await__(self) -> Generator[Any, None, None]:
        """Wait in the running event loop."""
        return wait_for(self._register)


def wait(future: Future[Any]) -> Generator[Any, None, object]:
    """Wait for a future in the running event loop: what `await future` does.

    Cancelling the await leaves what was sent alone.
    """
    while not future.done():
        yield from wait_for(future.notify)
    return future.result(0)


def _forget_closed_loops() -> None:
    for loop in list(_hubs):
        if loop.is_closed():
            _hubs.pop(loop, None)


class _Callbacks:
    """The functions that wait for futures, and the thread that calls them."""

    def __init__(self) -> None:
        import threading

        self._lock = threading.Lock()
        self._waiting: dict[int, tuple[Future[Any], Callable[[Future[Any]], object]]] = {}
        self._empty = threading.Condition(self._lock)
        self._notifier = Notifier()
        self._thread: threading.Thread | None = None

    def add(self, future: Future[Any], function: Callable[[Future[Any]], object]) -> None:
        token = next(_tokens)
        with self._lock:
            self._waiting[token] = (future, function)
            if self._thread is None:
                self._thread = self._start()
        if not future.notify(self._notifier, token):
            self._call([token])

    def finish(self, seconds: float) -> None:
        """Wait until the functions of all futures that are done have returned."""
        with self._lock:
            self._empty.wait_for(
                lambda: not any(future.done() for future, _ in self._waiting.values()), seconds
            )

    def _start(self) -> threading.Thread:
        import threading

        thread = threading.Thread(target=self._run, name="penstock-callbacks", daemon=True)
        thread.start()
        return thread

    def _run(self) -> None:
        while True:
            self._call(self._notifier.wait(None))

    def _call(self, tokens: list[int]) -> None:
        for token in tokens:
            with self._lock:
                found = self._waiting.get(token)
            if found is None:
                continue
            future, function = found
            try:
                function(future)
            except BaseException:
                import logging

                logging.getLogger("penstock").exception("the callback %r raised", function)
            with self._lock:
                self._waiting.pop(token, None)
                self._empty.notify_all()


_callbacks: _Callbacks | None = None


def add_done_callback(future: Future[Any], function: Callable[[Future[Any]], object]) -> None:
    """Call a function with the future once that is done: soon, or at once if it is done already.

    What it raises goes to the logger "penstock" and nowhere else.

    Raises:
        TypeError: it is no function.
    """
    global _callbacks
    if not callable(function):
        raise TypeError(f"a callback is a function of the future, not {function!r}")
    if _callbacks is None:
        _callbacks = _Callbacks()
    _callbacks.add(future, function)


def finish_callbacks(seconds: float) -> None:
    """Let the callbacks of what is done return; at the end of the program."""
    if _callbacks is not None:
        _callbacks.finish(seconds)


def _forget_all() -> None:
    """In a forked child: its parent's loops, threads and descriptors are not ours."""
    global _callbacks, _hubs
    _callbacks = None
    _hubs = weakref.WeakKeyDictionary()


os.register_at_fork(after_in_child=_forget_all)
