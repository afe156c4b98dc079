"""The schemas say what Kafka 4.3 says: messages, fields, types, versions, defaults, tags, marks."""

from __future__ import annotations

import importlib.util
import pathlib
import sys
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "cpp" / "protocol"
FIELDS = pathlib.Path(__file__).with_name("fields-4.3.txt")


def load_parser() -> Any:
    """The module schema_parser, which is in no package."""
    spec = importlib.util.spec_from_file_location("schema_parser", SCHEMA / "schema_parser.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


parser = load_parser()
ALIASES = parser.parse_aliases(SCHEMA / "types.api")


def span(low: int, high: int) -> str:
    """Versions as the file writes them."""
    return f"{low}-{high}"


class Lines:
    """The fields of one message in the notation of fields-4.3.txt."""

    def __init__(self, message: Any) -> None:
        self.message = message
        self.structs = {struct.name: struct for struct in message.structs}
        self.ranges: dict[str, tuple[int, int]] = {}
        top = (message.versions.low, message.versions.high)
        self.spread(message.fields, top)
        self.lines = self.of(message.fields, top, message.name)
        for name, bounds in self.ranges.items():
            self.lines |= self.of(self.structs[name], bounds, f"{message.name}.{name}")

    def carried(self, field: Any, around: tuple[int, int]) -> tuple[int, int]:
        """The versions that carry a field of a struct."""
        if field.versions is None:
            return around
        return max(field.versions.low, around[0]), min(field.versions.high, around[1])

    def spread(self, struct: Any, around: tuple[int, int]) -> None:
        """A struct is carried by every version that carries a field of its type."""
        for field in struct.fields:
            if field.type in self.structs:
                low, high = self.carried(field, around)
                known = self.ranges.get(field.type, (low, high))
                self.ranges[field.type] = (min(low, known[0]), max(high, known[1]))
                self.spread(self.structs[field.type], (low, high))

    def of(self, struct: Any, around: tuple[int, int], path: str) -> set[str]:
        """One line per field of a struct."""
        lines = set()
        for field in struct.fields:
            base, _ = ALIASES.get(field.type, (field.type, False))
            low, high = self.carried(field, around)
            words = [f"{path}.{field.name}", ("[]" if field.array else "") + base, span(low, high)]
            if field.nullable_from is not None:
                words += ["null", span(max(field.nullable_from, low), high)]
            if field.default is not None:
                words += ["=", field.default]
            if field.tag is not None:
                words += ["tag", str(field.tag)]
            words += [mark for mark in ("ignorable", "key", "plain") if getattr(field, mark)]
            lines.add(" ".join(words))
        return lines


def shape(versions: Any, flexible: int | None) -> str:
    """Versions and first flexible version of a message."""
    first = "never" if flexible is None else f"{flexible}+"
    return f"{span(versions.low, versions.high)} flexible {first}"


def ours() -> set[str]:
    """What our schemas say, in the notation of fields-4.3.txt."""
    lines: set[str] = set()
    for path in sorted((SCHEMA / "schema").glob("*.api")):
        api = parser.parse_api(path, ALIASES)
        marks = [mark for mark in ("forwarded", "unstable") if getattr(api, mark)]
        head = f"api {api.key} {api.name} {shape(api.versions, api.flexible)}"
        lines.add(" ".join([head, "on", ",".join(api.listeners), *marks]))
        lines |= Lines(api.request).lines | Lines(api.response).lines
    for path in sorted((SCHEMA / "records").glob("*.record")):
        record = parser.parse_record(path, ALIASES)
        key = "-" if record.key is None else record.key
        lines.add(
            f"record {record.kind} {key} {record.name} {shape(record.versions, record.flexible)}"
        )
        lines |= Lines(record).lines
    return lines


def test_every_field_is_kafkas() -> None:
    """No field is missing, none is too many, none differs."""
    kafkas = {line for line in FIELDS.read_text().splitlines() if line and not line.startswith("#")}
    assert len(kafkas) > 2000
    mine = ours()
    assert sorted(mine - kafkas) == []
    assert sorted(kafkas - mine) == []
