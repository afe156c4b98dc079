"""Every public function has an example in its docstring, and the examples do what they say.

An example finds by their names what it uses of: penstock, broker (served, in memory), cluster (a
client of it), topic ("example", one partition), producer, consumer (of that topic), admin.
"""

from __future__ import annotations

import doctest
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

import penstock
import pytest
from penstock import _native

PACKAGE = Path(penstock.__file__).parent
# Public names whose examples are those of what makes them, or that are plain data.
WITHOUT_EXAMPLE = {
    "penstock.Cluster.close",
    "penstock.Consumer.close",
    "penstock.Producer.close",
    "penstock.Admin.close",
    "penstock.Read.df",  # needs pandas
}


def modules() -> Iterator[ModuleType]:
    for path in sorted(PACKAGE.glob("*.py")):
        if path.stem not in ("_pytest", "__init__"):
            yield importlib.import_module(f"penstock.{path.stem}")
    yield penstock


def examples() -> list[doctest.DocTest]:
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [test for module in modules() for test in finder.find(module) if test.examples]
    return sorted(found)


def world(source: str, stack: ExitStack) -> dict[str, Any]:
    """Make what the source names."""
    used = set(re.findall(r"\w+", source))
    names: dict[str, Any] = {"penstock": penstock}
    if not used & {"broker", "cluster", "topic", "producer", "consumer", "admin"}:
        return names
    broker = names["broker"] = stack.enter_context(penstock.serve(":memory:", "127.0.0.1:0"))
    names["topic"] = broker.topic("example", partitions=1)
    cluster = names["cluster"] = stack.enter_context(penstock.connect(broker.bootstrap_servers))
    if "producer" in used:
        names["producer"] = stack.enter_context(cluster.producer())
    if "consumer" in used:
        names["consumer"] = stack.enter_context(
            cluster.consumer("example", auto_offset_reset="earliest")
        )
    names["admin"] = cluster.admin
    return names


@pytest.mark.parametrize("example", examples(), ids=lambda test: test.name)
def test_the_examples_are_right(example: doctest.DocTest) -> None:
    with ExitStack() as stack:
        source = "".join(part.source for part in example.examples)
        example.globs.update(world(source, stack))
        printed: list[str] = []
        runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
        runner.run(example, out=printed.append, clear_globs=False)
        assert not printed, "".join(printed)


def public() -> Iterator[tuple[str, Callable[..., object] | property]]:
    """Every function, method and property that users are meant to call."""
    for name in penstock.__all__:
        value = getattr(penstock, name)
        where = f"penstock.{name}"
        if getattr(_native, name, None) is value:
            continue  # the extension's own: _native.pyi has their types
        if inspect.isclass(value):
            for method, function in vars(value).items():
                if not method.startswith("_") and (
                    inspect.isfunction(function) or isinstance(function, property)
                ):
                    yield f"{where}.{method}", function
        elif inspect.isfunction(value):
            yield where, value


@pytest.mark.parametrize(("name", "what"), list(public()), ids=lambda value: str(value)[:60])
def test_public_functions_are_documented(name: str, what: Callable[..., object] | property) -> None:
    document = inspect.getdoc(what) or ""
    assert document, f"{name} has no docstring"
    if name not in WITHOUT_EXAMPLE and name.partition(".")[2].partition(".")[0] != "TypedRecord":
        assert isinstance(what, property) or ">>>" in document, f"{name} has no example"
    if not isinstance(what, property):
        signature = inspect.signature(what)
        bare = [
            parameter.name
            for parameter in signature.parameters.values()
            if parameter.name != "self" and parameter.annotation is inspect.Parameter.empty
        ]
        assert not bare, f"{name}: {bare} have no types"
        assert signature.return_annotation is not inspect.Signature.empty
