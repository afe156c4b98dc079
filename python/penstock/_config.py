"""Configs as people remember them, turned into Kafka's names with their values as text.

linger.ms, linger_ms and LINGER-MS are one key; a dict and keywords may be mixed, and keywords win;
"5ms", "64MiB" and timedelta are values, and with a unit in the value the key may do without.
"""

from __future__ import annotations

from typing import Any, NamedTuple, cast

from penstock import _units
from penstock._aliases import ALIASES, VALUES, why_unsupported
from penstock._errors import ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")
_WHOLE = ("int", "long", "short")
_SIZE_WORDS = ("bytes", "size", "memory", "buffer")


class Row(NamedTuple):
    """What is known of one config.

    ``effect`` is "yes", "in part" or "not yet"; a default that is None comes from the first of the
    ``synonyms`` that is set.
    """

    name: str
    type: str
    default: str | None
    doc: str
    allowed: str = ""
    effect: str = "yes"
    synonyms: tuple[str, ...] = ()


class Table:
    """The configs of one kind of object, found under any spelling."""

    def __init__(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Take rows as the extension tells them."""
        self.rows: dict[str, Row] = {}
        for row in rows:
            default = row.get("default")
            name, doc = str(row["name"]), str(row.get("doc") or "")
            text = None if default is None else str(default)
            self.rows[name] = Row(
                name,
                str(row["type"]).lower(),
                text,
                doc,
                str(row.get("allowed") or ""),
                str(row.get("effect") or "yes"),
                tuple(map(str, cast("Iterable[object]", row.get("synonyms") or ()))),
            )
        self._squeezed = {squeeze(name): name for name in self.rows}
        self._short: dict[str, list[str]] = {}
        for name in self.rows:
            stem, _, suffix = name.rpartition(".")
            if suffix == "bytes" or suffix in _units.TIME_SUFFIXES:
                self._short.setdefault(squeeze(stem), []).append(name)

    def __contains__(self, name: str) -> bool:
        """Whether there is a config of this name, as Kafka spells it."""
        return name in self.rows

    def names(self) -> dict[str, str]:
        """Return Kafka's names by their squeezed ones."""
        return dict(self._squeezed)

    def resolve(self, key: str, value: object) -> tuple[str, str] | None:
        """Return Kafka's name and the value as text, or None for a key that is not here.

        Raises:
            ConfigError: the value is none for this key.
        """
        squeezed = squeeze(key)
        name = self._squeezed.get(squeezed)
        if name is not None:
            return name, to_text(self.rows[name], key, value)
        alias, _, factor = ALIASES.get(squeezed, "").partition(" x")
        if alias in self.rows:
            text = to_text(self.rows[alias], key, value)
            return alias, str(int(text) * int(factor)) if factor else text
        if squeezed in self._short:
            return self._without_suffix(key, value, self._short[squeezed])
        return None

    def _without_suffix(self, key: str, value: object, names: list[str]) -> tuple[str, str]:
        """`linger="5ms"` for linger.ms, `retention="1GiB"` for retention.bytes."""
        if len(names) == 1 and value in (0, "0") and not isinstance(value, bool):
            return names[0], "0"  # the same in every unit
        kind = unit_kind(value)
        for name in names:
            if kind == ("size" if name.endswith(".bytes") else "time"):
                return name, to_text(self.rows[name], key, value)
        raise ConfigError(
            f"{key}={value!r} has no unit that fits: say {_example(names[0])}, "
            f"or use {' or '.join(names)}",
            suggestion=names[0],
        )


def squeeze(key: str) -> str:
    """Return a key without what spellings differ in."""
    return key.lower().replace(".", "").replace("_", "").replace("-", "")


def unit_kind(value: object) -> str | None:
    """Return "time" or "size" for a value that has a unit."""
    if hasattr(value, "total_seconds"):
        return "time"
    parsed = _units.parse(value) if isinstance(value, str) else None
    return parsed[0] if parsed else None


def merge(
    given: Mapping[str, object] | None, keywords: Mapping[str, object]
) -> list[tuple[str, object, int]]:
    """Return all keys with their values and a rank: keywords outrank the dict. None is not given.

    Raises:
        TypeError: `given` is not a mapping, or a key is no str.
    """
    found: list[tuple[str, object, int]] = []
    for rank, source in enumerate((given or {}, keywords)):
        if not hasattr(source, "items"):
            raise TypeError(f"configs are a dict, not {type(source).__name__}")
        for key, value in source.items():
            if not isinstance(key, str):
                raise TypeError(f"the name of a config is a str, not {key!r}")
            if value is not None:
                found.append((key, value, rank))
    return found


def resolve(
    what: str,
    tables: list[Table],
    given: Mapping[str, object] | None,
    keywords: Mapping[str, object],
    *,
    strict: bool = True,
) -> list[dict[str, str]]:
    """Return for each table its configs, by Kafka's names, values as text.

    A key that several tables know goes to all of them. Without `strict` a key that nobody knows and
    that resembles nothing goes to the first table as it is: a broker may know more than we do.

    Raises:
        ConfigError: an unknown key, a value that is none, or two names of one config that disagree.
        TypeError: see merge.
    """
    results: list[dict[str, str]] = [{} for _ in tables]
    chosen: dict[str, tuple[str, str, int]] = {}
    for key, value, rank in merge(given, keywords):
        resolved = [(i, table.resolve(key, value)) for i, table in enumerate(tables)]
        known = [(i, found) for i, found in resolved if found is not None]
        if not known:
            if strict or suggestion(key, tables) or why_unsupported(squeeze(key)):
                raise unknown(what, key, tables)
            known = [(0, (key, plain(value)))]
        for i, (name, text) in known:
            before = chosen.get(name)
            if before is not None and before[2] == rank and before[1] != text:
                raise ConfigError(
                    f"{before[0]} and {key} are the same config, {name}, with different values: "
                    f"{before[1]} and {text}"
                )
            chosen[name] = (key, text, rank)
            results[i][name] = text
    return results


def unknown(what: str, key: str, tables: list[Table]) -> ConfigError:
    """Return the error for a key that no table has."""
    why = why_unsupported(squeeze(key))
    if why:
        return ConfigError(f"{what} does not take {key!r}: {why}")
    near = suggestion(key, tables)
    question = f"; did you mean {near!r}?" if near else ""
    return ConfigError(f"{what} has no config {key!r}{question}", suggestion=near)


def suggestion(key: str, tables: list[Table]) -> str | None:
    """Return the name that may have been meant, or None."""
    import difflib

    names: dict[str, str] = {}
    for table in tables:
        for name in table.rows:
            names[squeeze(name)] = name
            stem, _, suffix = name.rpartition(".")
            if suffix in ("ms", "bytes"):
                names.setdefault(squeeze(stem), name)
        for alias, target in ALIASES.items():
            name = target.partition(" x")[0]
            if name in table:
                names.setdefault(alias, name)
    near = difflib.get_close_matches(squeeze(key), names, n=1, cutoff=0.75)
    return names[near[0]] if near else None


def to_text(row: Row, key: str, value: Any) -> str:
    """Return a value as Kafka writes it.

    Raises:
        ConfigError: it is none of the row's type.
    """
    if row.type == "boolean":
        return _boolean(key, value)
    if row.type == "list" or row.name == "bootstrap.servers":
        if isinstance(value, (list, tuple, set, frozenset)):
            items = sorted(value) if isinstance(value, (set, frozenset)) else value
            return ",".join(plain(item).strip() for item in items)
        return plain(value)
    if row.type in _WHOLE:
        return _whole(row, key, value)
    if row.type == "double":
        try:
            return repr(float(value)) if not isinstance(value, bool) else _refuse(row, key, value)
        except (TypeError, ValueError):
            return _refuse(row, key, value)
    text = plain(value)
    return VALUES.get(row.name, {}).get(text.lower(), text)


def plain(value: object) -> str:
    """Return str(value), with Kafka's words for booleans."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _boolean(key: str, value: object) -> str:
    text = plain(value).lower()
    if text in _TRUE:
        return "true"
    if text in _FALSE:
        return "false"
    raise ConfigError(f"{key}={value!r}: true or false is wanted")


def _whole(row: Row, key: str, value: Any) -> str:
    suffix = row.name.rpartition(".")[2]
    scale = _units.TIME_SUFFIXES.get(suffix)
    if hasattr(value, "total_seconds"):
        if scale is None:
            _refuse(row, key, value)
        micros = (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds
        return _divide(row, key, value, micros, scale or 1)
    if isinstance(value, str):
        parsed = _units.parse(value)
        if parsed is not None:
            kind, number, denominator = parsed
            if kind == "time" and scale is not None:
                return _divide(row, key, value, number, denominator * scale)
            if kind == "size" and any(word in row.name for word in _SIZE_WORDS):
                return _divide(row, key, value, number, denominator)
            _refuse(row, key, value)
        try:
            return str(int(value))
        except ValueError:
            _refuse(row, key, value)
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        _refuse(row, key, value)
    return str(value.__index__())


def _divide(row: Row, key: str, value: object, number: int, denominator: int) -> str:
    if number % denominator:
        raise ConfigError(f"{key}={value!r} is not a whole number of {row.name}'s unit")
    return str(number // denominator)


def _refuse(row: Row, key: str, value: object) -> str:
    kind = "a whole number" if row.type in _WHOLE else "a number"
    raise ConfigError(f"{key}={value!r}: {kind} is wanted{_allowed_units(row)}")


def _allowed_units(row: Row) -> str:
    if row.name.rpartition(".")[2] in _units.TIME_SUFFIXES:
        return f" of {row.name.rpartition('.')[2]}, or a time such as '5ms', '2s', '1h'"
    if any(word in row.name for word in _SIZE_WORDS):
        return " of bytes, or a size such as '64KiB', '1MiB'"
    return ""


def _example(name: str) -> str:
    return "'64MiB'" if name.endswith(".bytes") else "'5ms' or '2s'"
