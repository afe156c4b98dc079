"""Statements with an await have the shapes that g++ 12 compiles correctly."""

from __future__ import annotations

import pytest
from tidy.coroutines import violations
from tidy.tree import code, cpp_files, strip

# path -> why it may hold such a shape
EXCEPTIONS: dict[str, str] = {}


def test_awaits_have_a_safe_shape() -> None:
    """One await per statement, its arguments named before."""
    wrong = [
        f"{path}:{line}: {complaint}"
        for path in cpp_files()
        if path.as_posix() not in EXCEPTIONS
        for line, complaint in violations(code(path))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "statement",
    [
        "co_await f(Options{.a = x});",
        "co_await f({.a = x});",
        "auto r = co_await f({});",
        "co_await f(Wrapper(Options{1}));",
        "co_await f(std::array<std::string, 2>{a, b});",
        "co_await f([captured] { return 1; });",
        "co_await f(1, [&] { return 1; });",
        "co_await Awaitable{{1}};",
        "g(Options{1}, co_await f());",
        "Options o{x, co_await f()};",
        "v.push_back({x, co_await f()});",
        "co_return Options{x, co_await f()};",
        "if (co_await f(a) == n) return;",
        "while (co_await f(a)) {}",
        "for (auto x = co_await f(); x; ++x) {}",
        "for (int i = 0; co_await f(); ++i) {}",
        "auto [a, b] = co_await f();",
        "auto x = y ? co_await f() : 1;",
        "auto x = co_await f(y ? 1 : 2);",
        "x = (co_await f()).value();",
        "auto x = co_await f(co_await g());",
        "auto t = [this]() -> Task<int> { co_return 1; };",
        "Task<int> F(Options options = {});",
        "Task<StatusOr<int>> F(int a, Options options = Options{});",
        "return co_await f();",
    ],
)
def test_unsafe_shapes_are_found(statement: str) -> None:
    """Each of these double-frees with g++ 12.2, or is wrong in another way."""
    source = f"Task<> F() {{\n  int x = 1;\n  {statement}\n}}\n"
    assert {line for line, _ in violations(strip(source))} == {3}


@pytest.mark.parametrize(
    "statement",
    [
        "co_await f(named);",
        "co_await f(std::move(named), other.size());",
        "auto x = co_await f(named);",
        "StatusOr<Map<int, Slice>> x = co_await f(named);",
        "x_ = co_await f(named);",
        "this->x_ = co_await f(named);",
        "co_return co_await f(named);",
        "CO_RETURN_IF_ERROR(co_await f(named));",
        "CO_ASSIGN_OR_RETURN(auto x, co_await f(named));",
        "if (a > 0) co_return co_await f(named);",
        "if (a) {\n co_await f(named);\n } else {\n x = co_await f(named);\n }",
        "switch (a) {\n case kOne:\n co_await f(named);\n break;\n default: co_await g();\n }",
        "for (int i = 0; i < n; ++i) co_await f(i);",
        "auto g = [](int a) -> Task<int> { co_return a; };",
        "auto g = [&](int a) { return [](int b) -> Task<int> { co_return b; }(a); };",
        'co_await f("{", named);  // {',
        "Task<int> F(Options options);",
        "if (Foo{1} == x) co_return 1;\n co_await std::move(task);",
    ],
)
def test_safe_shapes_pass(statement: str) -> None:
    """The forms of the rule, as they are written."""
    source = f"Task<> F() {{\n  int x = 1;\n  {statement}\n}}\n"
    assert list(violations(strip(source))) == []
