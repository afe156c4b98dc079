"""The package as it is imported: its names, its errors, what it costs."""

from __future__ import annotations

import pickle
import subprocess
import sys

import penstock
import pytest
from penstock import errors
from penstock._codes import by_code, code_of, from_code, make
from python.api import error_stub

HEAVY = ("asyncio", "dataclasses", "inspect", "json", "logging", "difflib", "datetime", "ssl")


def test_importing_loads_nothing_heavy() -> None:
    code = "import sys, penstock; print(*sys.modules)"
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert "penstock._topic" in loaded
    assert not set(HEAVY) & set(loaded)


def test_every_name_is_there() -> None:
    for name in penstock.__all__:
        assert getattr(penstock, name) is not None
        assert name in dir(penstock)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        penstock.nothing  # noqa: B018


def test_the_stub_of_errors_is_the_table() -> None:
    assert error_stub.STUB.read_text() == error_stub.text()


def test_each_code_has_its_class() -> None:
    assert len(by_code()) > 120
    for code, kind in by_code().items():
        assert getattr(errors, kind.__name__) is kind
        assert kind.code == code
        assert kind.__name__ in dir(errors)
    assert errors.RequestTimedOut.retriable
    assert issubclass(errors.RequestTimedOut, TimeoutError)
    assert issubclass(errors.InvalidConfig, penstock.ConfigError)
    assert errors.ProducerFenced.fatal
    with pytest.raises(AttributeError):
        errors.NoSuchError  # type: ignore[attr-defined]  # noqa: B018


def test_codes_by_number_and_name() -> None:
    assert code_of(3) == code_of("UNKNOWN_TOPIC_OR_PARTITION") == 3
    assert code_of("UnknownTopicOrPartition") == 3
    for wrong in (0, 9999, "NO_SUCH_THING"):
        with pytest.raises(ValueError, match="Kafka has no error"):
            code_of(wrong)
    assert from_code(9999, "new").name == "UNKNOWN_9999"


def test_what_the_engine_says_becomes_an_exception() -> None:
    error = make("internal", 3, "refused", {"topic": "clicks", "partition": "7", "broker": "1"})
    assert type(error) is errors.UnknownTopicOrPartition
    assert (error.topic, error.partition, error.broker) == ("clicks", 7, "1")
    assert "a retry may help" in str(error)
    assert "hint: " in str(error)
    error = make("internal", 3, "refused", {"partition": "my-clicks-7"})
    assert isinstance(error, penstock.KafkaError)
    assert (error.topic, error.partition) == ("my-clicks", 7)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again)) == (type(error), str(error))


@pytest.mark.parametrize(
    ("kind", "details", "wanted"),
    [
        ("timeout", {}, penstock.TimeoutError),
        ("invalid_argument", {}, ValueError),
        ("invalid_argument", {"config": "acks"}, penstock.ConfigError),
        ("unavailable", {"connect_step": "resolve"}, penstock.ConnectionFailed),
        ("not_possible_now", {"closed": "producer"}, penstock.ClosedError),
        ("not_possible_now", {"forked": "1"}, penstock.ClosedError),
        ("out_of_space", {}, errors.OutOfSpace),
        ("data_loss", {}, penstock.KafkaError),
        ("not_found", {}, penstock.KafkaError),
    ],
)
def test_kinds_without_a_code(kind: str, details: dict[str, str], wanted: type[Exception]) -> None:
    error = make(kind, 0, "what happened", details)
    assert type(error) is wanted
    assert "what happened" in str(error)


def test_a_failed_connection_tells_how_far_it_got() -> None:
    error = make("unavailable", 13, "cannot reach a:1", {"connect_step": "connect"})
    assert isinstance(error, penstock.ConnectionFailed)
    assert error.steps == ("resolve: done", "connect: failed")
    assert "penstock doctor" in str(error)
