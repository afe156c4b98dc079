"""Apache Kafka's own command-line tools and clients, unchanged."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from compat.apache_kafka import tool
from compat.confluent import consume, produce, values
from compat.disk import batches

pytestmark = pytest.mark.usefixtures("java")

LINES = [b"record %d" % number for number in range(500)]


def at(bootstrap: str) -> tuple[str, str]:
    """Return the options that name the server."""
    return "--bootstrap-server", bootstrap


def test_console_producer_and_consumer(bootstrap: str, topic: str) -> None:
    """Lines go in by the one and come out of the other, from any offset."""
    text = "".join(f"line {number}\n" for number in range(100))
    tool("ConsoleProducer", *at(bootstrap), "--topic", topic, stdin=text)
    place = ("--topic", topic, "--partition", "0", "--offset")
    read = ("consumer.ConsoleConsumer", *at(bootstrap))
    everything = tool(*read, *place, "earliest", "--max-messages", "100")
    assert everything.stdout == text
    some = tool(*read, *place, "42", "--max-messages", "2")
    assert some.stdout == "line 42\nline 43\n"


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
def test_java_s_codecs(bootstrap: str, topic: str, data: Path, codec: str) -> None:
    """What Java compressed is kept so, and librdkafka reads it."""
    text = "".join(f"line {number}, " * 20 + "\n" for number in range(100))
    arguments = ("--topic", topic, "--compression-codec", codec)
    tool("ConsoleProducer", *at(bootstrap), *arguments, stdin=text)
    assert {batch.codec for batch in batches(data, topic)} == {codec}
    lines = [value or b"" for value in values(consume(bootstrap, topic, 100))]
    assert b"".join(line + b"\n" for line in lines) == text.encode()


@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "zstd"])
def test_java_reads_what_others_compressed(bootstrap: str, topic: str, codec: str) -> None:
    """librdkafka writes, Java reads."""
    produce(bootstrap, topic, LINES, compression_type=codec)
    place = ("--topic", topic, "--partition", "0", "--offset", "earliest")
    count = ("--max-messages", str(len(LINES)))
    done = tool("consumer.ConsoleConsumer", *at(bootstrap), *place, *count)
    assert done.stdout.encode().splitlines() == LINES


def test_topics(bootstrap: str, name: str) -> None:
    """kafka-topics: create, list, describe, alter, delete."""
    topics = ("TopicCommand", *at(bootstrap))
    configs = ("--config", "retention.ms=9876")
    tool(*topics, "--create", "--topic", name, "--partitions", "2", *configs)
    assert name in tool(*topics, "--list").stdout.split()
    tool(*topics, "--alter", "--topic", name, "--partitions", "4")
    described = tool(*topics, "--describe", "--topic", name).stdout
    assert re.search(r"PartitionCount: 4\b.*ReplicationFactor: 1\b", described)
    assert "retention.ms=9876" in described
    assert re.search(r"Partition: 3\s+Leader: 1\s+Replicas: 1\s+Isr: 1", described)
    again = tool(*topics, "--create", "--topic", name, check=False)
    assert again.returncode != 0
    assert "already exists" in again.stdout + again.stderr
    tool(*topics, "--delete", "--topic", name)
    assert name not in tool(*topics, "--list").stdout.split()


def test_configs(bootstrap: str, topic: str) -> None:
    """kafka-configs: describe and alter a topic and the broker."""
    configs = ("kafka.admin.ConfigCommand", *at(bootstrap))
    of_topic = ("--entity-type", "topics", "--entity-name", topic)
    tool(*configs, *of_topic, "--alter", "--add-config", "retention.ms=5000,flush.ms=7")
    described = tool(*configs, *of_topic, "--describe").stdout
    assert "retention.ms=5000" in described
    assert "DYNAMIC_TOPIC_CONFIG:flush.ms=7" in described
    tool(*configs, *of_topic, "--alter", "--delete-config", "retention.ms")
    assert "retention.ms=5000" not in tool(*configs, *of_topic, "--describe").stdout
    everything = tool(*configs, *of_topic, "--describe", "--all").stdout
    assert "DEFAULT_CONFIG:log.retention.hours=168" in everything or (
        "retention.ms=604800000" in everything
    )
    of_broker = ("--entity-type", "brokers", "--entity-name", "1")
    assert "node.id=1" in tool(*configs, *of_broker, "--describe", "--all").stdout
    tool(*configs, *of_broker, "--alter", "--add-config", "log.retention.ms=777000")
    assert "log.retention.ms=777000" in tool(*configs, *of_broker, "--describe").stdout
    tool(*configs, *of_broker, "--alter", "--delete-config", "log.retention.ms")
    wrong = tool(*configs, *of_topic, "--alter", "--add-config", "retention.ms=x", check=False)
    assert wrong.returncode != 0


def test_get_offsets(bootstrap: str, topic: str) -> None:
    """kafka-get-offsets: latest, earliest, the greatest timestamp, and by time."""
    produce(bootstrap, topic, LINES)
    offsets = ("GetOffsetShell", *at(bootstrap), "--topic", topic, "--time")
    for when, expected in (("-1", "500"), ("-2", "0"), ("1000", "0")):
        assert tool(*offsets, when).stdout.strip() == f"{topic}:0:{expected}"
    assert re.fullmatch(rf"{topic}:0:\d+", tool(*offsets, "-3").stdout.strip())


def test_delete_records(bootstrap: str, topic: str, tmp_path: Path) -> None:
    """kafka-delete-records moves the log start offset."""
    produce(bootstrap, topic, LINES)
    request = {"partitions": [{"topic": topic, "partition": 0, "offset": 99}], "version": 1}
    file = tmp_path / "offsets.json"
    file.write_text(json.dumps(request))
    done = tool("DeleteRecordsCommand", *at(bootstrap), "--offset-json-file", str(file))
    assert "low_watermark: 99" in done.stdout
    earliest = tool("GetOffsetShell", *at(bootstrap), "--topic", topic, "--time", "-2")
    assert earliest.stdout.strip() == f"{topic}:0:99"


def test_log_dirs(bootstrap: str, topic: str) -> None:
    """kafka-log-dirs: the directory, and the size of the partition in it."""
    produce(bootstrap, topic, LINES)
    done = tool("LogDirsCommand", *at(bootstrap), "--describe", "--topic-list", topic)
    answer = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))
    directory = answer["brokers"][0]["logDirs"][0]
    assert directory["error"] is None
    (partition,) = directory["partitions"]
    assert partition["partition"] == f"{topic}-0"
    assert partition["size"] > sum(len(line) for line in LINES)


def test_metadata_quorum(bootstrap: str) -> None:
    """kafka-metadata-quorum: one voter, which leads."""
    quorum = ("MetadataQuorumCommand", *at(bootstrap), "describe")
    status = tool(*quorum, "--status").stdout
    assert re.search(r"LeaderId:\s+1\b", status)
    assert re.search(r'CurrentVoters:\s+\[\{"id": 1', status)
    assert re.search(r"MaxFollowerLag:\s+0\b", status)
    assert re.search(r"^1\s.*\bLeader\b", tool(*quorum, "--replication").stdout, re.MULTILINE)


def test_features(bootstrap: str) -> None:
    """kafka-features: the finalized levels are those whose semantics exist."""
    done = tool("FeatureCommand", *at(bootstrap), "describe").stdout
    levels = dict(re.findall(r"Feature: (\S+).*?FinalizedVersionLevel: (\S+)", done))
    assert levels["metadata.version"].startswith("4.3")
    assert levels["kraft.version"] == "1"


def test_cluster_id(bootstrap: str) -> None:
    """kafka-cluster shows the id of the cluster."""
    done = tool("ClusterTool", "cluster-id", *at(bootstrap)).stdout
    assert re.search(r"Cluster ID: [A-Za-z0-9_-]{22}$", done.strip())


def test_api_versions(bootstrap: str) -> None:
    """kafka-broker-api-versions lists what is served, and marks nothing as unknown."""
    done = tool("BrokerApiVersionsCommand", *at(bootstrap)).stdout
    served = dict(re.findall(r"(\w+)\(\d+\): (\d+(?: to \d+)?) \[usable", done))
    wanted = {"Produce", "Fetch", "ListOffsets", "Metadata", "CreateTopics", "DescribeConfigs"}
    assert wanted <= set(served)
    assert "UNKNOWN" not in done


@pytest.mark.parametrize("acks", ["all", "1"])
def test_producer_performance(bootstrap: str, topic: str, acks: str) -> None:
    """kafka-producer-perf-test writes what it says."""
    size = ("--num-records", "20000", "--record-size", "100", "--throughput", "-1")
    server = ("--bootstrap-server", bootstrap, "--command-property", f"acks={acks}")
    done = tool("ProducerPerformance", "--topic", topic, *size, *server)
    assert "20000 records sent" in done.stdout
    latest = tool("GetOffsetShell", *at(bootstrap), "--topic", topic, "--time", "-1")
    assert latest.stdout.strip() == f"{topic}:0:20000"


def test_unusual_topics_are_described(bootstrap: str, new_topic: Callable[..., str]) -> None:
    """Java's admin client ends on a null where Kafka sends an empty array."""
    topic = new_topic(partitions=3, cleanup_policy="compact")
    described = tool("TopicCommand", *at(bootstrap), "--describe", "--topic", topic).stdout
    assert described.count("Leader: 1") == 3
    assert "cleanup.policy=compact" in described
