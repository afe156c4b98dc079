"""What errors say, and which builtin ones they are."""

from __future__ import annotations

import builtins
import pickle

import pytest
from penstock import _errors
from penstock._errors import (
    ClosedError,
    ConfigError,
    ConnectionFailed,
    DeliveryError,
    KafkaError,
    SerializationError,
    Undelivered,
)


def test_a_message_says_what_happened_and_the_way_out() -> None:
    error = KafkaError(
        "produce to clicks was refused",
        code=3,
        name="UNKNOWN_TOPIC_OR_PARTITION",
        retriable=True,
        topic="clicks",
        partition=7,
        hint="create it",
    )
    assert str(error).splitlines() == [
        "produce to clicks was refused (partition 7)",
        "  Kafka calls it UNKNOWN_TOPIC_OR_PARTITION (3); a retry may help",
        "  hint: create it",
    ]


def test_a_plain_error_is_one_line() -> None:
    assert str(KafkaError("it is late")) == "it is late"


def test_a_connection_tells_its_steps() -> None:
    error = ConnectionFailed("cannot reach a:1", steps=("resolve: done", "connect: failed"))
    assert isinstance(error, ConnectionError)
    assert str(error).splitlines() == [
        "cannot reach a:1",
        "  resolve: done",
        "  connect: failed",
    ]


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (_errors.TimeoutError("late"), builtins.TimeoutError),
        (ConfigError("no"), ValueError),
        (SerializationError("no"), ValueError),
        (ClosedError("no"), RuntimeError),
        (ConnectionFailed("no"), OSError),
    ],
)
def test_errors_are_builtin_ones_as_well(error: KafkaError, builtin: type[Exception]) -> None:
    assert isinstance(error, builtin)
    assert isinstance(error, KafkaError)


def test_an_error_survives_pickling() -> None:
    error = DeliveryError("lost", topic="t", records=(Undelivered("t", 3, ValueError("why")),))
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is DeliveryError
    assert (str(again), again.topic, again.records[0].number) == (str(error), "t", 3)


def test_an_attribute_that_is_none_is_refused() -> None:
    with pytest.raises(TypeError, match="no attribute 'colour'"):
        KafkaError("x", colour="red")
