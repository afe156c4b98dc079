"""The pytest plugin, which `pip install penstock` brings."""

from __future__ import annotations

from compat.confluent import QUIET
from confluent_kafka import Producer
from penstock import Broker, Topic


def test_stock_clients_talk_to_a_broker_of_the_tests_own(kafka_broker: Broker) -> None:
    kafka_broker.topic("out")
    producer = Producer({"bootstrap.servers": kafka_broker.bootstrap_servers})
    producer.produce("out", value=b'{"a": 1}')
    assert producer.flush(30) == 0
    assert kafka_broker.topic("out").read().json() == [{"a": 1}]


def test_each_test_has_its_own_broker(kafka_broker: Broker) -> None:
    assert kafka_broker.topics() == []


def test_a_topic_with_a_name_of_its_own(kafka_topic: Topic[bytes], kafka_broker: Broker) -> None:
    kafka_topic.send("x").result(30)
    assert kafka_broker.topics() == [kafka_topic.name]


def test_faults_are_met_by_stock_clients(kafka_topic: Topic[bytes], kafka_broker: Broker) -> None:
    told: list[str] = []
    kafka_broker.faults.error_next("Produce", "INVALID_RECORD", times=1)
    producer = Producer({"bootstrap.servers": kafka_broker.bootstrap_servers})
    for value in (b"refused", b"taken"):
        producer.produce(
            kafka_topic.name,
            value=value,
            on_delivery=lambda e, _: told.append(e.name() if e else ""),
        )
        assert producer.flush(30) == 0
    assert told == ["INVALID_RECORD", ""]
    assert kafka_topic.read().values() == [b"taken"]


def test_connections_break_on_purpose(kafka_topic: Topic[bytes], kafka_broker: Broker) -> None:
    stock = {"bootstrap.servers": kafka_broker.bootstrap_servers, "reconnect.backoff.ms": 10}
    producer = Producer(stock, logger=QUIET)
    for value in (b"before", b"after"):
        producer.produce(kafka_topic.name, value=value)
        assert producer.flush(30) == 0
        assert kafka_broker.faults.drop_connections() >= 1
    assert kafka_topic.read().values() == [b"before", b"after"]
