"""What a broker does wrong on purpose, for tests of clients."""

from __future__ import annotations

from penstock._codes import code_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from penstock import _native


class Faults:
    """What a broker does wrong on purpose, for all of its clients."""

    def __init__(self, native: _native.Faults) -> None:
        """Private: Broker.faults."""
        self._native = native

    def error_next(self, api: str, code: int | str, times: int = 1) -> None:
        """Answer the next requests of an API with an error.

        Args:
            api: Kafka's name of the API, such as "Produce".
            code: the error, by number or name: "NOT_LEADER_OR_FOLLOWER".
            times: how many requests.

        Raises:
            ValueError: there is no such error or API, or `times` is below 1.

        >>> broker.faults.error_next("Produce", "NOT_LEADER_OR_FOLLOWER", times=2)
        >>> topic.send("arrives at the third attempt").result().partition
        0
        """
        if times < 1:
            raise ValueError(f"an error happens once or more, not {times} times")
        self._native.error_next(api, code_of(code), times)

    def delay(self, api: str, milliseconds: int) -> None:
        """Answer an API late, until delay(api, 0).

        >>> broker.faults.delay("Fetch", 5)
        >>> broker.faults.delay("Fetch", 0)
        """
        if milliseconds < 0:
            raise ValueError(f"a delay is 0 ms or more, not {milliseconds}")
        self._native.delay(api, milliseconds)

    def drop_connections(self) -> int:
        """Break all connections of clients over TCP, and return how many there were.

        >>> broker.faults.drop_connections() >= 0
        True
        """
        return self._native.drop_connections()

    def clear(self) -> None:
        """Do nothing wrong any more.

        >>> broker.faults.clear()
        """
        self._native.clear()
