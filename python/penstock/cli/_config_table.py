"""The tables of configs, for `penstock config explain`."""

from __future__ import annotations

import difflib

KINDS = ("topic", "broker", "client", "producer", "consumer")


def find(key: str) -> list[dict[str, object]]:
    """Return a row for each kind of thing that has such a config, under any spelling."""
    from penstock._config import squeeze
    from penstock._tables import table

    wanted = squeeze(key)
    return [
        {
            "name": row.name,
            "of": kind,
            "type": row.type,
            "default": row.default,
            "allowed": row.allowed,
            "default_from": list(row.synonyms),
            "effect": row.effect,
            "doc": row.doc,
        }
        for kind in KINDS
        for row in table(kind).rows.values()
        if squeeze(row.name) == wanted
    ]


def nearest(key: str) -> str | None:
    """Return the name that may have been meant."""
    from penstock._tables import table

    names = sorted({name for kind in KINDS for name in table(kind).rows})
    near = difflib.get_close_matches(key, names, n=1)
    return near[0] if near else None
