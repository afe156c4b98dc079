"""The extension's tables of configs, each made when it is first needed."""

from __future__ import annotations

from penstock import _native
from penstock._config import Table, merge, resolve
from penstock._errors import ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_tables: dict[str, Table] = {}


def table(which: str) -> Table:
    """Return the configs of a "client", "producer", "consumer", "broker" or "topic"."""
    found = _tables.get(which)
    if found is None:
        found = _tables[which] = Table(_native.config_table(which))
    return found


def client_configs(
    which: str | None, given: Mapping[str, object] | None, keywords: Mapping[str, object]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the configs of a connection, and of the producer or consumer over it.

    Raises:
        ConfigError, TypeError: see resolve().
    """
    if which is None:
        for key, value, _ in merge(given, keywords):
            if table("client").resolve(key, value) is None:
                _refuse_others(key, value)
        return resolve("a connection", [table("client")], given, keywords)[0], {}
    both = resolve(f"a {which}", [table("client"), table(which)], given, keywords)
    return both[0], both[1]


def _refuse_others(key: str, value: object) -> None:
    """Raise ConfigError for what is a config, but not one of a connection."""
    for other in ("producer", "consumer"):
        if table(other).resolve(key, value) is not None:
            raise ConfigError(f"{key!r} is a config of a {other}: pass it to {other}()")


def topic_configs(
    given: Mapping[str, object] | None, keywords: Mapping[str, object] | None = None
) -> dict[str, str]:
    """Return the configs of a topic; what penstock does not know is left to the broker."""
    return resolve("a topic", [table("topic")], given, keywords or {}, strict=False)[0]
