"""From the bytes of a record to the type of its topic."""

from __future__ import annotations

from typing import Any, Generic, TypeVar, get_origin, get_type_hints, is_typeddict

from penstock._errors import SerializationError
from penstock._values import from_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from penstock._native import Record

T = TypeVar("T")
_FIRST_BYTES = 40
_JSON_TYPES = (dict, list, tuple, object, int, float, bool)


def decoder_for(kind: Any) -> Callable[[bytes], Any]:
    """Return what makes values of a type out of bytes.

    Args:
        kind: bytes, str, dict, list, a dataclass, a TypedDict, a model of pydantic, a Struct of
            msgspec.

    Raises:
        TypeError: it is none of these.
    """
    plain = get_origin(kind) or kind
    if plain is bytes:
        return bytes
    if plain is str:
        return lambda data: data.decode()
    if kind is Any or plain in _JSON_TYPES or is_typeddict(plain):
        return from_json
    if hasattr(plain, "__struct_fields__"):
        import msgspec

        decode: Callable[[bytes], Any] = msgspec.json.Decoder(kind).decode
        return decode
    if hasattr(plain, "model_validate_json"):
        validate: Callable[[bytes], Any] = plain.model_validate_json
        return validate
    if hasattr(plain, "__fields__") and hasattr(plain, "parse_raw"):
        parse: Callable[[bytes], Any] = plain.parse_raw
        return parse
    if isinstance(plain, type) and hasattr(plain, "__dataclass_fields__"):
        return lambda data: build(plain, from_json(data))
    raise TypeError(
        "the type of a topic's values is bytes, str, dict, list, a dataclass, a TypedDict, a model "
        f"of pydantic or a Struct of msgspec, not {kind!r}"
    )


def build(kind: type[T], data: Any) -> T:
    """Return a dataclass made of a dict, its fields that are dataclasses too.

    Raises:
        TypeError: data is no dict, or does not have the fields.
    """
    if not isinstance(data, dict):
        raise TypeError(f"{kind.__name__} is made of a JSON object, not of {type(data).__name__}")
    hints = get_type_hints(kind)
    return kind(**{name: _field(hints.get(name), value) for name, value in data.items()})


def _field(kind: Any, value: Any) -> Any:
    if isinstance(kind, type) and hasattr(kind, "__dataclass_fields__"):
        return build(kind, value)
    return value


class TypedRecord(Generic[T]):
    """A record whose value has the type of its topic.

    ``raw`` is the record as it is stored; the other attributes are those of Record.
    """

    __slots__ = ("key", "raw", "value")

    raw: Record
    value: T
    key: Any

    def __init__(self, raw: Record, value: T, key: Any) -> None:
        self.raw = raw
        self.value = value
        self.key = key

    @property
    def topic(self) -> str:
        """The topic's name."""
        return self.raw.topic

    @property
    def partition(self) -> int:
        """The partition's number."""
        return self.raw.partition

    @property
    def offset(self) -> int:
        """The place in the partition."""
        return self.raw.offset

    @property
    def timestamp(self) -> int:
        """Milliseconds since 1970."""
        return self.raw.timestamp

    @property
    def headers(self) -> list[tuple[str, bytes | None]]:
        """Names and values, in their order."""
        return self.raw.headers

    def __repr__(self) -> str:
        """Tell where it stands and what it holds."""
        return (
            f"Record(topic={self.topic!r}, partition={self.partition}, offset={self.offset}, "
            f"timestamp={self.timestamp}, key={self.key!r}, value={self.value!r})"
        )


def typed(
    decode_value: Callable[[bytes], Any] | None, decode_key: Callable[[bytes], Any] | None
) -> Callable[[Record], TypedRecord[Any]]:
    """Return what makes typed records; a value of None (a tombstone) stays None."""

    def convert(record: Record) -> TypedRecord[Any]:
        value, key = record.value, record.key
        return TypedRecord(
            record,
            value if decode_value is None else decode(record, "value", value, decode_value),
            key if decode_key is None else decode(record, "key", key, decode_key),
        )

    return convert


def decode(record: Record, what: str, data: bytes | None, decoder: Callable[[bytes], Any]) -> Any:
    """Return a record's key or value decoded; None stays None.

    Raises:
        SerializationError: the bytes are none of that type; it tells where, and the first bytes.
    """
    if data is None:
        return None
    try:
        return decoder(data)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        first = data[:_FIRST_BYTES]
        dots = "..." if len(data) > _FIRST_BYTES else ""
        raise SerializationError(
            f"{record.topic}[{record.partition}] @ {record.offset}: the {what} {first!r}{dots} "
            f"cannot be decoded: {error}",
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
        ) from error
