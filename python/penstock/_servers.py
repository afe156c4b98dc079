"""Addresses of servers: "host:port", several with commas or as a list, and the environment's."""

from __future__ import annotations

import os

from penstock._errors import ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

DEFAULT = "127.0.0.1:9092"
VARIABLE = "PENSTOCK_BOOTSTRAP_SERVERS"
_SCHEMES = ("plaintext://", "kafka://")


def parse(servers: str | Iterable[str]) -> str:
    """Return servers as Kafka writes them: host:port,host:port.

    Raises:
        ConfigError: an address has no port or no host, or asks for TLS.
        TypeError: neither a str nor a list of them.

    >>> parse(["a:9092", "kafka://b:9093"])
    'a:9092,b:9093'
    """
    if isinstance(servers, (bytes, bytearray)) or not hasattr(servers, "__iter__"):
        raise TypeError(f"servers are 'host:port' or a list of them, not {servers!r}")
    parts = servers.split(",") if isinstance(servers, str) else list(servers)
    addresses = [_address(part) for part in parts if not isinstance(part, str) or part.strip()]
    if not addresses:
        raise ConfigError("no server is named: say 'host:port'")
    return ",".join(addresses)


def from_environment() -> str:
    """Return PENSTOCK_BOOTSTRAP_SERVERS, or 127.0.0.1:9092 where it is not set."""
    return parse(os.environ.get(VARIABLE) or DEFAULT)


def _address(text: object) -> str:
    if not isinstance(text, str):
        raise TypeError(f"a server is 'host:port', not {text!r}")
    address = text.strip()
    for scheme in _SCHEMES:
        if address.lower().startswith(scheme):
            address = address[len(scheme) :].rstrip("/")
    if "://" in address:
        raise ConfigError(
            f"{text!r}: penstock's client speaks PLAINTEXT only, without TLS and SASL"
        )
    host, colon, port = address.rpartition(":")
    if not colon or not host or (":" in host and not host.startswith("[")):
        bare = f"[{address}]" if address.count(":") > 1 else address.rstrip(":")
        raise ConfigError(
            f"{text!r} has no port: did you mean '{bare}:9092'?", suggestion=f"{bare}:9092"
        )
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ConfigError(f"{text!r}: the port is a number from 1 to 65535, not {port!r}")
    return address
