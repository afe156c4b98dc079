"""Whether a Kafka server can be reached at all, and if not, at which step it ends.

A client keeps trying, as a broker may be starting; a person wants to know at once. So the
first call to a cluster looks here before: name, connection, and the answer to a first request.
"""

from __future__ import annotations

import socket
import time

from penstock._errors import ConnectionFailed
from penstock._hints import STEP_HINTS

# How long a server that is not there is waited for: it may be starting at the same time.
PATIENCE_SECONDS = 3.0
STEP_SECONDS = 5.0
_PAUSE_SECONDS = 0.1
_CONNECT_PAUSE_MAX = 0.8

# ApiVersions, version 0: length, key 18, version 0, correlation id, a null client id.
_REQUEST = b"\0\0\0\x0a\0\x12\0\0pen!\xff\xff"
_RESPONSE_BYTES_MAX = 1 << 20


class _Unreached(Exception):  # noqa: N818 - only carries the step
    def __init__(self, step: str, said: str, address: str) -> None:
        super().__init__(said)
        self.step = step
        self.said = said
        self.address = address


def check(servers: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Return as soon as one of the servers answers as Kafka does.

    Args:
        servers: "host:port,host:port".
        seconds: how long a refused connection is tried again.

    Raises:
        ConnectionFailed: none does; it tells the steps at each address.
    """
    deadline = time.monotonic() + seconds
    pause = _PAUSE_SECONDS
    while True:
        failed: list[_Unreached] = []
        for server in servers.split(","):
            try:
                _try(server)
            except _Unreached as error:
                failed.append(error)
            else:
                return
        refused = any(error.step == "connect" for error in failed)
        if not refused or time.monotonic() + pause > deadline:
            raise _failure(servers, failed)
        time.sleep(pause)
        pause = min(2 * pause, _CONNECT_PAUSE_MAX)


def _try(server: str) -> None:
    host, _, port = server.rpartition(":")
    host = host.strip("[]")
    try:
        found = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _Unreached("resolve", _words(error), server) from None
    last = _Unreached("resolve", "the name has no address", server)
    for family, kind, protocol, _, address in found:
        place = ":".join(str(part) for part in address[:2])
        with socket.socket(family, kind, protocol) as connection:
            connection.settimeout(STEP_SECONDS)
            try:
                connection.connect(address)
            except OSError as error:
                last = _Unreached("connect", _words(error), place)
                continue
            _shake_hands(connection, place)
            return
    raise last


def _shake_hands(connection: socket.socket, place: str) -> None:
    try:
        connection.sendall(_REQUEST)
        answer = connection.recv(8)
        while answer and len(answer) < 8:
            more = connection.recv(8 - len(answer))
            if not more:
                break
            answer += more
    except TimeoutError:
        raise _Unreached("handshake", f"no answer in {STEP_SECONDS:g} s", place) from None
    except OSError as error:
        raise _Unreached("handshake", _words(error), place) from None
    if answer[4:8] == b"pen!" and int.from_bytes(answer[:4], "big") <= _RESPONSE_BYTES_MAX:
        return
    raise _Unreached("handshake", _foreign(answer), place)


def _foreign(answer: bytes) -> str:
    if not answer:
        return "it closed the connection: a port with TLS does that"
    if answer[:2] in (b"\x15\x03", b"\x16\x03"):
        return "it speaks TLS, which penstock's client does not yet"
    if answer.startswith(b"HTTP"):
        return "it answers with HTTP, it is no Kafka server"
    return f"it answers {answer!r}, which is not Kafka's protocol"


def _failure(servers: str, failed: list[_Unreached]) -> ConnectionFailed:
    furthest = max(failed, key=lambda error: list(STEP_HINTS).index(error.step))
    return ConnectionFailed(
        f"no Kafka server can be reached at {servers}",
        steps=tuple(f"{error.step} {error.address}: {error.said}" for error in failed),
        hint=STEP_HINTS[furthest.step],
    )


def _words(error: OSError | UnicodeError) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer in {STEP_SECONDS:g} s"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error)
