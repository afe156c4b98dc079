"""The one place where the command line gets its clients from."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

from penstock.cli._diagnosis import split_address
from penstock.cli._errors import CommandError, ExitCode, UsageError
from penstock.cli._options import Connection

if TYPE_CHECKING:
    import penstock


def connect(connection: Connection) -> penstock.Cluster:
    """Return the client of a cluster.

    Raises:
        penstock.ConfigError: a config is wrong.
        CommandError: nobody listens there.
    """
    return _connect(connection, connection.configs)


def connect_beside(connection: Connection) -> penstock.Cluster:
    """Return the client of a cluster for a command that has a producer or consumer, too.

    Configs that only these know are left to them; what nobody knows they refuse.

    Raises:
        penstock.ConfigError: a config is wrong.
        CommandError: nobody listens there.
    """
    from penstock._tables import table

    known = table("client")
    configs = {
        key: value
        for key, value in connection.configs.items()
        if known.resolve(key, value) is not None
    }
    return _connect(connection, configs)


def _connect(connection: Connection, configs: dict[str, str]) -> penstock.Cluster:
    import penstock

    check_addresses(connection)
    cluster = penstock.connect(connection.servers, configs)
    try:
        check_reachable(connection)
    except BaseException:
        cluster.close()
        raise
    return cluster


def check_addresses(connection: Connection) -> None:
    """Check that each server is HOST:PORT.

    Raises:
        UsageError: one is not.
    """
    for server in connection.servers.split(","):
        _, port, problem = split_address(server.strip())
        if problem or port is None:
            reason = problem or "there is no port"
            raise UsageError(f"-b {server}: {reason}", hint="write HOST:PORT, as localhost:9092")


def check_reachable(connection: Connection) -> None:
    """Look whether one of the addresses takes connections, and end at once if none does.

    A client goes on trying, because brokers come back; somebody who waits for a command wants to
    hear it now.

    Raises:
        CommandError: nobody listens there, or its name is not known.
    """
    refused = []
    code = ExitCode.TIMEOUT
    deadline = time.monotonic() + connection.timeout
    for server in connection.servers.split(","):
        host, port, _ = split_address(server.strip())
        try:
            left = max(deadline - time.monotonic(), 0.1)
            with socket.create_connection((host, port), left):
                return
        except TimeoutError:
            refused.append(f"{server}: no answer")
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            refused.append(f"{server}: {reason.lower()}")
            code = ExitCode.FAILED
    raise CommandError(
        f"cannot connect to {'; '.join(refused)}",
        code=code,
        hint=f"penstock doctor {connection.servers} finds out why",
    )
