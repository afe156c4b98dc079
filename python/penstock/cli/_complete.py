"""Names of topics for the shell's completion, remembered for a moment."""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path

import click

from penstock.cli._client import connect
from penstock.cli._options import Connection, make_connection

FRESH_SECONDS = 2.0
_ANSWER_SECONDS_MAX = 2.0


def complete_topics(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Return the topics that begin like this; none when there is no cluster to ask."""
    root = ctx.find_root()
    settings = root.obj if root.obj is not None else root.params.get("bootstrap_server")
    servers = ctx.params.get("bootstrap_server")
    if servers is None and isinstance(settings, str):
        servers = settings
    connection = make_connection(
        root.obj,
        servers,
        ctx.params.get("assignments") or (),
        ctx.params.get("properties"),
        _ANSWER_SECONDS_MAX,
    )
    try:
        names = topic_names(connection)
    except Exception:  # a shell that completes has no place for an error
        return []
    return [name for name in names if name.startswith(incomplete)]


def topic_names(connection: Connection) -> list[str]:
    """Return the topics of a cluster, as they were a moment ago."""
    path = _cache_file(connection)
    try:
        if time.time() - path.stat().st_mtime < FRESH_SECONDS:
            names: list[str] = json.loads(path.read_text(encoding="utf-8"))
            return names
    except (OSError, ValueError):
        pass  # there is nothing to remember
    with connect(connection) as cluster:
        names = sorted(cluster.topics())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.write_text(json.dumps(names), encoding="utf-8")
        temporary.replace(path)
    except OSError:
        pass  # then the next one asks again
    return names


def _cache_file(connection: Connection) -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    about = json.dumps([connection.servers, connection.configs], sort_keys=True)
    return cache / "penstock" / f"topics-{hashlib.sha256(about.encode()).hexdigest()[:16]}.json"
