"""Talks to a port in Kafka's protocol by hand, to see what is there: Kafka, TLS, HTTP, or else.

Two requests in their oldest forms, ApiVersions version 0 and Metadata version 0 to 2, which every
broker since 0.10 answers.
"""

from __future__ import annotations

import socket
import ssl
import struct
import time
from dataclasses import dataclass

API_VERSIONS = 18
METADATA = 3
PRODUCE = 0
_RESPONSE_BYTES_MAX = 64 << 20


class ProbeError(Exception):
    """What came back is no answer of Kafka's. ``kind`` says what it looks like.

    closed: the connection was closed; silent: nothing came in time; tls, http: another protocol;
    strange: something else.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True)
class ApiRange:
    """The versions of an API that a broker serves."""

    key: int
    first: int
    last: int


@dataclass(frozen=True)
class BrokerAddress:
    """A broker as it advertises itself."""

    node_id: int
    host: str
    port: int

    def __str__(self) -> str:
        """Return HOST:PORT as it is written in configs."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True)
class ClusterAnswer:
    """What a broker says of its cluster; before Kafka 0.10.1 without an id."""

    cluster_id: str | None
    brokers: tuple[BrokerAddress, ...]


class Probe:
    """One connection; every wait is bounded by ``timeout`` seconds."""

    def __init__(self, connection: socket.socket, timeout: float) -> None:
        self._connection = connection
        self._timeout = timeout
        self._correlation = 0

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def api_versions(self) -> list[ApiRange]:
        """Ask which APIs there are.

        Raises:
            ProbeError: this is not a broker of Kafka's.
        """
        reader = _Reader(self._call(API_VERSIONS, 0, b""))
        code = reader.int16()
        if code != 0:
            raise ProbeError("strange", f"ApiVersions is answered with the error {code}")
        return [
            ApiRange(reader.int16(), reader.int16(), reader.int16()) for _ in range(reader.count(6))
        ]

    def metadata(self, version: int) -> ClusterAnswer:
        """Ask for the brokers, without any topic.

        Raises:
            ProbeError: there is no such answer; ``closed`` where the listener wants SASL first.
        """
        reader = _Reader(self._call(METADATA, version, struct.pack(">i", 0)))
        brokers = []
        for _ in range(reader.count(10)):
            brokers.append(BrokerAddress(reader.int32(), reader.text() or "", reader.int32()))
            if version >= 1:
                reader.text()  # the rack
        cluster_id = reader.text() if version >= 2 else None
        return ClusterAnswer(cluster_id, tuple(brokers))

    def _call(self, api_key: int, version: int, body: bytes) -> bytes:
        self._correlation += 1
        client = b"penstock-doctor"
        header = struct.pack(">hhih", api_key, version, self._correlation, len(client)) + client
        request = header + body
        deadline = time.monotonic() + self._timeout
        try:
            self._connection.settimeout(self._timeout)
            self._connection.sendall(struct.pack(">i", len(request)) + request)
            start = self._receive(4, deadline)
            _check_greeting(start)
            (size,) = struct.unpack(">i", start)
            if not 4 <= size <= _RESPONSE_BYTES_MAX:
                raise ProbeError("strange", f"the answer begins with {start!r}")
            frame = self._receive(size, deadline)
        except TimeoutError:
            seconds = f"{self._timeout:g} s"
            raise ProbeError("silent", f"no answer within {seconds}") from None
        except OSError as error:
            reason = error.strerror or str(error)
            raise ProbeError("closed", f"the connection was cut: {reason}") from None
        (correlation,) = struct.unpack_from(">i", frame)
        if correlation != self._correlation:
            raise ProbeError("strange", "the answer belongs to another request")
        return frame[4:]

    def _receive(self, size: int, deadline: float) -> bytes:
        data = bytearray()
        while len(data) < size:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._connection.settimeout(left)
            chunk = self._connection.recv(min(size - len(data), 1 << 16))
            if not chunk:
                _check_greeting(bytes(data))
                raise ProbeError("closed", "the connection was closed without an answer")
            data += chunk
        return bytes(data)


def _check_greeting(start: bytes) -> None:
    """Recognise protocols in which somebody else answers."""
    if len(start) >= 2 and start[0] in (0x15, 0x16) and start[1] == 3:
        raise ProbeError("tls", "it answers in TLS")
    if start.startswith((b"HTTP", b"<htm", b"<!DO")):
        raise ProbeError("http", "it answers in HTTP")
    if start.startswith(b"SSH-"):
        raise ProbeError("strange", "it answers in SSH")


class _Reader:
    """The fields of an answer; what is too short is no answer."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def int16(self) -> int:
        return self._number(">h", 2)

    def int32(self) -> int:
        return self._number(">i", 4)

    def count(self, size_min: int) -> int:
        """Return the length of an array whose elements have at least so many bytes."""
        count = self.int32()
        if not 0 <= count * size_min <= len(self._data) - self._at:
            raise ProbeError("strange", f"the answer is cut: {count} elements do not fit")
        return count

    def text(self) -> str | None:
        size = self.int16()
        if size < 0:
            return None
        if size > len(self._data) - self._at:
            raise ProbeError("strange", "the answer is cut in a text")
        self._at += size
        return self._data[self._at - size : self._at].decode(errors="replace")

    def _number(self, layout: str, size: int) -> int:
        if len(self._data) - self._at < size:
            raise ProbeError("strange", "the answer is cut in a number")
        self._at += size
        return int(struct.unpack_from(layout, self._data, self._at - size)[0])


@dataclass(frozen=True)
class TlsAnswer:
    """A server that speaks TLS: its version, and why its certificate is not trusted, if so."""

    version: str
    distrust: str


def try_tls(address: tuple[str, int], host: str, timeout: float) -> TlsAnswer | None:
    """Shake hands in TLS; None if the server does not."""
    version = _handshake(address, host, timeout, ssl._create_unverified_context())
    if version is None:
        return None
    try:
        _handshake(address, host, timeout, ssl.create_default_context(), strict=True)
    except ssl.SSLCertVerificationError as error:
        return TlsAnswer(version, error.verify_message)
    except OSError as error:
        return TlsAnswer(version, str(error))
    return TlsAnswer(version, "")


def _handshake(
    address: tuple[str, int],
    host: str,
    timeout: float,
    context: ssl.SSLContext,
    *,
    strict: bool = False,
) -> str | None:
    try:
        with (
            socket.create_connection(address, timeout) as connection,
            context.wrap_socket(connection, server_hostname=host) as encrypted,
        ):
            return encrypted.version()
    except ssl.SSLError as error:
        if strict:
            raise
        # A server that wants our certificate has spoken TLS all the same.
        return "TLS" if "ALERT" in str(error).upper() else None
    except OSError:
        if strict:
            raise
        return None
