"""Makes the C++ of the protocol from its schema: structs, the API table, explicit instantiations.

usage: generate.py SCHEMA_DIR OUTPUT_DIR

Reads SCHEMA_DIR/types.api, SCHEMA_DIR/schema/*.api and SCHEMA_DIR/records/*.record. Knows nothing
about any single message.
"""

from __future__ import annotations

import pathlib
import sys

from schema_parser import (
    CPP,
    INTEGERS,
    OPEN,
    Api,
    Field,
    Message,
    SchemaError,
    Struct,
    parse_aliases,
    parse_api,
    parse_record,
)

UNITS = 16  # translation units of explicit instantiations

HEADER = "// Made by cpp/protocol/generate.py from {source}; not to be edited.\n"


def cpp_default(made: Field, base: str, strong: bool) -> str:
    """The initialiser of a member."""
    if made.nullable_from is not None:
        return "" if made.default == "null" else "{std::in_place}"
    if made.array or (base not in INTEGERS and base not in ("bool", "float64")):
        return ""
    if made.default is None:
        return "{}" if strong else " = false" if base == "bool" else " = 0"
    value = made.default if made.default != str(-(1 << 31)) else "INT32_MIN"
    return f"{{{value}}}" if strong else f" = {value}"


def options(made: Field) -> str:
    """The Field constant that Visit hands on."""
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
    """Writes structs as C++."""

    def __init__(self, aliases: dict[str, tuple[str, bool]]) -> None:
        self.aliases = aliases

    def member(self, made: Field) -> str:
        """The declaration of a data member."""
        base, strong = self.aliases.get(made.type, (made.type, False))
        kind = made.type if strong else CPP.get(base, base)
        if made.array:
            kind = f"std::vector<{kind}>"
        if made.nullable_from is not None:
            kind = f"std::optional<{kind}>"
        return f"{kind} {made.name}{cpp_default(made, base, strong)};"

    def struct(
        self, struct: Struct, indent: str, constants: list[str], inner: list[Struct]
    ) -> list[str]:
        """A struct with the structs inside it."""
        out = [f"{indent}struct {struct.name} {{"]
        out += [f"{indent}  {line}" for line in constants]
        # Inside its outer struct clang takes a nested one with member initialisers for one without
        # a default constructor (CWG 1397): those that std::optional holds get one of their own.
        fields = [f for s in [struct, *inner] for f in s.fields]
        held = {f.type for f in fields if f.nullable_from is not None and not f.array}
        for nested in inner:
            constructor = [f"{nested.name}() {{}}", ""] if nested.name in held else []
            out += [*self.struct(nested, indent + "  ", constructor, []), ""]
        out += [f"{indent}  {self.member(f)}" for f in struct.fields]
        out += [f"{indent}  UnknownTags unknown_tags;", ""]
        out += [f"{indent}  bool operator==(const {struct.name}&) const = default;", ""]
        out += self.visit(struct, indent + "  ")
        return [line.rstrip() for line in [*out, f"{indent}}};"]]

    def visit(self, struct: Struct, indent: str) -> list[str]:
        """Visit and, where there are tags, VisitTagged."""
        plain = [f for f in struct.fields if f.tag is None]
        tagged = sorted((f for f in struct.fields if f.tag is not None), key=lambda f: f.tag or 0)
        out = [
            f"{indent}static void Visit({'' if plain else '[[maybe_unused]] '}auto& self,"
            f" {'' if plain else '[[maybe_unused]] '}auto& visit) {{"
        ]
        out += [f'{indent}  visit("{f.name}", self.{f.name}, {options(f)});' for f in plain]
        out.append(f"{indent}}}")
        if tagged:
            out.append(f"{indent}static void VisitTagged(auto& self, auto& visit) {{")
            out += [
                f'{indent}  visit({f.tag}, "{f.name}", self.{f.name}, {options(f)});'
                for f in tagged
            ]
            out.append(f"{indent}}}")
        return out

    def outer(self, message: Message) -> list[str]:
        """The struct of a whole message, with its constants."""
        constants = [f'static constexpr std::string_view kName = "{message.name}";']
        if message.key is not None:
            constants.append(f"static constexpr int16_t kApiKey = {message.key};")
        flexible = "kNeverFlexible" if message.flexible is None else message.flexible
        versions = f"{{{message.versions.low}, {message.versions.high}}}"
        constants.append(f"static constexpr VersionRange kVersions{versions};")
        constants += [f"static constexpr int16_t kFlexible = {flexible};", ""]
        if message.kind == "request":
            constants[-1:] = [f"using Response = {message.name[: -len('Request')]}Response;", ""]
        forward = (
            [f"struct {message.name[: -len('Request')]}Response;", ""]
            if message.kind == "request"
            else []
        )
        return [*forward, *self.struct(message.fields, "", constants, message.structs)]

    def header(self, source: str, messages: list[Message]) -> str:
        """A header of these messages."""
        parts = [
            HEADER.format(source=source) + "#pragma once\n",
            '#include "protocol/message.h"\n',
            "namespace penstock {\n",
        ]
        parts += ["\n".join(self.outer(message)) + "\n" for message in messages]
        return "\n".join([*parts, "}  // namespace penstock\n"])


def api_table(apis: list[Api]) -> str:
    """One line per API."""
    out = [
        HEADER.format(source="schema/*.api")
        + "// API(key, name, min, max, flexible, broker, controller, route, "
        "forwarded, unstable)"
    ]
    for api in apis:
        flexible = "kNeverFlexible" if api.flexible is None else api.flexible
        flags = [
            str(flag).lower() for flag in ("broker" in api.listeners, "controller" in api.listeners)
        ]
        ends = [str(flag).lower() for flag in (api.forwarded, api.unstable)]
        out.append(
            f"API({api.key}, {api.name}, {api.versions.low}, {api.versions.high}, {flexible}, "
            f"{', '.join(flags)}, k{api.route.capitalize()}, {', '.join(ends)})"
        )
    return "\n".join(out) + "\n"


def units(entries: list[tuple[str, Message]], include: str, macro: str) -> list[str]:
    """The entries dealt onto UNITS sources, the long ones first so that they are even."""
    sized = sorted(entries, key=lambda e: -sum(len(s.fields) for s in [e[1].fields, *e[1].structs]))
    made = []
    for unit in range(UNITS):
        mine = sized[unit::UNITS]
        out = [HEADER.format(source="all schemas") + f'#include "{include}"']
        out += [f'#include "{path}"' for path in sorted({path for path, _ in mine})]
        out += [
            "",
            "namespace penstock {",
            *[f"{macro}({m.name})" for _, m in mine],
            "}  // namespace penstock",
            "",
        ]
        made.append("\n".join(out))
    return made


def write(path: pathlib.Path, text: str) -> None:
    """Leaves a file alone that is right already, so that nothing is built for nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def generate(schema: pathlib.Path, output: pathlib.Path) -> None:
    """Makes everything; SchemaError leaves the output as it was."""
    aliases = parse_aliases(schema / "types.api")
    apis = [parse_api(path, aliases) for path in sorted((schema / "schema").glob("*.api"))]
    files = sorted((schema / "records").glob("*.record"))
    records = [(file, parse_record(file, aliases)) for file in files]
    names = [m.name for api in apis for m in (api.request, api.response)]
    names += [m.name for _, m in records]
    if len(set(names)) != len(names):
        raise SchemaError(
            f"names are there twice: {sorted({n for n in names if names.count(n) > 1})}"
        )
    emitter = Emitter(aliases)
    root = output / "protocol"
    entries = []
    for api in apis:
        path = f"protocol/messages/{api.file}.h"
        source = f"schema/{api.key:02}_{api.file}.api"
        write(output / path, emitter.header(source, [api.request, api.response]))
        entries += [(path, api.request), (path, api.response)]
    for file, message in records:
        path = f"protocol/records/{file.stem}.h"
        write(output / path, emitter.header(f"records/{file.name}", [message]))
        entries.append((path, message))
    write(root / "api_table.inc", api_table(apis))
    lines = []
    for _, m in entries:
        key = -1 if m.key is None else m.key
        lines.append(
            f"MESSAGE({m.name}, k{''.join(p.capitalize() for p in m.kind.split('_'))}, {key})"
        )
    write(root / "messages.inc", HEADER.format(source="all schemas") + "\n".join(lines) + "\n")
    everything = "".join(f'#include "{path}"\n' for path in sorted({path for path, _ in entries}))
    write(
        root / "all_messages.h",
        HEADER.format(source="all schemas") + "#pragma once\n\n" + everything,
    )
    for number, text in enumerate(units(entries, "protocol/instantiate.h", "PENSTOCK_INSTANTIATE")):
        write(root / f"unit_{number:02}.cc", text)
    for number, text in enumerate(
        units(entries, "protocol/random_visitor.h", "PENSTOCK_INSTANTIATE_RANDOM")
    ):
        write(root / f"random_{number:02}.cc", text)


def main() -> int:
    """Returns the exit code."""
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
