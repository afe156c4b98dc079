"""The ends of things: close, the end of the program, garbage, and a fork.

Whatever has an end tells it here, as a function without a reference to the object itself, and with
a bound in seconds. A forked child owns nothing of its parent's.
"""

from __future__ import annotations

import atexit
import itertools
import os
import time
import weakref
from typing import Any, Self

from penstock import _futures
from penstock._errors import ClosedError, DeliveryError, Undelivered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from penstock import _native

EXIT_SECONDS = 10.0
CALLBACK_SECONDS = 1.0

_numbers = itertools.count()
# What has to be done when nobody calls close(), with the reference whose end has it done.
_live: dict[int, tuple[weakref.ref[Any], Callable[..., None], tuple[Any, ...]]] = {}
_when_forked: weakref.WeakSet[Any] = weakref.WeakSet()
_generation = 0
_exit_deadline: float | None = None


class Closable:
    """Something with an end: `with`, `async with`, close() as often as one likes."""

    _noun = "object"

    def __init__(self) -> None:
        self._is_open = True
        self._born = _generation
        self._end_number = -1

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return not self._is_open

    def close(self, timeout: float | None = None) -> None:
        """End it; see the classes."""
        raise NotImplementedError

    async def _settle(self) -> None:
        """Wait for what has to happen in the running event loop before close()."""

    def _check(self) -> None:
        """Raise ClosedError when this can no longer be used."""
        if self._born != _generation:
            raise forked(self._noun)
        if not self._is_open:
            raise ClosedError(f"the {self._noun} is closed")

    def _ends_by(self, function: Callable[..., None], *arguments: Any) -> None:
        """Have `function(*arguments, seconds)` called if nobody calls close()."""
        number = self._end_number = next(_numbers)
        gone = weakref.ref(self, lambda _: _finish(number))
        _live[number] = (gone, function, arguments)

    def _begin_close(self) -> bool:
        """Return whether there is anything to close, and that only once."""
        if not self._is_open:
            return False
        self._is_open = False
        _live.pop(self._end_number, None)
        return self._born == _generation

    def _close_after(self, error: BaseException | None) -> None:
        """Close at the end of a `with`: an error of its body is told what was not delivered."""
        if error is None:
            self.close()
            return
        try:
            self.close(EXIT_SECONDS)
        except DeliveryError as undelivered:
            error.add_note(f"besides: {undelivered}")

    def __enter__(self) -> Self:
        self._check()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._close_after(error)

    async def __aenter__(self) -> Self:
        self._check()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        import asyncio

        await self._settle()
        await asyncio.to_thread(self._close_after, error)


def forked(noun: str) -> ClosedError:
    """Return the error for using what belongs to the parent process."""
    return ClosedError(
        f"the {noun} belongs to the process that this one was forked from",
        hint="open or connect again in the child, or start it with the spawn method",
    )


def tell_when_forked(owner: Any) -> None:
    """Have owner._after_fork() called in a forked child."""
    _when_forked.add(owner)


def shut_producer(native: _native.Producer, timeout: float | None) -> None:
    """Flush and close; what is not delivered in time has failed. Ctrl-C ends the waiting."""
    begin = time.monotonic()
    left = timeout
    try:
        native.flush(timeout)
        if timeout is not None:
            left = max(0.0, begin + timeout - time.monotonic())
    except TimeoutError:
        left = 0.0
    except BaseException:
        native.close(0)
        raise
    native.close(left)


def close_producer(native: _native.Producer, timeout: float | None) -> None:
    """Flush and close.

    Raises:
        DeliveryError: some records were not delivered, and nobody has asked their futures yet.
    """
    shut_producer(native, timeout)
    error = undelivered(native.take_failures())
    if error is not None:
        raise error


def undelivered(failures: list[tuple[str, int, BaseException]]) -> DeliveryError | None:
    """Return the error for records whose failure nobody has seen, or None if there are none."""
    if not failures:
        return None
    records = tuple(Undelivered(*failure) for failure in failures)
    count = sum(record.number for record in records)
    topics = ", ".join(sorted({record.topic for record in records}))
    noun = "record was" if count == 1 else "records were"
    return DeliveryError(
        f"{count} {noun} not delivered to {topics}: {records[0].error}",
        topic=records[0].topic if len({record.topic for record in records}) == 1 else None,
        records=records,
        hint="send() returns a Future: its result() tells the cause for each record",
    )


def end_producer(native: _native.Producer, name: str, seconds: float) -> None:
    """Flush what nobody closed; warn when there was something to flush, log what did not arrive."""
    pending = _still_pending(native)
    try:
        if pending:
            import warnings

            warnings.warn(
                f"{name} was not closed: waiting up to {seconds:.0f} s for {pending} records",
                ResourceWarning,
                stacklevel=2,
            )
    finally:  # where warnings are errors, the records are delivered all the same
        _deliver(native, name, seconds)


def _still_pending(native: _native.Producer) -> int:
    """How many records nobody has heard of; a result is told a moment before it is counted."""
    for _ in range(3):
        if not native.pending():
            return 0
        time.sleep(0.001)
    return native.pending()


def _deliver(native: _native.Producer, name: str, seconds: float) -> None:
    try:
        close_producer(native, seconds)
    except DeliveryError as error:
        import logging

        logging.getLogger("penstock").error("%s was not closed: %s", name, error)


def _finish(number: int) -> None:
    """Do what nobody has asked for; a forked child has nothing in _live that is its parent's."""
    found = _live.pop(number, None)
    if found is None:
        return
    _, function, arguments = found
    seconds = EXIT_SECONDS
    if _exit_deadline is not None:
        seconds = max(0.0, _exit_deadline - time.monotonic())
    function(*arguments, seconds)


def _at_exit() -> None:
    """End what is still open, the newest first, all within EXIT_SECONDS."""
    global _exit_deadline
    _exit_deadline = time.monotonic() + EXIT_SECONDS
    for number in sorted(_live, reverse=True):
        try:
            _finish(number)
        except Exception:
            import logging

            logging.getLogger("penstock").exception("closing at the end of the program failed")
    _futures.finish_callbacks(CALLBACK_SECONDS)


def _after_fork() -> None:
    global _generation
    _generation += 1
    for owner in list(_when_forked):
        owner._after_fork()
    _live.clear()


atexit.register(_at_exit)
os.register_at_fork(after_in_child=_after_fork)
