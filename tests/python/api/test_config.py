"""Configs as people remember them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from penstock._config import Table, resolve
from penstock._errors import ConfigError


def table(*rows: tuple[str, str]) -> Table:
    return Table({"name": name, "type": kind, "default": None, "doc": ""} for name, kind in rows)


CLIENT = table(
    ("bootstrap.servers", "LIST"), ("client.id", "STRING"), ("request.timeout.ms", "INT")
)
PRODUCER = table(
    ("acks", "STRING"),
    ("batch.size", "INT"),
    ("buffer.memory", "LONG"),
    ("compression.type", "STRING"),
    ("delivery.timeout.ms", "INT"),
    ("enable.idempotence", "BOOLEAN"),
    ("linger.ms", "LONG"),
    ("request.timeout.ms", "INT"),
    ("retries", "INT"),
)
CONSUMER = table(("auto.offset.reset", "STRING"), ("max.partition.fetch.bytes", "INT"))
TOPIC = table(
    ("retention.bytes", "LONG"),
    ("retention.ms", "LONG"),
    ("cleanup.policy", "LIST"),
    ("min.cleanable.dirty.ratio", "DOUBLE"),
)
BROKER = table(("log.retention.hours", "INT"))


def one(which: Table, given: dict[str, Any] | None = None, **keywords: Any) -> dict[str, str]:
    return resolve("a test", [which], given, keywords)[0]


@pytest.mark.parametrize("key", ["linger.ms", "linger_ms", "LINGER-MS", "lingerMs", "Linger.Ms"])
def test_spellings_of_one_key(key: str) -> None:
    assert one(PRODUCER, {key: 5}) == {"linger.ms": "5"}


@pytest.mark.parametrize(
    ("key", "value", "name", "text"),
    [
        ("linger", "5ms", "linger.ms", "5"),
        ("linger.ms", "2s", "linger.ms", "2000"),
        ("linger", 0, "linger.ms", "0"),
        ("linger", timedelta(seconds=1.5), "linger.ms", "1500"),
        ("delivery_timeout", "1.5 min", "delivery.timeout.ms", "90000"),
        ("buffer_memory", "64MiB", "buffer.memory", str(64 << 20)),
        ("batch.size", "16kB", "batch.size", "16000"),
        ("batch.size", 16384.0, "batch.size", "16384"),
        ("enable_idempotence", True, "enable.idempotence", "true"),
        ("enable.idempotence", "No", "enable.idempotence", "false"),
        ("acks", -1, "acks", "-1"),
        ("compression", "zstd", "compression.type", "zstd"),
        ("compression.codec", "lz4", "compression.type", "lz4"),
        ("request.required.acks", "all", "acks", "all"),
        ("queue.buffering.max.ms", 7, "linger.ms", "7"),
        ("message.timeout.ms", 9000, "delivery.timeout.ms", "9000"),
        ("queue.buffering.max.kbytes", 1024, "buffer.memory", str(1 << 20)),
    ],
)
def test_values_and_aliases_of_a_producer(key: str, value: object, name: str, text: str) -> None:
    assert one(PRODUCER, {key: value}) == {name: text}


def test_the_unit_of_a_value_chooses_between_two_keys() -> None:
    assert one(TOPIC, retention="1h") == {"retention.ms": "3600000"}
    assert one(TOPIC, retention="1GiB") == {"retention.bytes": str(1 << 30)}
    with pytest.raises(ConfigError, match="no unit that fits") as caught:
        one(TOPIC, retention=3600)
    assert caught.value.suggestion in ("retention.ms", "retention.bytes")


def test_a_time_is_turned_into_the_unit_of_its_key() -> None:
    assert one(BROKER, log_retention_hours="2d") == {"log.retention.hours": "48"}
    with pytest.raises(ConfigError, match="not a whole number"):
        one(BROKER, log_retention_hours="90min")


def test_lists_are_joined() -> None:
    given = resolve("a test", [CLIENT], {"metadata.broker.list": ["a:1", "b:2"]}, {})
    assert given == [{"bootstrap.servers": "a:1,b:2"}]
    assert one(TOPIC, cleanup_policy=["compact", "delete"]) == {"cleanup.policy": "compact,delete"}
    assert one(TOPIC, {"min.cleanable.dirty.ratio": 0.25}) == {"min.cleanable.dirty.ratio": "0.25"}


@pytest.mark.parametrize("word", ["smallest", "beginning", "start", "EARLIEST"])
def test_three_worlds_of_auto_offset_reset(word: str) -> None:
    wanted = {"auto.offset.reset": "earliest" if word != "EARLIEST" else "EARLIEST"}
    assert one(CONSUMER, auto_offset_reset=word) == wanted


def test_keywords_win_over_the_dict() -> None:
    assert one(PRODUCER, {"linger.ms": 5, "acks": 1}, linger="1s") == {
        "linger.ms": "1000",
        "acks": "1",
    }


def test_none_is_not_given() -> None:
    assert one(PRODUCER, {"acks": None}, linger=None) == {}


def test_two_names_of_one_config_must_agree() -> None:
    assert one(PRODUCER, {"linger.ms": 5, "queue.buffering.max.ms": "5"}) == {"linger.ms": "5"}
    with pytest.raises(ConfigError, match=r"linger\.ms and queue\.buffering\.max\.ms") as caught:
        one(PRODUCER, {"linger.ms": 5, "queue.buffering.max.ms": 6})
    assert isinstance(caught.value, ValueError)


def test_a_key_goes_to_every_table_that_knows_it() -> None:
    given = {"request.timeout.ms": "30s", "client.id": "me", "acks": "all"}
    client, producer = resolve("a producer", [CLIENT, PRODUCER], given, {})
    assert client == {"request.timeout.ms": "30000", "client.id": "me"}
    assert producer == {"request.timeout.ms": "30000", "acks": "all"}


@pytest.mark.parametrize(
    ("typo", "meant"),
    [
        ("linger.mss", "linger.ms"),
        ("bootstrap_server", "bootstrap.servers"),
        ("delivery_timout", "delivery.timeout.ms"),
        ("compresion.type", "compression.type"),
    ],
)
def test_a_typo_is_told_with_what_was_meant(typo: str, meant: str) -> None:
    with pytest.raises(ConfigError, match=f"did you mean '{meant}'") as caught:
        resolve("a producer", [CLIENT, PRODUCER], {typo: "1"}, {})
    assert caught.value.suggestion == meant


def test_what_resembles_nothing_has_no_suggestion() -> None:
    with pytest.raises(ConfigError, match="no config 'frobnicate'") as caught:
        one(PRODUCER, frobnicate=1)
    assert caught.value.suggestion is None


def test_a_topic_may_have_configs_that_only_its_broker_knows() -> None:
    found = resolve("a topic", [TOPIC], {"redpanda.iceberg.mode": True}, {}, strict=False)
    assert found == [{"redpanda.iceberg.mode": "true"}]
    with pytest.raises(ConfigError, match=r"did you mean 'retention\.ms'"):
        resolve("a topic", [TOPIC], {"retention.mss": 1}, {}, strict=False)


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("ssl.ca.location", "no TLS yet"),
        ("ssl_cafile", "no TLS yet"),
        ("sasl.mechanisms", "no SASL yet"),
        ("security.protocol", "neither TLS nor SASL"),
        ("group.id", "no consumer groups yet"),
        ("group", "no consumer groups yet"),
        ("transactional_id", "no transactions yet"),
        ("interceptor.classes", "no interceptors"),
        ("value_serializer", "value=TYPE"),
        ("batch.num.messages", r"batch\.size"),
        ("consumer_timeout_ms", "timeout="),
    ],
)
def test_known_elsewhere_and_not_here_yet(key: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        one(PRODUCER, {key: "x"})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("linger.ms", "soon"),
        ("linger.ms", 0.5),
        ("linger.ms", "0.5ms"),
        ("linger.ms", "5MiB"),
        ("linger.ms", True),
        ("retries", "3s"),
        ("retries", "3MiB"),
        ("retries", timedelta(seconds=3)),
        ("enable.idempotence", "perhaps"),
        ("buffer.memory", "64 parsecs"),
        ("batch.size", b"1"),
    ],
)
def test_values_that_are_none(key: str, value: object) -> None:
    with pytest.raises(ConfigError, match=key.replace(".", r"\.")):
        one(PRODUCER, {key: value})


def test_configs_are_a_dict_with_names() -> None:
    with pytest.raises(TypeError, match="a dict"):
        one(PRODUCER, [("acks", 1)])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="is a str"):
        one(PRODUCER, {1: "acks"})  # type: ignore[dict-item]
