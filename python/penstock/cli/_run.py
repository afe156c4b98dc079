"""Runs the command line: parses, calls, and turns whatever comes out into a line and an exit code.

Nothing here imports a command, so that ``penstock --help`` is as fast as Python and click are.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from penstock.cli._app import app
from penstock.cli._errors import ExitCode, describe, exit_code_of, is_expected, one_line

PROGRAM = "penstock"
_COMPLETION = "_PENSTOCK_COMPLETE"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; never raises."""
    _prepare_streams()
    given, debug = _take_debug(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _call(given)
        sys.stdout.flush()
    except BaseException as error:
        if debug:
            import traceback

            traceback.print_exc()
        code = _report(error)
    return _silence_broken_pipe(code)


def _prepare_streams() -> None:
    """Let any text be written, whatever the locale, also where somebody has closed a stream."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - it lives as long as we
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _take_debug(arguments: Sequence[str]) -> tuple[list[str], bool]:
    """Take --debug out, wherever it stands: it must work while the rest is parsed, too."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options = [argument for argument in arguments[:end] if argument != "--debug"]
    wanted = len(options) < end or bool(os.environ.get("PENSTOCK_DEBUG"))
    return [*options, *arguments[end:]], wanted


def _call(arguments: list[str]) -> int:
    if _COMPLETION in os.environ:
        app.main(args=arguments, prog_name=PROGRAM, complete_var=_COMPLETION)
    # Not app.main: it has its own mind about Ctrl-C and broken pipes.
    with app.make_context(PROGRAM, arguments) as context:
        result = app.invoke(context)
    return int(result) if isinstance(result, int) else ExitCode.OK


def _report(error: BaseException) -> int:
    """Say on stderr what happened, in one line, and return the exit code."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else ExitCode.FAILED
    if isinstance(error, (click.Abort, KeyboardInterrupt)):
        if sys.stderr.isatty():
            _say("", prefix=False)  # the terminal has shown ^C
        return ExitCode.INTERRUPTED
    if isinstance(error, BrokenPipeError):
        return ExitCode.BROKEN_PIPE
    if isinstance(error, click.ClickException) and _is_help(error):
        _say(error.format_message(), prefix=False)
        return ExitCode.USAGE
    if isinstance(error, click.ClickException):
        _say(_with_help_hint(error))
        return ExitCode.USAGE
    if is_expected(error):
        _say(describe(error))
        return exit_code_of(error)
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    _say(f"this is a fault of penstock: {one_line(text)} (--debug shows where)")
    return ExitCode.FAILED


def _is_help(error: click.ClickException) -> bool:
    """Whether a group was called without a command; older clicks print its help themselves."""
    kind = getattr(click.exceptions, "NoArgsIsHelpError", None)
    return kind is not None and isinstance(error, kind)


def _with_help_hint(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    text = one_line(error.format_message()).rstrip(".")
    text = text[:1].lower() + text[1:] if text[:2].istitle() else text
    return f"{text} ({context.command_path} --help)" if context is not None else text


def _say(text: str, *, prefix: bool = True) -> None:
    try:
        sys.stderr.write(f"{PROGRAM}: {text}\n" if prefix else f"{text}\n")
        sys.stderr.flush()
    except OSError:  # nobody listens any more; the exit code still tells
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def _silence_broken_pipe(code: int) -> int:
    """Flush what is left; if its reader has gone, keep the interpreter's exit quiet about it."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.BROKEN_PIPE
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _say(f"standard output: {describe(error)}")
        return code or ExitCode.FAILED
    return code
