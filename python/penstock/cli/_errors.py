"""What ends a command: exit codes, the exceptions of the command line, and one line per error."""

from __future__ import annotations

import enum


class ExitCode(enum.IntEnum):
    """What the shell gets to see."""

    OK = 0
    FAILED = 1
    USAGE = 2
    TIMEOUT = 3
    AUTHENTICATION = 4
    PARTIAL = 5
    INTERRUPTED = 130  # 128 + SIGINT
    BROKEN_PIPE = 141  # 128 + SIGPIPE


class CommandError(Exception):
    """A command cannot do what it was asked to; the message is one line for the user."""

    def __init__(self, message: str, *, code: ExitCode = ExitCode.FAILED, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint


class UsageError(CommandError):
    """The command line itself is wrong."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message, code=ExitCode.USAGE, hint=hint)


# Kafka's names of errors that mean: not who you say you are, or not allowed to.
_AUTHENTICATION = frozenset(
    {
        "SASL_AUTHENTICATION_FAILED",
        "UNSUPPORTED_SASL_MECHANISM",
        "ILLEGAL_SASL_STATE",
        "TOPIC_AUTHORIZATION_FAILED",
        "GROUP_AUTHORIZATION_FAILED",
        "CLUSTER_AUTHORIZATION_FAILED",
        "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
        "DELEGATION_TOKEN_AUTHORIZATION_FAILED",
    }
)
_TIMEOUTS = frozenset({"REQUEST_TIMED_OUT"})
# The way out in the words of a command line, where that of the API is another one.
_HINTS = {
    "OFFSET_OUT_OF_RANGE": "the records are deleted, or not written yet; --offset start has them",
    "MESSAGE_TOO_LARGE": "raise the topic's max.message.bytes, and -X max.request.size",
    "REQUEST_TIMED_OUT": "--timeout is the limit; penstock doctor tries each step",
    "TOPIC_ALREADY_EXISTS": "--if-not-exists takes it as it is",
    "UNKNOWN_TOPIC_OR_PARTITION": "penstock topic list tells what is there",
}


def exit_code_of(error: BaseException) -> ExitCode:
    """Return the exit code that an exception stands for."""
    if isinstance(error, CommandError):
        return error.code
    if isinstance(error, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    if isinstance(error, BrokenPipeError):
        return ExitCode.BROKEN_PIPE
    name = getattr(error, "name", None)
    if isinstance(name, str) and name in _AUTHENTICATION:
        return ExitCode.AUTHENTICATION
    if isinstance(error, TimeoutError) or (isinstance(name, str) and name in _TIMEOUTS):
        return ExitCode.TIMEOUT
    if _is_config_error(error):
        return ExitCode.USAGE
    steps = getattr(error, "steps", ())
    if steps and all("no answer" in step for step in steps):
        return ExitCode.TIMEOUT
    return ExitCode.FAILED


def is_expected(error: BaseException) -> bool:
    """Tell whether the message of an exception is meant for the user, not for us."""
    import penstock

    known = getattr(penstock, "KafkaError", CommandError)
    return isinstance(error, (CommandError, OSError, UnicodeError, known)) or _is_config_error(
        error
    )


def describe(error: BaseException) -> str:
    """Return what happened, in one line."""
    if isinstance(error, CommandError):
        hint = error.hint
        text = str(error)
    elif isinstance(error, OSError) and error.strerror:
        hint = ""
        text = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    elif isinstance(message := getattr(error, "message", None), str):  # a KafkaError
        name = getattr(error, "name", "")
        hint = _HINTS.get(name) or str(getattr(error, "hint", ""))
        text = f"{message} [{name}]" if name and name not in message else message
        text = ": ".join([text, *getattr(error, "steps", ())])
    else:
        hint = ""
        text = str(error) or type(error).__name__
    return one_line(f"{text} ({hint})" if hint else text)


def one_line(text: str) -> str:
    """Join lines, and show control characters instead of sending them to a terminal."""
    joined = "; ".join(line.strip().rstrip(";") for line in text.splitlines() if line.strip())
    return "".join(
        character if character.isprintable() else repr(character)[1:-1] for character in joined
    )


def _is_config_error(error: BaseException) -> bool:
    import penstock

    kind = getattr(penstock, "ConfigError", None)
    return kind is not None and isinstance(error, kind)
