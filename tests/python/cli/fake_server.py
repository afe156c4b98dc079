"""Servers that answer a connection with given bytes, for what a doctor may meet."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Handler = Callable[[socket.socket], None]


@contextmanager
def serving(handle: Handler, host: str = "127.0.0.1") -> Iterator[int]:
    """Accept connections and handle each; yields the port."""
    listener = socket.create_server((host, 0))
    stopped = threading.Event()

    def accept() -> None:
        while not stopped.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=_handle, args=(handle, connection), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        stopped.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _handle(handle: Handler, connection: socket.socket) -> None:
    with connection:
        try:
            handle(connection)
        except OSError:
            return  # the client has gone, which is its right


def receive_request(connection: socket.socket) -> tuple[int, int, int] | None:
    """Read a request; return API key, version and correlation id, or None at the end."""
    head = connection.recv(4, socket.MSG_WAITALL)
    if len(head) < 4:
        return None
    (size,) = struct.unpack(">i", head)
    frame = connection.recv(size, socket.MSG_WAITALL)
    key, version, correlation = struct.unpack_from(">hhi", frame)
    return key, version, correlation


def text(value: str | None) -> bytes:
    """Encode a string of the protocol."""
    if value is None:
        return struct.pack(">h", -1)
    return struct.pack(">h", len(value)) + value.encode()


def kafka(
    brokers: Callable[[], list[tuple[int, str, int]]],
    *,
    cluster_id: str | None = "cluster-1",
    apis: tuple[int, ...] = (0, 1, 3, 18),
    wants_sasl: bool = False,
) -> Handler:
    """Return a handler that answers as a broker: ApiVersions 0 and Metadata 2."""

    def handle(connection: socket.socket) -> None:
        while request := receive_request(connection):
            key, version, correlation = request
            body = struct.pack(">i", correlation)
            if key == 18:
                body += struct.pack(">hi", 0, len(apis))
                body += b"".join(struct.pack(">hhh", api, 0, 12) for api in apis)
            elif wants_sasl:
                return
            else:
                assert (key, version) == (3, 2)
                named = brokers()
                body += struct.pack(">i", len(named))
                for node_id, host, port in named:
                    body += struct.pack(">i", node_id) + text(host)
                    body += struct.pack(">i", port) + text(None)
                body += text(cluster_id) + struct.pack(">ii", 1, 0)
            connection.sendall(struct.pack(">i", len(body)) + body)

    return handle


def saying(data: bytes) -> Handler:
    """Return a handler that reads something, sends bytes and closes."""

    def handle(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(data)

    return handle


def silent(connection: socket.socket) -> None:
    """Read until the client goes, and say nothing."""
    while connection.recv(4096):
        pass
