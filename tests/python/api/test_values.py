"""Python's values as the bytes of records."""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

import pytest
from penstock._errors import SerializationError
from penstock._values import encode, from_json


@dataclass
class Page:
    path: str
    tags: list[str] = field(default_factory=list)


@dataclass
class Click:
    user: int
    page: Page


class Color(enum.Enum):
    RED = "red"


class Model:
    """Looks like a model of pydantic 2."""

    def __init__(self, **fields: Any) -> None:
        self.fields = fields

    def model_dump_json(self) -> str:
        return json.dumps(self.fields)

    def model_dump(self, mode: str) -> dict[str, Any]:
        assert mode == "json"
        return self.fields


class OldModel:
    """Looks like a model of pydantic 1."""

    __fields__: ClassVar[dict[str, object]] = {}

    def json(self) -> str:
        return '{"old":1}'

    @classmethod
    def parse_raw(cls, _: bytes) -> OldModel:
        return cls()


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (b"as it is", b"as it is"),
        (bytearray(b"\0\1"), b"\0\1"),
        ("Grüße", "Grüße"),
        ({"user": 1, "name": "Grüße"}, '{"user":1,"name":"Grüße"}'.encode()),
        ([1, None, True, 0.5], b"[1,null,true,0.5]"),
        ((1, 2), b"[1,2]"),
        (Click(7, Page("/", ["a"])), b'{"user":7,"page":{"path":"/","tags":["a"]}}'),
        (OldModel(), '{"old":1}'),
        ({"model": Model(x=1)}, b'{"model":{"x":1}}'),
        ({"at": datetime(2026, 1, 1, tzinfo=UTC)}, b'{"at":"2026-01-01T00:00:00+00:00"}'),
        ({"id": UUID(int=1)}, b'{"id":"00000000-0000-0000-0000-000000000001"}'),
        ({"color": Color.RED}, b'{"color":"red"}'),
        ({1: 2}, b'{"1":2}'),
    ],
    ids=repr,
)
def test_each_type_has_one_form(value: object, data: bytes | str) -> None:
    assert encode(value) == data


def test_a_model_writes_itself() -> None:
    assert encode(Model(x=1)) == '{"x": 1}'


@pytest.mark.parametrize("value", [1, 1.5, True, object(), {1, 2}, print])
def test_other_types_are_not_sent(value: object) -> None:
    with pytest.raises(TypeError, match=f"not {type(value).__name__}; str"):
        encode(value)


def test_what_has_no_form_in_json_is_named() -> None:
    with pytest.raises(SerializationError, match="cannot be sent as JSON"):
        encode({"x": object()})
    circle: list[object] = []
    circle.append(circle)
    with pytest.raises(SerializationError, match="cannot be sent as JSON"):
        encode(circle)


def test_json_comes_back() -> None:
    assert from_json(b'{"a":[1,2]}') == {"a": [1, 2]}
    with pytest.raises(ValueError, match=r"."):
        from_json(b"{")
