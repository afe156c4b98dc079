"""The part of Admin that asks about the cluster as a whole: brokers, disks, quorum, features."""

from __future__ import annotations

from typing import Any

from penstock import _admin_types as types
from penstock._admin_calls import raise_errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class AboutCluster:
    """See Admin."""

    def describe_cluster(self, *, timeout: float | None = None) -> types.ClusterDescription:
        """Return the cluster's id, its controller and its brokers.

        >>> admin.describe_cluster().brokers[0].id
        1
        """
        answer = self._call("describe_cluster", {}, timeout)
        brokers = [types.make(types.BrokerInfo, broker) for broker in answer["brokers"]]
        return types.ClusterDescription(answer["cluster_id"], answer["controller"], brokers)

    def describe_log_dirs(
        self, brokers: Iterable[int] = (), *, timeout: float | None = None
    ) -> list[types.LogDir]:
        """Return the directories of these brokers, or of all, and the partitions in them.

        >>> [replica.topic for replica in admin.describe_log_dirs()[0].partitions]
        ['example']
        """
        answers = self._call("describe_log_dirs", {"brokers": list(brokers)}, timeout)
        return [
            types.LogDir(
                answer["broker"],
                answer["path"],
                answer["error"],
                answer["total_bytes"],
                answer["usable_bytes"],
                [types.make(types.ReplicaOnDisk, part) for part in answer["partitions"]],
            )
            for answer in answers
        ]

    def describe_quorum(self, *, timeout: float | None = None) -> types.QuorumDescription:
        """Return the nodes that keep the metadata log, and how far each is.

        >>> admin.describe_quorum().leader
        1
        """
        answer = self._call("describe_quorum", {}, timeout)
        return types.QuorumDescription(
            answer["leader"],
            answer["leader_epoch"],
            answer["high_watermark"],
            [_replica(replica) for replica in answer["voters"]],
            [_replica(replica) for replica in answer["observers"]],
        )

    def describe_features(self, *, timeout: float | None = None) -> types.FeaturesDescription:
        """Return the features of the cluster with their levels.

        >>> "metadata.version" in [feature.name for feature in admin.describe_features().features]
        True
        """
        answer = self._call("describe_features", {}, timeout)
        features = [
            types.FeatureRange(row["feature"], row["min"], row["max"], row["finalized"])
            for row in answer["features"]
        ]
        return types.FeaturesDescription(answer["epoch"], features)

    def update_features(
        self,
        levels: Mapping[str, int],
        *,
        kind: str = "upgrade",
        validate_only: bool = False,
        timeout: float | None = None,
    ) -> None:
        """Raise or lower features to levels.

        Args:
            levels: 0 ends a feature.
            kind: "upgrade", "safe_downgrade" or "unsafe_downgrade".
            validate_only: only say whether it would work.
            timeout: seconds for all.

        Raises:
            errors.InvalidUpdateVersion: brokers do not support the level.

        >>> for feature in admin.describe_features().features:
        ...     if feature.name == "metadata.version":
        ...         admin.update_features({feature.name: feature.finalized}, validate_only=True)
        """
        updates = [{"feature": n, "level": level, "kind": kind} for n, level in levels.items()]
        arguments = {"updates": updates, "validate_only": validate_only}
        raise_errors("feature", self._call("update_features", arguments, timeout))

    def api_versions(self, *, timeout: float | None = None) -> list[types.BrokerApis]:
        """Return for each broker the APIs that it serves, with their versions.

        >>> [api.name for api in admin.api_versions()[0].apis][:2]
        ['Produce', 'Fetch']
        """
        answers = self._call("broker_api_versions", {}, timeout)
        return [
            types.BrokerApis(
                answer["broker"],
                answer["host"],
                answer["port"],
                [types.make(types.ApiRange, api) for api in answer["apis"]],
            )
            for answer in answers
        ]

    def _call(self, call: str, arguments: dict[str, Any], timeout: float | None) -> Any:
        """Ask the cluster."""
        raise NotImplementedError


def _replica(data: dict[str, Any]) -> types.QuorumReplica:
    return types.QuorumReplica(
        data["id"],
        data["directory_id"],
        data["log_end_offset"],
        data["last_fetch"],
        data["last_caught_up"],
    )
