"""Clients of clusters elsewhere: penstock.connect()."""

from __future__ import annotations

from typing import Any

from penstock import _native, _servers
from penstock._cluster import Cluster
from penstock._tables import client_configs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def connect(
    servers: str | Iterable[str] | None = None,
    config: Mapping[str, object] | None = None,
    **configs: Any,
) -> Cluster:
    """Return a client of any Kafka cluster. It connects when it is first asked something.

    Args:
        servers: "host:port", or several as a list or with commas. Without it the environment's
            PENSTOCK_BOOTSTRAP_SERVERS, else 127.0.0.1:9092.
        config: Kafka's configs of a client, as a dict.
        **configs: the same as keywords, which win: ``client_id="me"``.

    Raises:
        ConfigError: an address without a port, an unknown config.

    >>> with penstock.connect(cluster.bootstrap_servers) as remote:
    ...     remote.topic("example").partitions
    1
    """
    given, _ = client_configs(None, config, configs)
    return connect_with(servers, given)


def connect_with(servers: str | Iterable[str] | None, configs: dict[str, str]) -> Cluster:
    """Return the client for configs by Kafka's names; `servers` wins over bootstrap.servers."""
    if servers is not None:
        address = _servers.parse(servers)
    elif "bootstrap.servers" in configs:
        address = _servers.parse(configs["bootstrap.servers"])
    else:
        address = _servers.from_environment()
    engine = _native.Engine.connect({**configs, "bootstrap.servers": address})
    return Cluster(engine, address)
