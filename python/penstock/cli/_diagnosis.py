"""The steps from a name to a broker that answers, each with the way out where it fails."""

from __future__ import annotations

import errno
import ipaddress
import re
import socket
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TypeVar

from penstock.cli._probe import METADATA, BrokerAddress, ClusterAnswer, Probe, ProbeError, try_tls

T = TypeVar("T")
Steps = Generator["Finding", None, T]
_SCHEME = re.compile(r"([A-Za-z_]+)://(.*)")
_DEFAULT_PORT = 9092


@dataclass(frozen=True)
class Finding:
    """What one step has found: ok, warning or failed."""

    step: str
    target: str
    result: str
    detail: str
    hint: str = ""


@dataclass(frozen=True)
class Target:
    """An address that somebody has written down."""

    host: str
    port: int

    def __str__(self) -> str:
        """Return HOST:PORT."""
        return str(BrokerAddress(-1, self.host, self.port))


class Diagnosis:
    """Goes through the steps; `findings` yields them as they are made."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout

    def findings(self, text: str) -> Iterator[Finding]:
        """Look at an address as it was given, then at what its broker advertises."""
        target = yield from self._name(text)
        if target is None:
            return
        answer = yield from self._reach(target)
        if answer is None:
            return
        yield from self._advertised(target, answer)

    def _name(self, text: str) -> Steps[Target | None]:
        """Read HOST:PORT, with what people write instead."""
        stripped = text.strip()
        scheme = _SCHEME.fullmatch(stripped)
        if scheme is not None:
            stripped = scheme.group(2).rstrip("/")
            hint = f"write {stripped}: clients take HOST:PORT, the protocol is another config"
            yield Finding("name", text, "warning", f"{scheme.group(1)}:// is no part of it", hint)
        host, port, problem = split_address(stripped)
        if problem:
            yield Finding("name", text, "failed", problem, "write HOST:PORT, as localhost:9092")
            return None
        if port is None:
            hint = f"write {host}:{_DEFAULT_PORT}; that is tried now"
            yield Finding("name", text, "warning", "there is no port", hint)
            port = _DEFAULT_PORT
        if host in ("0.0.0.0", "::"):
            hint = "name the machine, or 127.0.0.1 for this one"
            detail = "an address to listen at, not one to connect to"
            yield Finding("name", text, "warning", detail, hint)
        return Target(host, port)

    def _reach(
        self, target: Target, advertiser: Target | None = None
    ) -> Steps[ClusterAnswer | None]:
        """Resolve, connect and ask; return what the broker says of its cluster."""
        addresses = yield from self._resolve(target, advertiser)
        connected = yield from self._connect(target, addresses, advertiser)
        if connected is None:
            return None
        connection, address = connected
        probe = Probe(connection, self._timeout)
        try:
            answer = yield from self._speak(target, address, probe)
        finally:
            probe.close()
        return answer

    def _resolve(self, target: Target, advertiser: Target | None) -> Steps[list[tuple[str, int]]]:
        try:
            found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            hint = _unknown_name_hint(target, advertiser)
            yield Finding("resolve", target.host, "failed", reason, hint)
            return []
        addresses = list(dict.fromkeys((str(entry[4][0]), int(entry[4][1])) for entry in found))
        shown = ", ".join(host for host, _ in addresses)
        if shown != target.host:
            yield Finding("resolve", target.host, "ok", shown)
        return addresses

    def _connect(
        self, target: Target, addresses: list[tuple[str, int]], advertiser: Target | None
    ) -> Steps[tuple[socket.socket, tuple[str, int]] | None]:
        refused: list[str] = []
        for address in addresses:
            begin = time.monotonic()
            try:
                connection = socket.create_connection(address, self._timeout)
            except OSError as error:
                refused.append(f"{_shown(address)}: {_reason(error)}")
                last = error
                continue
            milliseconds = (time.monotonic() - begin) * 1000
            yield Finding("connect", _shown(address), "ok", f"in {milliseconds:.1f} ms")
            if refused:
                hint = f"clients try that one, too; {_shown(address)} alone is surer"
                yield Finding("connect", str(target), "warning", "; ".join(refused), hint)
            return connection, address
        if refused:
            hint = _no_connection_hint(target, last, advertiser)
            yield Finding("connect", str(target), "failed", "; ".join(refused), hint)
        return None

    def _speak(
        self, target: Target, address: tuple[str, int], probe: Probe
    ) -> Steps[ClusterAnswer | None]:
        try:
            apis = probe.api_versions()
        except ProbeError as error:
            yield self._not_kafka(target, address, error)
            return None
        versions = {api.key: api for api in apis}
        yield Finding("kafka", str(target), "ok", f"{len(apis)} APIs")
        if METADATA not in versions:
            hint = "this is the listener of a controller; clients need a broker's"
            yield Finding("metadata", str(target), "failed", "it serves no Metadata", hint)
            return None
        supported = versions[METADATA]
        version = min(2, supported.last)
        if version < supported.first:
            detail = f"Metadata only from version {supported.first} on"
            hint = "this broker is newer than this check; try a client"
            yield Finding("metadata", str(target), "warning", detail, hint)
            return None
        try:
            answer = probe.metadata(version)
        except ProbeError as error:
            yield Finding("metadata", str(target), "failed", str(error), _metadata_hint(error))
            return None
        named = ", ".join(f"{broker.node_id} at {broker}" for broker in answer.brokers)
        cluster = f"cluster {answer.cluster_id}, " if answer.cluster_id else ""
        yield Finding("metadata", str(target), "ok", f"{cluster}brokers: {named or 'none'}")
        return answer

    def _not_kafka(self, target: Target, address: tuple[str, int], error: ProbeError) -> Finding:
        detail, hint = str(error), ""
        tls = None
        if error.kind in ("tls", "closed", "silent", "strange"):
            tls = try_tls(address, target.host, self._timeout)
        if tls is not None:
            detail = f"this listener speaks {tls.version}"
            distrust = (
                f"; its certificate is not trusted here: {tls.distrust}" if tls.distrust else ""
            )
            hint = (
                f"set security.protocol=SSL or SASL_SSL, or use the plain listener's port{distrust}"
            )
        elif error.kind == "http":
            hint = "this is a web server; clients need the address of a Kafka listener"
        elif error.kind == "silent":
            hint = "something listens but does not speak Kafka, or it hangs; look at its log"
        else:
            hint = "look at the log of what listens there: it is not Kafka, or refuses this address"
        return Finding("kafka", str(target), "failed", detail, hint)

    def _advertised(self, target: Target, answer: ClusterAnswer) -> Iterator[Finding]:
        if not answer.brokers:
            hint = "the cluster has no broker that is alive"
            yield Finding("advertised", str(target), "failed", "no broker", hint)
        for broker in answer.brokers:
            other = Target(broker.host, broker.port)
            suspicion = _suspicion(other, target)
            if suspicion:
                hint = f"set advertised.listeners on broker {broker.node_id} to {target}"
                yield Finding("advertised", str(other), "warning", suspicion, hint)
            if other == target:
                yield Finding("advertised", str(other), "ok", "the address that was given")
                continue
            theirs = yield from self._reach(other, target)
            if theirs is not None and theirs.cluster_id != answer.cluster_id:
                detail = f"belongs to another cluster: {theirs.cluster_id}"
                hint = f"set advertised.listeners on broker {broker.node_id} to its own address"
                yield Finding("advertised", str(other), "failed", detail, hint)


def split_address(text: str) -> tuple[str, int | None, str]:
    """Split HOST:PORT, [IPV6]:PORT or HOST; the third is what is wrong with it, or nothing."""
    match = re.fullmatch(r"\[([^\]]*)\](?::(.*))?|([^:]*)(?::([^:]*))?", text)
    if match is None:
        return "", None, "more than one colon: an IPv6 address goes into brackets, as [::1]:9092"
    host = match.group(1) or match.group(3) or ""
    port = match.group(2) if match.group(1) is not None else match.group(4)
    if not host:
        return "", None, "there is no host"
    if port is None:
        return host, None, ""
    if re.fullmatch(r"\d{1,5}", port) is None or not 0 < int(port) < 65536:
        return host, None, f"{port!r} is no port: they are 1 to 65535"
    return host, int(port), ""


def _shown(address: tuple[str, int]) -> str:
    return str(BrokerAddress(-1, address[0], address[1]))


def _reason(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "no answer"
    return (error.strerror or str(error)).lower()


def _unknown_name_hint(target: Target, advertiser: Target | None) -> str:
    if advertiser is not None:
        return (
            f"the broker at {advertiser} tells clients to go to {target}, a name that is not known "
            f"here; set its advertised.listeners to {advertiser}, or make the name known"
        )
    if "." not in target.host:
        return "check the spelling; names of containers are known inside of their network only"
    return "check the spelling, and the DNS or VPN of this machine"


def _no_connection_hint(target: Target, error: OSError, advertiser: Target | None) -> str:
    if advertiser is not None:
        return (
            f"the broker at {advertiser} tells clients to go to {target}; set its "
            "advertised.listeners to an address that can be reached from here"
        )
    if error.errno == errno.ECONNREFUSED:
        return "nothing listens there: is the broker running, and is this its port?"
    if isinstance(error, TimeoutError):
        return "a firewall may drop it, or the machine is off"
    return "check the network between here and there"


def _metadata_hint(error: ProbeError) -> str:
    if error.kind == "closed":
        return "it answers ApiVersions only: this listener wants SASL; set security.protocol"
    return "the broker may be starting, or overloaded; look at its log"


def _suspicion(advertised: Target, given: Target) -> str:
    """Say what is odd about an advertised address."""
    if advertised.host in ("0.0.0.0", "::"):
        return "an address to listen at, not one to connect to"
    if _is_loopback(advertised.host) and not _is_loopback(given.host):
        return "for clients that is their own machine, not the broker's"
    return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
