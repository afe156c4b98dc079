"""The pytest plugin, which `pip install penstock` brings."""

from __future__ import annotations

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
