"""One subclass of KafkaError for each code of the protocol, and errors of the engine as exceptions.

The subclasses are made from the extension's table when they are first asked for; penstock.errors
names them all.
"""

from __future__ import annotations

from typing import Any

from penstock import _errors
from penstock._errors import (
    Cancelled,
    ClosedError,
    ConfigError,
    ConnectionFailed,
    KafkaError,
    OutOfSpace,
)
from penstock._hints import FATAL, HINTS, STEP_HINTS, TXN_ABORT

_KINDS: dict[str, type[KafkaError]] = {
    "timeout": _errors.TimeoutError,
    "cancelled": Cancelled,
    "out_of_space": OutOfSpace,
}
_BASES: dict[str, type[KafkaError]] = {
    "REQUEST_TIMED_OUT": _errors.TimeoutError,
    "INVALID_CONFIG": ConfigError,
}
_STEPS = ("resolve", "connect", "handshake")
_by_code: dict[int, type[KafkaError]] = {}


def class_name(name: str) -> str:
    """Return the class for Kafka's name: UNKNOWN_TOPIC_ID is UnknownTopicId."""
    return "".join(word.capitalize() for word in name.split("_"))


def by_code() -> dict[int, type[KafkaError]]:
    """Return the subclasses of all codes but 0."""
    if not _by_code:
        from penstock import _native

        for code, name, retriable, description in _native.error_table():
            if code == 0:
                continue
            _by_code[code] = type(
                class_name(name),
                (_BASES.get(name, KafkaError),),
                {
                    "__module__": "penstock.errors",
                    "__doc__": description,
                    "code": code,
                    "name": name,
                    "retriable": retriable,
                    "fatal": name in FATAL,
                    "txn_requires_abort": name in TXN_ABORT,
                    "hint": HINTS.get(name, ""),
                },
            )
    return _by_code


def code_of(code: int | str) -> int:
    """Return the number of an error that was given by number or by Kafka's name.

    Raises:
        ValueError: there is no such error.
    """
    if isinstance(code, int):
        if code in by_code():
            return code
    else:
        for number, known in by_code().items():
            if code in (known.name, known.__name__):
                return number
    raise ValueError(f"Kafka has no error {code!r}; penstock.errors lists them")


def from_code(code: int, message: str, **about: Any) -> KafkaError:
    """Return the error of a code; one that this version does not know becomes a plain one."""
    known = by_code().get(code)
    if known is None:
        return KafkaError(message, code=code, name=f"UNKNOWN_{code}", **about)
    return known(message or (known.__doc__ or ""), **about)


def make(kind: str, code: int, message: str, details: dict[str, str]) -> BaseException:
    """Return the exception for what the engine says; the extension calls this for every error."""
    about: dict[str, Any] = {word: details[word] for word in ("topic", "broker") if word in details}
    if "partition" in details:  # "7", or with its topic: "clicks-7"
        topic, _, number = details["partition"].rpartition("-")
        about["partition"] = int(number)
        if topic:
            about["topic"] = topic
    if "closed" in details or "forked" in details:
        return ClosedError(message, **about)
    if "connect_step" in details:
        return _connection_failed(code, message, details, about)
    if code in by_code():
        return from_code(code, message, **about)
    if kind == "invalid_argument":
        return ConfigError(message, **about) if "config" in details else ValueError(message)
    if kind in _KINDS:
        return _KINDS[kind](message, **about)
    retriable = kind == "unavailable"
    return KafkaError(message, retriable=retriable, fatal=kind == "data_loss", **about)


def _connection_failed(
    code: int, message: str, details: dict[str, str], about: dict[str, Any]
) -> ConnectionFailed:
    failed = details["connect_step"]
    if "steps" in details:
        steps = tuple(details["steps"].splitlines())
    else:
        done = _STEPS[: _STEPS.index(failed)] if failed in _STEPS else ()
        steps = (*(f"{step}: done" for step in done), f"{failed}: failed")
    known = by_code().get(code)
    name = known.name if known else ""
    hint = STEP_HINTS.get(failed, "")
    return ConnectionFailed(
        message, code=code if known else 0, name=name, hint=hint, steps=steps, **about
    )
