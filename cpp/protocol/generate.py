"""Makes the C++ of the protocol from its schema: structs, the API table, explicit instantiations.

usage: generate.py SCHEMA_DIR OUTPUT_DIR

Reads SCHEMA_DIR/types.api, SCHEMA_DIR/schema/*.api and SCHEMA_DIR/records/*.record. The grammar stands in the README
beside this file. Knows nothing about any single message.
"""

from __future__ import annotations

import pathlib
import re
import sys
from dataclasses import dataclass, field

OPEN = 32767  # the end of a range like 3+
UNITS = 16  # translation units of explicit instantiations
INTEGERS = {"int8": 8, "int16": 16, "uint16": -16, "int32": 32, "uint32": -32, "int64": 64}
CPP = {
    "bool": "bool", "int8": "int8_t", "int16": "int16_t", "uint16": "uint16_t", "int32": "int32_t",
    "uint32": "uint32_t", "int64": "int64_t", "float64": "double", "uuid": "Uuid", "string": "std::string",
    "bytes": "Slice", "records": "SliceChain",
}
ROUTES = ("any", "leader", "group", "transaction", "share", "controller")
RECORD_KINDS = (
    "metadata", "remote_log", "group_key", "group_value", "transaction_key", "transaction_value", "share_key",
    "share_value", "header", "data",
)


class SchemaError(Exception):
    """A schema file that breaks the grammar or one of the checks; the text names file and line."""


@dataclass(frozen=True)
class Range:
    low: int
    high: int

    def within(self, outer: Range) -> bool:
        return outer.low <= self.low and (self.high == OPEN or self.high <= outer.high)


@dataclass
class Field:
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
    name: str
    fields: list[Field] = field(default_factory=list)
    versions: Range = Range(0, OPEN)


@dataclass
class Message:
    name: str
    kind: str  # request, response or one of RECORD_KINDS
    key: int | None
    versions: Range
    flexible: int | None
    fields: Struct
    structs: list[Struct]  # inner ones first


@dataclass
class Api:
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


# --- parse ---


def parse_range(text: str) -> Range | None:
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

    def fail(self, number: int, what: str) -> None:
        raise SchemaError(f"{self.path.name}:{number}: {what}")

    def head(self, kind: str) -> tuple[int, list[str]]:
        number, indent, words = self.lines[0] if self.lines else (1, 0, [""])
        if indent or words[0] != kind:
            self.fail(number, f"expected a line '{kind} ...'")
        self.next = 1
        return number, words[1:]

    def option(self, number: int, words: list[str], name: str) -> str:
        if name not in words or words.index(name) + 1 == len(words):
            self.fail(number, f"'{name}' is missing")
        return words[words.index(name) + 1]

    def shape(self, number: int, words: list[str]) -> tuple[Range, int | None]:
        versions = parse_range(self.option(number, words, "versions"))
        flexible = self.option(number, words, "flexible")
        first = parse_range(flexible)
        if versions is None or versions.high == OPEN:
            self.fail(number, "versions must be N or N-M")
        if flexible != "never" and (first is None or first.high != OPEN):
            self.fail(number, "flexible must be 'never' or N+")
        return versions, None if first is None else first.low

    def field(self, number: int, words: list[str]) -> Field:
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

    def message(self, name: str, kind: str, key: int | None, versions: Range, flexible: int | None) -> Message:
        """The fields from here to the next line that is indented less."""
        structs: dict[str, Struct] = {}
        top = Struct(name, versions=versions)
        indent = self.lines[self.next][1] if self.next < len(self.lines) else 0
        self.body(top, indent, structs, flexible)
        return Message(name, kind, key, versions, flexible, top, list(structs.values()))

    def body(self, struct: Struct, indent: int, structs: dict[str, Struct], flexible: int | None) -> None:
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
        base, _ = self.aliases.get(made.type, (made.type, False))
        if any(made.name == other.name for other in struct.fields):
            self.fail(number, f"'{made.name}' is there twice")
        if made.versions and not (made.versions.low <= made.versions.high and made.versions.within(struct.versions)):
            self.fail(number, f"the versions of '{made.name}' leave those of the message")
        if made.nullable_from is not None and not made.array and (base in INTEGERS or base in ("bool", "float64")):
            self.fail(number, f"'{made.name}': numbers and bools are never nullable")
        if made.tag is not None:
            first = made.versions.low if made.versions else struct.versions.low
            if flexible is None or first < flexible:
                self.fail(number, f"tag of '{made.name}' before the first flexible version")
        if made.default is not None:
            self.check_default(number, made, base)

    def check_default(self, number: int, made: Field, base: str) -> None:
        if made.default == "null":
            if made.nullable_from is None:
                self.fail(number, f"'{made.name}' is not nullable, so null is no default")
        elif made.array or base not in INTEGERS and base != "bool":
            self.fail(number, f"a {base} has no default but null and empty")
        elif base == "bool":
            if made.default != "true":
                self.fail(number, "the only default of a bool worth writing is true")
        elif not re.fullmatch(r"-?\d+", made.default):
            self.fail(number, f"'{made.default}' is not a number")
        else:
            bits, value = INTEGERS[base], int(made.default)
            low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if bits > 0 else (0, (1 << -bits) - 1)
            if not low <= value <= high:
                self.fail(number, f"{value} does not fit into {base}")

    def check_tags(self, struct: Struct) -> None:
        tags = sorted(f.tag for f in struct.fields if f.tag is not None)
        if tags != list(range(len(tags))):
            self.fail(self.lines[self.next - 1][0], f"the tags of {struct.name} are {tags}, not 0 to n")


def parse_aliases(path: pathlib.Path) -> dict[str, tuple[str, bool]]:
    aliases = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        if len(words) not in (3, 4) or words[1] != "=" or words[2] not in CPP or words[3:] not in ([], ["strong"]):
            raise SchemaError(f"{path.name}:{number}: expected 'Name = type' or 'Name = type strong'")
        if words[0] in aliases:
            raise SchemaError(f"{path.name}:{number}: '{words[0]}' is there twice")
        aliases[words[0]] = (words[2], len(words) == 4)
    return aliases


def parse_api(path: pathlib.Path, aliases: dict[str, tuple[str, bool]]) -> Api:
    parser = Parser(path, aliases)
    number, words = parser.head("api")
    if len(words) < 2 or not words[0].isdigit():
        parser.fail(number, "expected 'api KEY Name ...'")
    key, name = int(words[0]), words[1]
    file_key, _, file_name = path.stem.partition("_")
    if int(file_key) != key or file_name.replace("_", "") != name.lower():
        parser.fail(number, f"file name and 'api {key} {name}' differ")
    versions, flexible = parser.shape(number, words)
    listeners = [word for word in ("broker", "controller") if word in words]
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
    return Api(key, name, file_name, versions, flexible, listeners, route, "forwarded" in words, "unstable" in words,
               messages["request"], messages["response"])


def parse_record(path: pathlib.Path, aliases: dict[str, tuple[str, bool]]) -> Message:
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


# --- emit ---

HEADER = "// Made by cpp/protocol/generate.py from {source}; not to be edited.\n"


def cpp_default(made: Field, base: str, strong: bool) -> str:
    if made.nullable_from is not None:
        return "" if made.default == "null" else "{std::in_place}"
    if made.array or base not in INTEGERS and base not in ("bool", "float64"):
        return ""
    if made.default is None:
        return "{}" if strong else " = false" if base == "bool" else " = 0"
    value = made.default if made.default != str(-(1 << 31)) else "INT32_MIN"
    return f"{{{value}}}" if strong else f" = {value}"


def options(made: Field) -> str:
    parts = []
    if made.versions and made.versions.low:
        parts.append(f".min = {made.versions.low}")
    if made.versions and made.versions.high != OPEN:
        parts.append(f".max = {made.versions.high}")
    if made.nullable_from is not None:
        parts.append(f".nullable_from = {made.nullable_from}")
    if made.default == "null":
        parts.append(".default_null = true")
    elif made.default is not None:
        number = {"true": "1", str(-(1 << 31)): "INT32_MIN"}.get(made.default, made.default)
        parts.append(f".default_number = {number}")
    parts += [f".{flag} = true" for flag in ("ignorable", "plain") if getattr(made, flag)]
    return "Field{" + ", ".join(parts) + "}"


class Emitter:
    def __init__(self, aliases: dict[str, tuple[str, bool]]) -> None:
        self.aliases = aliases

    def member(self, made: Field) -> str:
        base, strong = self.aliases.get(made.type, (made.type, False))
        kind = made.type if strong else CPP.get(base, base)
        if made.array:
            kind = f"std::vector<{kind}>"
        if made.nullable_from is not None:
            kind = f"std::optional<{kind}>"
        return f"{kind} {made.name}{cpp_default(made, base, strong)};"

    def struct(self, struct: Struct, indent: str, constants: list[str], inner: list[Struct]) -> list[str]:
        out = [f"{indent}struct {struct.name} {{"]
        out += [f"{indent}  {line}" for line in constants]
        for nested in inner:
            out += [*self.struct(nested, indent + "  ", [], []), ""]
        out += [f"{indent}  {self.member(f)}" for f in struct.fields]
        out += [f"{indent}  UnknownTags unknown_tags;", ""]
        out += [f"{indent}  bool operator==(const {struct.name}&) const = default;", ""]
        out += self.visit(struct, indent + "  ")
        return [line.rstrip() for line in [*out, f"{indent}}};"]]

    def visit(self, struct: Struct, indent: str) -> list[str]:
        plain = [f for f in struct.fields if f.tag is None]
        tagged = sorted((f for f in struct.fields if f.tag is not None), key=lambda f: f.tag)
        out = [f"{indent}static void Visit({'' if plain else '[[maybe_unused]] '}auto& self,"
               f" {'' if plain else '[[maybe_unused]] '}auto& visit) {{"]
        out += [f'{indent}  visit("{f.name}", self.{f.name}, {options(f)});' for f in plain]
        out.append(f"{indent}}}")
        if tagged:
            out.append(f"{indent}static void VisitTagged(auto& self, auto& visit) {{")
            out += [f'{indent}  visit({f.tag}, "{f.name}", self.{f.name}, {options(f)});' for f in tagged]
            out.append(f"{indent}}}")
        return out

    def message(self, message: Message) -> list[str]:
        constants = [f'static constexpr std::string_view kName = "{message.name}";']
        if message.key is not None:
            constants.append(f"static constexpr int16_t kApiKey = {message.key};")
        flexible = "kNeverFlexible" if message.flexible is None else message.flexible
        constants.append(f"static constexpr VersionRange kVersions{{{message.versions.low}, {message.versions.high}}};")
        constants += [f"static constexpr int16_t kFlexible = {flexible};", ""]
        if message.kind == "request":
            constants[-1:] = [f"using Response = {message.name[: -len('Request')]}Response;", ""]
        forward = [f"struct {message.name[: -len('Request')]}Response;", ""] if message.kind == "request" else []
        return [*forward, *self.struct(message.fields, "", constants, message.structs)]

    def header(self, source: str, messages: list[Message]) -> str:
        parts = [HEADER.format(source=source) + "#pragma once\n", '#include "protocol/message.h"\n',
                 "namespace penstock {\n"]
        parts += ["\n".join(self.message(message)) + "\n" for message in messages]
        return "\n".join([*parts, "}  // namespace penstock\n"])


def api_table(apis: list[Api]) -> str:
    out = [HEADER.format(source="schema/*.api") + "// API(key, name, min, max, flexible, broker, controller, route, "
           "forwarded, unstable)"]
    for api in apis:
        flexible = "kNeverFlexible" if api.flexible is None else api.flexible
        flags = [str(flag).lower() for flag in ("broker" in api.listeners, "controller" in api.listeners)]
        ends = [str(flag).lower() for flag in (api.forwarded, api.unstable)]
        out.append(f"API({api.key}, {api.name}, {api.versions.low}, {api.versions.high}, {flexible}, "
                   f"{', '.join(flags)}, k{api.route.capitalize()}, {', '.join(ends)})")
    return "\n".join(out) + "\n"


def units(entries: list[tuple[str, Message]], include: str, macro: str) -> list[str]:
    """The entries dealt onto UNITS sources, the long ones first so that they are even."""
    sized = sorted(entries, key=lambda e: -sum(len(s.fields) for s in [e[1].fields, *e[1].structs]))
    made = []
    for unit in range(UNITS):
        mine = sized[unit::UNITS]
        out = [HEADER.format(source="all schemas") + f'#include "{include}"']
        out += [f'#include "{path}"' for path in sorted({path for path, _ in mine})]
        out += ["", "namespace penstock {", *[f"{macro}({m.name})" for _, m in mine], "}  // namespace penstock", ""]
        made.append("\n".join(out))
    return made


def write(path: pathlib.Path, text: str) -> None:
    """Leaves a file alone that is right already, so that nothing is built for nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def generate(schema: pathlib.Path, output: pathlib.Path) -> None:
    aliases = parse_aliases(schema / "types.api")
    apis = [parse_api(path, aliases) for path in sorted((schema / "schema").glob("*.api"))]
    records = [parse_record(path, aliases) for path in sorted((schema / "records").glob("*.record"))]
    names = [m.name for api in apis for m in (api.request, api.response)] + [m.name for m in records]
    if len(set(names)) != len(names):
        raise SchemaError(f"names are there twice: {sorted({n for n in names if names.count(n) > 1})}")
    emitter = Emitter(aliases)
    root = output / "protocol"
    entries = []
    for api in apis:
        path = f"protocol/messages/{api.file}.h"
        source = f"schema/{api.key:02}_{api.file}.api"
        write(output / path, emitter.header(source, [api.request, api.response]))
        entries += [(path, api.request), (path, api.response)]
    for path, message in zip(sorted((schema / "records").glob("*.record")), records, strict=True):
        write(output / f"protocol/records/{path.stem}.h", emitter.header(f"records/{path.name}", [message]))
        entries.append((f"protocol/records/{path.stem}.h", message))
    write(root / "api_table.inc", api_table(apis))
    lines = []
    for path, m in entries:
        key = -1 if m.key is None else m.key
        lines.append(f"MESSAGE({m.name}, k{''.join(p.capitalize() for p in m.kind.split('_'))}, {key})")
    write(root / "messages.inc", HEADER.format(source="all schemas") + "\n".join(lines) + "\n")
    everything = "".join(f'#include "{path}"\n' for path in sorted({path for path, _ in entries}))
    write(root / "all_messages.h", HEADER.format(source="all schemas") + "#pragma once\n\n" + everything)
    for number, text in enumerate(units(entries, "protocol/instantiate.h", "PENSTOCK_INSTANTIATE")):
        write(root / f"unit_{number:02}.cc", text)
    for number, text in enumerate(units(entries, "protocol/random_visitor.h", "PENSTOCK_INSTANTIATE_RANDOM")):
        write(root / f"random_{number:02}.cc", text)


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        generate(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
    except SchemaError as error:
        print(f"generate.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
