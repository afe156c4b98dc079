"""Writes errors.pyi, so that mypy and editors know the classes that are made when asked for.

Run it from the tree: python tests/python/api/error_stub.py
"""

from __future__ import annotations

from pathlib import Path

from penstock import errors
from penstock._codes import by_code
from penstock._errors import KafkaError

STUB = Path(__file__).parents[3] / "python/penstock/errors.pyi"


def text() -> str:
    """Return what errors.pyi has to say."""
    own = "\n".join(f"from penstock._errors import {name} as {name}" for name in errors.__all__)
    names = "".join(f'    "{name}",\n' for name in errors.__all__)
    classes = "\n".join(_class(kind) for kind in by_code().values())
    return (
        '"""Every exception of penstock; written by tests/python/api/error_stub.py."""\n\n'
        f"{own}\n\n__all__ = [\n{names}]\n\n{classes}"
    )


def _class(kind: type[KafkaError]) -> str:
    return f'class {kind.__name__}({kind.__bases__[0].__name__}):\n    """{kind.__doc__}"""\n'


if __name__ == "__main__":
    STUB.write_text(text())
