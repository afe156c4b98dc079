"""How Sphinx makes the documentation: `make docs`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import penstock
from penstock import _codes
from sphinx.application import Sphinx

ROOT = Path(__file__).parents[1]

project = "penstock"
author = "the authors of penstock"
version = release = penstock.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_heading_anchors = 3
myst_links_external_new_tab = False
html_theme = "furo"
html_title = f"penstock {release}"
html_copy_source = False

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_class_signature = "separated"
python_use_unqualified_type_names = True


def cpp_headers() -> str:
    """Return a section for each public header, for reference/cpp."""
    parts = []
    for path in sorted(ROOT.glob("cpp/*/include/penstock/*.hpp")):
        include = "/" + Path("..", path.relative_to(ROOT)).as_posix()
        parts.append(
            f"## `penstock/{path.name}`\n\n```{{literalinclude}} {include}\n:language: cpp\n```\n"
        )
    return "\n".join(parts)


def protocol_errors() -> str:
    """Return a table of the errors that have a number in Kafka's protocol, for reference/errors."""
    rows = [
        f"| {kind.code} | `{kind.__name__}` | {'yes' if kind.retriable else ''} | {kind.__doc__} |"
        for code, kind in sorted(_codes.by_code().items())
    ]
    return "\n".join(
        ["| code | class | a retry may help | what happened |", "|---|---|---|---|", *rows]
    )


def complete(_app: Sphinx, page: str, source: list[str]) -> None:
    """Put what is found in the tree in place of its name in a page."""
    if page.startswith("reference/"):
        source[0] = source[0].replace("%CPP_HEADERS%", cpp_headers())
        source[0] = source[0].replace("%PROTOCOL_ERRORS%", protocol_errors())


def is_private(_app: Sphinx, _what: str, name: str, member: Any, skip: bool, _: Any) -> bool:
    """Leave constructors out that are not for users."""
    private = name == "__init__" and (member.__doc__ or "").startswith("Private")
    return skip or private or name == "__new__"


def keep_colons(
    _app: Sphinx, what: str, _name: str, _object: Any, _: Any, lines: list[str]
) -> None:
    """Keep napoleon from taking what stands before a colon in a property's text for its type."""
    if what == "property":
        lines[:0] = ["..", ""]  # an empty comment


def shorten(*event: Any) -> tuple[str | None, str | None]:
    """Return arguments and result of a signature with the types' public names."""
    arguments, result = (text and re.sub(r"\b(_native|types)\.", "", text) for text in event[-2:])
    return arguments, result


def setup(app: Sphinx) -> None:
    """Have Sphinx call what is above."""
    app.connect("source-read", complete)
    app.connect("autodoc-process-docstring", keep_colons, priority=400)
    app.connect("autodoc-skip-member", is_private)
    app.connect("autodoc-process-signature", shorten)
