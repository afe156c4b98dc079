"""A broker in this process: on a directory or in memory, with or without listeners."""

from __future__ import annotations

import os
from typing import Any

from penstock import _native
from penstock._cluster import Cluster
from penstock._config import resolve
from penstock._errors import KafkaError
from penstock._faults import Faults
from penstock._tables import table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MEMORY = ":memory:"
DEFAULT_ADDRESS = "127.0.0.1:9092"


class Broker(Cluster):
    """A broker in this process, and its only owner; as penstock.open() returns it.

    Everything that a Cluster does goes without a socket here. serve() adds listeners, for Kafka
    clients in other programs.
    """

    _noun = "broker"
    # No network to share: what is sent at once is one batch, and one sync of the disk.
    _sender_configs = {"batch.size": str(256 * 1024)}  # noqa: RUF012 - never changed
    _node: _native.Node

    def __init__(self, node: _native.Node, path: str) -> None:
        """Private: call penstock.open() or penstock.serve()."""
        self._path = path
        super().__init__(node.engine({}), path, node)

    @property
    def path(self) -> str:
        """The directory, or ":memory:".

        >>> broker.path
        ':memory:'
        """
        return self._path

    @property
    def addresses(self) -> list[str]:
        """Where it listens, as host:port; empty without serve().

        >>> len(broker.addresses)
        1
        """
        self._check()
        return self._node.addresses()

    @property
    def bootstrap_servers(self) -> str:
        """The addresses for clients in other programs: host:port,host:port.

        Raises:
            KafkaError: it does not listen anywhere.

        >>> broker.bootstrap_servers == broker.addresses[0]
        True
        """
        addresses = self.addresses
        if not addresses:
            raise KafkaError(
                f"{self!r} does not listen anywhere", hint="serve() returns an address for clients"
            )
        return ",".join(addresses)

    @property
    def faults(self) -> Faults:
        """Errors, delays and broken connections on purpose, for tests of clients."""
        self._check()
        return Faults(self._node.faults())

    def serve(self, address: str = "127.0.0.1:0") -> str:
        """Listen for Kafka clients; may be called while the broker is in use, and more than once.

        Args:
            address: host:port; port 0 takes a free one. Beyond loopback it needs insecure=True when
                the broker is opened.

        Returns:
            The address, with the port.

        Raises:
            KafkaError: the address is taken, or is not this machine's.

        >>> broker.serve("127.0.0.1:0").startswith("127.0.0.1:")
        True
        """
        self._check()
        if not isinstance(address, str):
            raise TypeError(f"an address is 'host:port', not {address!r}")
        return self._node.serve(address)

    def __repr__(self) -> str:
        if self.closed:
            return f"<Broker {self._path!r} (closed)>"
        listening = ", ".join(self._node.addresses())
        return f"<Broker {self._path!r}{' on ' + listening if listening else ''}>"


def open(  # noqa: A001 - penstock.open() is what it is called
    path: str | os.PathLike[str],
    *,
    configs: Mapping[str, object] | None = None,
    insecure: bool = False,
    **keywords: Any,
) -> Broker:
    """Open a broker on a directory in this process, without any socket.

    Args:
        path: a directory, made and formatted where it is missing; ":memory:" keeps all in memory.
        configs: Kafka's configs of a broker, as a dict.
        insecure: whether serve() may listen beyond loopback, where nothing is encrypted.
        **keywords: configs as keywords, which win: ``num_partitions=4``.

    Raises:
        ConfigError: a config is unknown or has no such value.
        KafkaError: the directory is in use, of another version, read-only, or no directory.

    >>> with penstock.open(":memory:") as db:
    ...     _ = db.topic("greetings").send("hello", key="en")
    ...     [record.text() for record in db.topic("greetings").read()]
    ['hello']
    """
    given = resolve("a broker", [table("broker")], configs, keywords)[0]
    where = os.fspath(path)
    if not isinstance(where, str):
        raise TypeError(f"a path is text, not {path!r}")
    if not where:
        raise ValueError("the path is empty: name a directory, or ':memory:'")
    return Broker(_native.Node.open(where, given, bool(insecure)), where)


def serve(
    path: str | os.PathLike[str],
    kafka: str | Iterable[str] = DEFAULT_ADDRESS,
    *,
    configs: Mapping[str, object] | None = None,
    insecure: bool = False,
    **keywords: Any,
) -> Broker:
    """Open a broker and have it listen: open() and Broker.serve() in one.

    Args:
        path: a directory, or ":memory:".
        kafka: host:port, or several of them; port 0 takes a free one.
        configs: Kafka's configs of a broker, as a dict.
        insecure: whether it may listen beyond loopback.
        **keywords: configs as keywords, which win.

    Raises:
        ConfigError, KafkaError: see open() and Broker.serve().

    >>> with penstock.serve(":memory:", "127.0.0.1:0") as server:
    ...     server.addresses == [server.bootstrap_servers]
    True
    """
    broker = open(path, configs=configs, insecure=insecure, **keywords)
    try:
        for address in [kafka] if isinstance(kafka, str) else kafka:
            broker.serve(address)
    except BaseException:
        broker.close()
        raise
    return broker
