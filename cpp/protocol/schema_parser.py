"""Parses the protocol's schema files and holds them against the rules of the grammar.

The grammar stands in the README beside this file.
"""

from __future__ import annotations

import pathlib
import re
from dataclasses import dataclass, field
from typing import NoReturn

OPEN = 32767  # the end of a range like 3+
# Their sizes in bits, negative without a sign.
INTEGERS = {"int8": 8, "int16": 16, "uint16": -16, "int32": 32, "uint32": -32, "int64": 64}
CPP = {
    "bool": "bool",
    "int8": "int8_t",
    "int16": "int16_t",
    "uint16": "uint16_t",
    "int32": "int32_t",
    "uint32": "uint32_t",
    "int64": "int64_t",
    "float64": "double",
    "uuid": "Uuid",
    "string": "std::string",
    "bytes": "Slice",
    "records": "SliceChain",
}
ROUTES = ("any", "leader", "group", "transaction", "share", "controller")
RECORD_KINDS = (
    "metadata",
    "remote_log",
    "group_key",
    "group_value",
    "transaction_key",
    "transaction_value",
    "share_key",
    "share_value",
    "header",
    "data",
)


class SchemaError(Exception):
    """A schema file that breaks the grammar or one of the checks; the text names file and line."""


@dataclass(frozen=True)
class Range:
    """Versions, both ends included."""

    low: int
    high: int

    def within(self, outer: Range) -> bool:
        """Whether no version is outside of `outer`; an open end counts as its end."""
        return outer.low <= self.low <= outer.high and (
            self.high == OPEN or self.low <= self.high <= outer.high
        )


@dataclass
class Field:
    """One line of a schema."""

    name: str
    type: str  # a primitive, an alias or a struct, without [] and ?
    array: bool = False
    versions: Range | None = None  # None: as the struct around it
    nullable_from: int | None = None
    default: str | None = None
    tag: int | None = None
    ignorable: bool = False
    key: bool = False
    plain: bool = False


@dataclass
class Struct:
    """Fields that stand together; `versions` are those that carry it at most."""

    name: str
    fields: list[Field] = field(default_factory=list)
    versions: Range = Range(0, OPEN)


@dataclass
class Message:
    """A request, a response or a record."""

    name: str
    kind: str  # request, response or one of RECORD_KINDS
    key: int | None
    versions: Range
    flexible: int | None
    fields: Struct
    structs: list[Struct]  # inner ones first


@dataclass
class Api:
    """One API file."""

    key: int
    name: str
    file: str
    versions: Range
    flexible: int | None
    listeners: list[str]
    route: str
    forwarded: bool
    unstable: bool
    request: Message
    response: Message


def parse_range(text: str) -> Range | None:
    """`3`, `3-7` or `3+`; nothing for any other text."""
    match = re.fullmatch(r"(\d+)(\+|-(\d+))?", text)
    if not match:
        return None
    low = int(match[1])
    return Range(low, OPEN if match[2] == "+" else int(match[3] or low))


class Parser:
    """Parses one file into messages and checks them."""

    def __init__(self, path: pathlib.Path, aliases: dict[str, tuple[str, bool]]) -> None:
        self.path = path
        self.aliases = aliases
        self.lines: list[tuple[int, int, list[str]]] = []  # line number, indentation, words
        for number, line in enumerate(path.read_text().splitlines(), 1):
            text = line.split("#")[0].rstrip()
            if text:
                self.lines.append((number, len(text) - len(text.lstrip()), text.split()))
        if not path.read_text().startswith("# "):
            self.fail(1, "a schema file opens with a comment that says what it is")
        self.next = 0

    def fail(self, number: int, what: str) -> NoReturn:
        """Refuses the file because of this line."""
        raise SchemaError(f"{self.path.name}:{number}: {what}")

    def head(self, kind: str) -> tuple[int, list[str]]:
        """The first line: its number and the words after `kind`."""
        number, indent, words = self.lines[0] if self.lines else (1, 0, [""])
        if indent or words[0] != kind:
            self.fail(number, f"expected a line '{kind} ...'")
        self.next = 1
        return number, words[1:]

    def option(self, number: int, words: list[str], name: str) -> str:
        """The word after `name`."""
        if name not in words or words.index(name) + 1 == len(words):
            self.fail(number, f"'{name}' is missing")
        return words[words.index(name) + 1]

    def shape(self, number: int, words: list[str]) -> tuple[Range, int | None]:
        """Versions and the first flexible one."""
        versions = parse_range(self.option(number, words, "versions"))
        flexible = self.option(number, words, "flexible")
        first = parse_range(flexible)
        if versions is None or versions.high == OPEN:
            self.fail(number, "versions must be N or N-M")
        if flexible != "never" and (first is None or first.high != OPEN):
            self.fail(number, "flexible must be 'never' or N+")
        return versions, None if first is None else first.low

    def field(self, number: int, words: list[str]) -> Field:
        """One field, not yet checked."""
        if len(words) < 2:
            self.fail(number, "a field is a name and a type")
        match = re.fullmatch(r"(\[\])?(\w+)(\?(?:(\d+)\+)?)?", words[1])
        if not re.fullmatch(r"[a-z][a-z0-9_]*", words[0]) or not match:
            self.fail(number, f"'{words[0]} {words[1]}' is not a field")
        made = Field(words[0], match[2], array=bool(match[1]))
        if match[3]:
            made.nullable_from = int(match[4] or 0)
        rest = words[2:]
        if rest and (versions := parse_range(rest[0])):
            made.versions = versions
            rest = rest[1:]
        while rest:
            word = rest.pop(0)
            if word == "=" and rest:
                made.default = rest.pop(0)
            elif word == "tag" and rest and rest[0].isdigit():
                made.tag = int(rest.pop(0))
            elif word in ("ignorable", "key", "plain"):
                setattr(made, word, True)
            else:
                self.fail(number, f"'{word}' is not understood")
        return made

    def message(
        self, name: str, kind: str, key: int | None, versions: Range, flexible: int | None
    ) -> Message:
        """The fields from here to the next line that is indented less."""
        structs: dict[str, Struct] = {}
        top = Struct(name, versions=versions)
        indent = self.lines[self.next][1] if self.next < len(self.lines) else 0
        self.body(top, indent, structs, flexible)
        return Message(name, kind, key, versions, flexible, top, list(structs.values()))

    def body(
        self, struct: Struct, indent: int, structs: dict[str, Struct], flexible: int | None
    ) -> None:
        """Reads the lines of this indentation into `struct`, inner structs into `structs`."""
        while self.next < len(self.lines) and self.lines[self.next][1] == indent:
            number, _, words = self.lines[self.next]
            if words in (["request"], ["response"]):
                return
            self.next += 1
            made = self.field(number, words)
            self.check_field(number, made, struct, flexible)
            struct.fields.append(made)
            deeper = self.next < len(self.lines) and self.lines[self.next][1] > indent
            if made.type in CPP or made.type in self.aliases:
                if deeper:
                    self.fail(number + 1, f"'{made.name}' is no struct, so it has no fields")
            elif deeper:
                if made.type in structs:
                    self.fail(number, f"struct '{made.type}' is defined twice")
                inner = Struct(made.type, versions=struct.versions)
                self.body(inner, self.lines[self.next][1], structs, flexible)
                structs[made.type] = inner
            elif made.type not in structs:
                self.fail(number, f"type '{made.type}' is unknown")
        if self.next < len(self.lines) and self.lines[self.next][1] > indent:
            self.fail(self.lines[self.next][0], "indentation fits no line above")
        self.check_tags(struct)

    # --- check ---

    def check_field(self, number: int, made: Field, struct: Struct, flexible: int | None) -> None:
        """Refuses a field that contradicts itself, its struct or the message."""
        base, _ = self.aliases.get(made.type, (made.type, False))
        if any(made.name == other.name for other in struct.fields):
            self.fail(number, f"'{made.name}' is there twice")
        if made.versions and not made.versions.within(struct.versions):
            self.fail(number, f"the versions of '{made.name}' leave those of the message")
        if (
            made.nullable_from is not None
            and not made.array
            and (base in INTEGERS or base in ("bool", "float64"))
        ):
            self.fail(number, f"'{made.name}': numbers and bools are never nullable")
        if made.tag is not None:
            first = made.versions.low if made.versions else struct.versions.low
            if flexible is None or first < flexible:
                self.fail(number, f"tag of '{made.name}' before the first flexible version")
        if made.default is not None:
            self.check_default(number, made, base)

    def check_default(self, number: int, made: Field, base: str) -> None:
        """Refuses a default that the type cannot hold."""
        if made.default == "null":
            if made.nullable_from is None:
                self.fail(number, f"'{made.name}' is not nullable, so null is no default")
        elif made.array or (base not in INTEGERS and base != "bool"):
            self.fail(number, f"a {base} has no default but null and empty")
        elif base == "bool":
            if made.default != "true":
                self.fail(number, "the only default of a bool worth writing is true")
        elif made.default is None or not re.fullmatch(r"-?\d+", made.default):
            self.fail(number, f"'{made.default}' is not a number")
        else:
            bits, value = INTEGERS[base], int(made.default)
            half = 1 << abs(bits) - 1
            low, high = (-half, half - 1) if bits > 0 else (0, 2 * half - 1)
            if not low <= value <= high:
                self.fail(number, f"{value} does not fit into {base}")

    def check_tags(self, struct: Struct) -> None:
        """The tags of a struct are 0 to n."""
        tags = sorted(f.tag for f in struct.fields if f.tag is not None)
        if tags != list(range(len(tags))):
            self.fail(
                self.lines[self.next - 1][0], f"the tags of {struct.name} are {tags}, not 0 to n"
            )


def parse_aliases(path: pathlib.Path) -> dict[str, tuple[str, bool]]:
    """Alias: its base type, and whether C++ has a type of this name."""
    aliases = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        if (
            len(words) not in (3, 4)
            or words[1] != "="
            or words[2] not in CPP
            or words[3:] not in ([], ["strong"])
        ):
            raise SchemaError(
                f"{path.name}:{number}: expected 'Name = type' or 'Name = type strong'"
            )
        if words[0] in aliases:
            raise SchemaError(f"{path.name}:{number}: '{words[0]}' is there twice")
        aliases[words[0]] = (words[2], len(words) == 4)
    return aliases


def parse_api(path: pathlib.Path, aliases: dict[str, tuple[str, bool]]) -> Api:
    """One file of schema/."""
    parser = Parser(path, aliases)
    number, words = parser.head("api")
    if len(words) < 2 or not words[0].isdigit():
        parser.fail(number, "expected 'api KEY Name ...'")
    key, name = int(words[0]), words[1]
    file_key, _, file_name = path.stem.partition("_")
    if int(file_key) != key or file_name.replace("_", "") != name.lower():
        parser.fail(number, f"file name and 'api {key} {name}' differ")
    versions, flexible = parser.shape(number, words)
    served_by = words[: words.index("via")] if "via" in words else words
    listeners = [word for word in served_by if word in ("broker", "controller")]
    route = parser.option(number, words, "via")
    if not listeners or route not in ROUTES:
        parser.fail(number, "expected 'on broker|controller' and 'via' " + "|".join(ROUTES))
    messages = {}
    for kind in ("request", "response"):
        if parser.next >= len(parser.lines) or parser.lines[parser.next][2] != [kind]:
            parser.fail(number, f"'{kind}' is missing")
        parser.next += 1
        messages[kind] = parser.message(name + kind.capitalize(), kind, key, versions, flexible)
    if parser.next != len(parser.lines):
        parser.fail(parser.lines[parser.next][0], "text after the response")
    return Api(
        key,
        name,
        file_name,
        versions,
        flexible,
        listeners,
        route,
        "forwarded" in words,
        "unstable" in words,
        messages["request"],
        messages["response"],
    )


def parse_record(path: pathlib.Path, aliases: dict[str, tuple[str, bool]]) -> Message:
    """One file of records/."""
    parser = Parser(path, aliases)
    number, words = parser.head("record")
    if not words or words[0] not in RECORD_KINDS:
        parser.fail(number, "expected 'record' and one of " + ", ".join(RECORD_KINDS))
    key = int(words[1]) if len(words) > 1 and words[1].isdigit() else None
    name = words[1 if key is None else 2]
    if path.stem.replace("_", "") != name.lower():
        parser.fail(number, f"file name and '{name}' differ")
    versions, flexible = parser.shape(number, words)
    message = parser.message(name, words[0], key, versions, flexible)
    if parser.next != len(parser.lines):
        parser.fail(parser.lines[parser.next][0], "indentation fits no line above")
    return message
