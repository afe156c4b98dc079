"""An include may only point down, and CMake knows the same edges."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from tidy.layers import MAY_INCLUDE, PURE_FOLDERS, module_of
from tidy.tree import ROOT, below, text

ARCHITECTURE = PurePosixPath("ARCHITECTURE.md")

_INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)
_MODULE = re.compile(r"penstock_module\(\s*(\w+)([^)]*)\)")
_SECTIONS = re.compile(r"\b(DEPENDS|LIBRARIES|SOURCES|EXCLUDE)\b")


def included_modules(path: PurePosixPath) -> list[tuple[str, str]]:
    """Return (module, header) of every header of ours that a file includes."""
    found = []
    for header in _INCLUDE.findall(text(path)):
        if header.startswith("absl/"):
            continue
        found.append((module_of(PurePosixPath(header)), header))
    return found


def declared_dependencies() -> dict[str, set[str]]:
    """Return the DEPENDS of every penstock_module, by module."""
    declared: dict[str, set[str]] = {}
    for path in below("cpp", ".txt"):
        for _, arguments in _MODULE.findall(text(path)):
            sections = _SECTIONS.split(re.sub(r"#[^\n]*", "", arguments))
            names = dict(zip(sections[1::2], sections[2::2], strict=True)).get("DEPENDS", "")
            module = module_of(path.relative_to("cpp"))
            depends = {folder_of(name) for name in names.split()} - {module}
            declared.setdefault(module, set()).update(depends)
    return declared


def folder_of(target: str) -> str:
    """Return the module of a target's name: runtime_linux is runtime/linux."""
    slashed = target.replace("_", "/", 1)
    return module_of(PurePosixPath(target if target in MAY_INCLUDE else slashed) / "any.h")


def test_the_table_has_no_cycle() -> None:
    """Every module can be given a layer."""
    placed: set[str] = set()
    while len(placed) < len(MAY_INCLUDE):
        ready = {module for module, below_it in MAY_INCLUDE.items() if below_it <= placed} - placed
        assert ready, f"cycle among {sorted(set(MAY_INCLUDE) - placed)}"
        placed |= ready


def test_architecture_tells_the_same() -> None:
    """The table of ARCHITECTURE.md is this one, as far as its modules exist."""
    exist = {module_of(path.relative_to("cpp")) for path in below("cpp", ".h", ".cc")}
    rows = re.findall(r"^\| \d+ \| ([^|]+) \| ([^|]+) \|$", text(ARCHITECTURE), re.MULTILINE)
    assert rows
    wrong = []
    for modules, described in rows:
        told = set(re.findall(r"[\w/]+", described.split(";")[0])) & set(MAY_INCLUDE)
        wrong += [
            f"{module}: {sorted(told)}"
            for module in re.findall(r"[\w/]+", modules)
            if module in exist and told & exist != MAY_INCLUDE[module] & exist
        ]
    assert not wrong, "\n".join(wrong)


def test_includes_point_down() -> None:
    """A file includes its own module and those below it."""
    wrong = []
    for path in below("cpp", ".h", ".cc"):
        module = module_of(path.relative_to("cpp"))
        for target, header in included_modules(path):
            if target != module and target not in MAY_INCLUDE[module]:
                wrong.append(f"{path}: {module} may not include {header}")
    assert not wrong, "\n".join(wrong)


def test_pure_folders_do_not_see_the_ports() -> None:
    """What decides does not do I/O."""
    wrong = [
        f"{path}: {header}"
        for folder in PURE_FOLDERS
        for path in below(f"cpp/{folder}", ".h", ".cc")
        for target, header in included_modules(path)
        if target.startswith("runtime")
    ]
    assert not wrong, "\n".join(wrong)


def test_cmake_declares_what_is_included() -> None:
    """DEPENDS stays within the table and names every module that is included."""
    wrong = []
    declared = declared_dependencies()
    for module, depends in declared.items():
        wrong += [
            f"cpp/{module}/CMakeLists.txt: may not depend on {name}"
            for name in sorted(depends - MAY_INCLUDE[module])
        ]
    for path in below("cpp", ".h", ".cc"):
        module = module_of(path.relative_to("cpp"))
        if module not in declared:
            continue
        wrong += [
            f"{path}: includes {header}, but {target} is not among the DEPENDS of {module}"
            for target, header in included_modules(path)
            if target not in {module, *declared[module]}
        ]
    assert not wrong, "\n".join(wrong)


def test_included_files_exist() -> None:
    """An include in quotes is a path from cpp/ (or, in tests, from the top)."""
    wrong = [
        f"{path}: {header}"
        for path in below("cpp", ".h", ".cc")
        for header in _INCLUDE.findall(text(path))
        if not header.startswith("absl/")
        and not (ROOT / "cpp" / header).exists()
        and not (ROOT / "cpp" / header).parent.joinpath("generate.py").exists()
        and not header.startswith(
            ("protocol/messages/", "protocol/generated/", "protocol/records/")
        )
    ]
    assert not wrong, "\n".join(wrong)


def test_python_sees_the_core_through_one_door() -> None:
    """The command line and what is built on the public API do not import penstock._native."""
    wrong = [
        path.as_posix()
        for folder in ("cli", "console", "notebook", "streams", "demo", "testing")
        for path in below(f"python/penstock/{folder}", ".py")
        if "_native" in text(path)
    ]
    assert not wrong, "\n".join(wrong)
