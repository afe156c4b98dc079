"""Administration, in frozen values."""

from __future__ import annotations

import dataclasses

import penstock
import pytest
from penstock import Admin, Cluster, NewTopic, errors


def test_topics_are_created_listed_described_and_deleted(cluster: Cluster) -> None:
    admin = cluster.admin
    made = admin.create_topics(
        [NewTopic("orders", 3, configs={"retention": "1d"}), "invoices"], validate_only=False
    )
    assert [(topic.name, topic.partitions) for topic in made] == [("orders", 3), ("invoices", 1)]
    assert [topic.name for topic in admin.list_topics()] == ["invoices", "orders"]
    [described] = admin.describe_topics(["orders"])
    assert [partition.partition for partition in described.partitions] == [0, 1, 2]
    assert described.partitions[0].leader in described.partitions[0].replicas
    with pytest.raises(dataclasses.FrozenInstanceError):
        described.name = "other"  # type: ignore[misc]
    admin.create_partitions({"orders": 5})
    assert len(admin.describe_topics("orders")[0].partitions) == 5
    admin.delete_topics(["orders", "invoices"])
    assert admin.list_topics() == []


def test_validating_changes_nothing(cluster: Cluster) -> None:
    cluster.admin.create_topics({"orders": 1}, validate_only=True)
    assert cluster.topics() == []


def test_the_first_error_is_raised_with_the_others_beside_it(cluster: Cluster) -> None:
    admin = cluster.admin
    admin.create_topics(["a", "b"])
    with pytest.raises(errors.TopicAlreadyExists) as caught:
        admin.create_topics(["a", "b", "c"])
    assert caught.value.topic == "a"
    assert "topic b" in caught.value.__notes__[0] or "'b'" in caught.value.__notes__[0]
    assert cluster.topics() == ["a", "b", "c"]
    with pytest.raises(errors.UnknownTopicOrPartition, match="nowhere"):
        admin.describe_topics(["nowhere"])
    with pytest.raises(errors.InvalidPartitions):
        admin.create_partitions({"a": 1})
    with pytest.raises(TypeError, match="a name or a NewTopic"):
        admin.create_topics([7])  # type: ignore[list-item]


def test_configs_are_set_and_deleted(cluster: Cluster) -> None:
    topic = cluster.topic("t")
    admin = cluster.admin
    admin.alter_configs("t", {"retention_ms": "2h"}, append={"cleanup.policy": "compact"})
    changed = topic.config.changed()
    assert changed["retention.ms"] == "7200000"
    assert set((changed["cleanup.policy"] or "").split(",")) == {"delete", "compact"}
    admin.alter_configs("t", delete=["retention.ms", "cleanup_policy"])
    assert topic.config.changed() == {}
    with pytest.raises(penstock.ConfigError, match="did you mean"):
        admin.alter_configs("t", {"retention.mss": 1})
    with pytest.raises(KeyError):
        topic.config["no.such.config"]


def test_offsets_and_deleted_records(cluster: Cluster) -> None:
    topic = cluster.topic("t")
    for i in range(10):
        topic.send(str(i), timestamp=1000 * (i + 1))
    cluster.flush(30)
    admin, home = cluster.admin, ("t", 0)

    def at(when: object) -> int:
        return admin.list_offsets([home], when)[0].offset  # type: ignore[arg-type]

    assert (at("earliest"), at("latest"), at(4500)) == (0, 10, 4)
    assert admin.list_offsets([home], "max_timestamp")[0].timestamp == 10_000
    assert admin.delete_records({home: 4}) == {home: 4}
    assert topic.read().values()[0] == b"4"
    assert topic.count() == 6
    with pytest.raises(errors.OffsetOutOfRange):
        admin.delete_records({home: 99})


def test_the_cluster_describes_itself(cluster: Cluster) -> None:
    cluster.topic("t").send("x").result(30)
    admin = cluster.admin
    described = admin.describe_cluster()
    assert described.cluster_id == cluster.cluster_id
    assert described.controller in [broker.id for broker in described.brokers]
    assert admin.describe_quorum().leader == described.controller
    features = {feature.name: feature for feature in admin.describe_features().features}
    assert features["metadata.version"].finalized > 0
    [apis] = admin.api_versions()
    assert {"Produce", "Fetch", "Metadata"} <= {api.name for api in apis.apis}
    [directory] = admin.describe_log_dirs()
    assert [replica.topic for replica in directory.partitions] == ["t"]
    assert len(admin.describe_producers([("t", 0)])[0].producers) == 1


def test_an_admin_with_a_connection_of_its_own(broker: penstock.Broker) -> None:
    with Admin(broker.bootstrap_servers, client_id="me") as admin:
        assert admin.list_topics() == []
    with pytest.raises(penstock.ClosedError):
        admin.list_topics()
