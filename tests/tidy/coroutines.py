"""Finds statements with an await that g++ 12 miscompiles, and shapes that are always wrong.

g++ 12.2 destroys an aggregate twice when it is initialised in the same statement as a co_await. So
a statement awaits once, in one of four forms, and names what it passes. This check is a little
stricter than the compiler's fault: naming a local is never wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tidy.tree import closing, line_of

_AWAIT = re.compile(r"(?<!operator )\bco_await\b")
_MACRO = re.compile(r"^[ \t]*#[ \t]*define(?:[^\n]*\\\n)*[^\n]*$", re.MULTILINE)
_BLOCK = re.compile(
    r"(\)|\]|\b(else|do|try|const|noexcept|override|final|mutable)|->\s*[\w:<>,\s*&]+|[;{}:]|^)\s*$"
)
_CONTROL = re.compile(r"^(else\s+if|if\s+constexpr|if|while|for|switch)\s*\(")
_LABEL = re.compile(r"^(case\b[^;]*?[^:]|default)\s*:(?!:)")
_FORM = re.compile(
    r"""^(?:
        | co_return
        | (?:const\s+)?[\w:<>,*&\s]+\s[*&]?\w+\s*=      # auto x =
        | [\w.\[\]>()*-]+\s*=                           # x =, this->x_ =, *x =
        | CO_RETURN_IF_ERROR\(
        | CO_ASSIGN_OR_RETURN\([^()]*,
    )\s*$""",
    re.VERBOSE,
)
_LAMBDA_ARGUMENT = re.compile(r"[(,]\s*\[(?!\[)")
_LAMBDA = re.compile(r"(?<![\w\])\[])\s*\[(?!\[)([^\[\]]*)\]\s*(\([^;{]*\))?[^;{}()]*\{")
_COROUTINE = re.compile(r"\bco_(await|return|yield)\b")
_TASK_DECLARATION = re.compile(r"\bTask<[^;{}]*?\b\w+\((?P<parameters>[^;]*?)\)[^();]*[;{]")


def violations(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, what is wrong) of a stripped source."""
    if "co_" not in source and "Task<" not in source:
        return
    source = _MACRO.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), source)
    for position, begin in _awaits(source):
        complaint = _judge(source, position, begin)
        if complaint is not None:
            yield line_of(source, position), complaint
    for match in _LAMBDA.finditer(source):
        if match.group(1).strip() and _COROUTINE.search(_own_body(source, match.end() - 1)):
            yield line_of(source, match.start()), "a lambda with captures is a coroutine"
    for match in _TASK_DECLARATION.finditer(source):
        if re.search(r"=\s*(\w+)?\{", match.group("parameters")):
            yield line_of(source, match.start()), "a coroutine with an aggregate default argument"


def _own_body(source: str, opening: int) -> str:
    """Return the body of a lambda without the bodies of the lambdas in it."""
    body = source[opening + 1 : closing(source, opening)]
    while inner := _LAMBDA.search(body):
        end = closing(body, inner.end() - 1)
        body = body[: inner.start()] + body[end + 1 :]
    return body


def _awaits(source: str) -> Iterator[tuple[int, int | None]]:
    """Yield (position, begin of its statement) of each await; None inside a brace initialiser."""
    positions = {match.start() for match in _AWAIT.finditer(source)}
    if not positions:
        return
    begin: int | None = 0
    stack: list[tuple[str, int | None]] = []  # what is open, and the statement around it
    for index, character in enumerate(source):
        if index in positions:
            yield index, begin
        if character in "([":
            stack.append((character, begin))
        elif character == "{":
            stack.append((character, begin))
            begin = index + 1 if _BLOCK.search(source[max(index - 200, 0) : index]) else None
        elif character in ")]}" and stack:
            _, outer = stack.pop()
            inside_expression = bool(stack) and stack[-1][0] != "{"
            ends_block = character == "}" and begin is not None and not inside_expression
            begin = index + 1 if ends_block else outer
        elif character == ";" and (not stack or stack[-1][0] == "{"):
            begin = index + 1


def _judge(source: str, position: int, begin: int | None) -> str | None:
    if begin is None:
        return "co_await inside a brace initialiser"
    head = _without_control(source[begin:position].strip())
    tail = source[position + len("co_await") : _statement_end(source, position)]
    if head is None:
        return "co_await in a condition or a loop header"
    if _AWAIT.search(tail) or _AWAIT.search(head):
        return "two awaits in one statement"
    if re.search(r"auto\s*&*\s*\[", head):
        return "a structured binding from an await"
    if "?" in head or "?" in tail:
        return "co_await in a conditional expression"
    if _LAMBDA_ARGUMENT.search(tail):
        return "a lambda in a statement with an await"
    if "{" in tail:
        return "braces after co_await"
    if not _FORM.match(head):
        return f"not one of the forms of an await: `{' '.join(head.split())} co_await ...`"
    return None


def _statement_end(source: str, position: int) -> int:
    depth = 0
    for index in range(position, len(source)):
        character = source[index]
        if character in "({[":
            depth += 1
        elif character in ")}]":
            depth -= 1
        elif character == ";" and depth <= 0:
            return index
    return len(source)


def _without_control(head: str) -> str | None:
    """Drop labels and whole `if (...)` in front; None if the await is inside such parentheses."""
    while True:
        label = _LABEL.match(head)
        if label:
            head = head[label.end() :].strip()
            continue
        control = _CONTROL.match(head)
        if control is None:
            return re.sub(r"^(else|do)\b", "", head).strip()
        end = closing(head, control.end() - 1)
        if head.count("(") > head.count(")") and end >= len(head) - 1:
            return None
        head = head[end + 1 :].strip()
