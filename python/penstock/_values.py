"""Values of records: Python's objects to bytes when sending, and back for typed topics.

bytes stay as they are and str is UTF-8; dict, list, dataclass, pydantic (1 and 2) and msgspec
become JSON. pydantic and msgspec are recognized by what they look
like and are never imported from here.
"""

from __future__ import annotations

from typing import Any

from penstock._errors import SerializationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_SHOWN = 40
_encoders: dict[type, Callable[[Any], bytes | str]] = {}
_dumps: Callable[[Any], bytes] | None = None
_loads: Callable[[bytes | str], Any] | None = None


def encode(value: object) -> bytes | str:
    """Return a value as bytes or text; the extension asks for what is neither.

    Raises:
        TypeError: values of this type are not sent.
        SerializationError: the value cannot be written as JSON.

    >>> encode({"user": 1})
    b'{"user":1}'
    """
    kind = type(value)
    encoder = _encoders.get(kind)
    if encoder is None:
        encoder = _encoders[kind] = _encoder_for(kind)
    try:
        return encoder(value)
    except (TypeError, ValueError, RecursionError) as error:
        if isinstance(error, SerializationError):
            raise
        raise SerializationError(f"{_shown(value)} cannot be sent as JSON: {error}") from error


def to_json(value: object) -> bytes:
    """Return JSON in UTF-8, without spaces; by orjson if it is installed."""
    global _dumps
    if _dumps is None:
        _dumps = _make_dumps()
    return _dumps(value)


def from_json(data: bytes | str) -> Any:
    """Return what a JSON text says; by orjson if it is installed.

    Raises:
        ValueError: it is no JSON.
    """
    global _loads
    if _loads is None:
        _loads = _make_loads()
    return _loads(data)


def _encoder_for(kind: type) -> Callable[[Any], bytes | str]:
    if issubclass(kind, (bytes, bytearray, memoryview)):
        return bytes
    if issubclass(kind, str):
        return str
    if hasattr(kind, "__struct_fields__"):
        import msgspec

        encode: Callable[[Any], bytes] = msgspec.json.Encoder().encode
        return encode
    if hasattr(kind, "model_dump_json"):
        return lambda value: str(value.model_dump_json())
    if hasattr(kind, "__fields__") and hasattr(kind, "parse_raw"):
        return lambda value: str(value.json())
    if issubclass(kind, (dict, list, tuple)) or hasattr(kind, "__dataclass_fields__"):
        return to_json
    raise TypeError(
        f"a key or value is bytes, str, dict, list, dataclass, pydantic or msgspec, "
        f"not {kind.__name__}; str(x) sends its text"
    )


def _make_dumps() -> Callable[[Any], bytes]:
    try:
        import orjson
    except ImportError:
        import json

        encoder = json.JSONEncoder(
            ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_jsonable
        )
        return lambda value: encoder.encode(value).encode()
    option: int = orjson.OPT_NON_STR_KEYS
    return lambda value: bytes(orjson.dumps(value, default=_jsonable, option=option))


def _make_loads() -> Callable[[bytes | str], Any]:
    try:
        import orjson
    except ImportError:
        import json

        return json.loads
    loads: Callable[[bytes | str], Any] = orjson.loads
    return loads


def _jsonable(value: Any) -> Any:
    """What json does not know: dataclasses, models, dates, uuids, enums, scalars."""
    if hasattr(type(value), "__dataclass_fields__"):
        return {name: getattr(value, name) for name in type(value).__dataclass_fields__}
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if hasattr(value, "__struct_fields__"):
        return {name: getattr(value, name) for name in value.__struct_fields__}
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if type(value).__name__ == "UUID":
        return str(value)
    if hasattr(type(value), "__members__"):
        return value.value
    if hasattr(value, "dtype") and hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
