"""What the commands ask of an administrator's client, one thing at a time, as rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from penstock.cli._errors import ExitCode, UsageError, one_line


def outcome(error: BaseException | None, done: str) -> dict[str, object]:
    """Return the columns result, error and message of a row."""
    if error is None:
        return {"result": done, "error": None, "message": None}
    message = one_line(str(getattr(error, "message", None) or error))
    name = getattr(error, "name", "") or type(error).__name__
    return {"result": "failed", "error": name, "message": message}


def attempt(call: Callable[[], object], done: str) -> dict[str, object]:
    """Make a call that a cluster may refuse; return what became of it as columns.

    A cluster that cannot be reached refuses nothing: that ends the command, and so do other faults.
    """
    import penstock

    try:
        call()
    except (penstock.ConnectionFailed, penstock.TimeoutError, penstock.ConfigError):
        raise
    except penstock.KafkaError as error:
        return outcome(error, done)
    return outcome(None, done)


def exit_code_of_rows(rows: Iterable[dict[str, Any]]) -> ExitCode:
    """Return what rows with results amount to: ok, failed, or failed in part."""
    results = [row["result"] for row in rows]
    failed = results.count("failed")
    if not failed:
        return ExitCode.OK
    return ExitCode.FAILED if failed == len(results) else ExitCode.PARTIAL


def parse_assignments(option: str, assignments: Iterable[str]) -> dict[str, str]:
    """Read KEY=VALUE options.

    Raises:
        UsageError: one has no ``=``.
    """
    found = {}
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"{option} {assignment}: write {option} key=value")
        found[key.strip()] = value
    return found
