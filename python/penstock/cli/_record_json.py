"""Keys and values in JSON: as text where they are text, in base64 where they are not."""

from __future__ import annotations

import base64
from collections.abc import Iterable

_SHOWN_CHARACTERS_MAX = 200


def text_or_base64(data: bytes | None) -> tuple[str | None, str | None]:
    """Return the bytes as a JSON string, and "base64" if they are not in UTF-8."""
    if data is None:
        return None, None
    try:
        return data.decode(), None
    except UnicodeDecodeError:
        return base64.b64encode(data).decode(), "base64"


def record_fields(
    key: bytes | None, value: bytes | None, headers: Iterable[tuple[str, bytes | None]]
) -> dict[str, object]:
    """Return the fields key, value and headers, each with its encoding."""
    key_text, key_encoding = text_or_base64(key)
    value_text, value_encoding = text_or_base64(value)
    return {
        "key": key_text,
        "key_encoding": key_encoding,
        "value": value_text,
        "value_encoding": value_encoding,
        "headers": [_header(name, data) for name, data in headers],
    }


def _header(name: str, data: bytes | None) -> dict[str, object]:
    text, encoding = text_or_base64(data)
    return {"key": name, "value": text, "value_encoding": encoding}


def show_text(value: object) -> str:
    """Return a text for one cell of a table, cut where it is long."""
    text = str(value)
    if len(text) > _SHOWN_CHARACTERS_MAX:
        text = f"{text[:_SHOWN_CHARACTERS_MAX]}... ({len(text):,} characters)"
    return text.replace("\n", "\\n")
