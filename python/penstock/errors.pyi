"""Every exception of penstock; written by tests/python/api/error_stub.py."""

from penstock._errors import Cancelled as Cancelled
from penstock._errors import ClosedError as ClosedError
from penstock._errors import ConfigError as ConfigError
from penstock._errors import ConnectionFailed as ConnectionFailed
from penstock._errors import DeliveryError as DeliveryError
from penstock._errors import KafkaError as KafkaError
from penstock._errors import OutOfSpace as OutOfSpace
from penstock._errors import SerializationError as SerializationError
from penstock._errors import TimeoutError as TimeoutError
from penstock._errors import Undelivered as Undelivered

__all__ = [
    "Cancelled",
    "ClosedError",
    "ConfigError",
    "ConnectionFailed",
    "DeliveryError",
    "KafkaError",
    "OutOfSpace",
    "SerializationError",
    "TimeoutError",
    "Undelivered",
]

class UnknownServerError(KafkaError):
    """The server failed in a way that has no error code of its own."""

class OffsetOutOfRange(KafkaError):
    """The offset lies outside of what the partition holds."""

class CorruptMessage(KafkaError):
    """The message is damaged: its checksum, size or contents do not fit together."""

class UnknownTopicOrPartition(KafkaError):
    """This server does not host such a topic or partition."""

class InvalidFetchSize(KafkaError):
    """The requested fetch size is not valid."""

class LeaderNotAvailable(KafkaError):
    """The partition has no leader at the moment, as during an election."""

class NotLeaderOrFollower(KafkaError):
    """This broker is not the leader of the partition, or holds no replica that could serve the request."""

class RequestTimedOut(TimeoutError):
    """The request was not completed in the time that it allowed."""

class BrokerNotAvailable(KafkaError):
    """The broker is not available."""

class ReplicaNotAvailable(KafkaError):
    """The replica is not available on this broker."""

class MessageTooLarge(KafkaError):
    """The message is larger than the server accepts."""

class StaleControllerEpoch(KafkaError):
    """The controller has moved to another node since."""

class OffsetMetadataTooLarge(KafkaError):
    """The metadata of the committed offset is too long."""

class NetworkException(KafkaError):
    """The connection broke before an answer came."""

class CoordinatorLoadInProgress(KafkaError):
    """The coordinator is still loading its state."""

class CoordinatorNotAvailable(KafkaError):
    """No coordinator is available."""

class NotCoordinator(KafkaError):
    """This broker is not the coordinator that was asked for."""

class InvalidTopicException(KafkaError):
    """The topic name is not valid, or the topic may not be used in this way."""

class RecordListTooLarge(KafkaError):
    """The request has a batch that is larger than a segment of the log may be."""

class NotEnoughReplicas(KafkaError):
    """Fewer replicas are in sync than the topic requires for a write."""

class NotEnoughReplicasAfterAppend(KafkaError):
    """The records were written, but to fewer in-sync replicas than the topic requires."""

class InvalidRequiredAcks(KafkaError):
    """The required acknowledgements are not one of -1, 0 and 1."""

class IllegalGeneration(KafkaError):
    """The generation of the group is not the one that the member named."""

class InconsistentGroupProtocol(KafkaError):
    """The member's protocols have nothing in common with those of the group."""

class InvalidGroupId(KafkaError):
    """The group id is not valid."""

class UnknownMemberId(KafkaError):
    """The group does not know this member."""

class InvalidSessionTimeout(KafkaError):
    """The session timeout lies outside of the bounds that the broker allows."""

class RebalanceInProgress(KafkaError):
    """The group is rebalancing; its members have to join again."""

class InvalidCommitOffsetSize(KafkaError):
    """The committed offsets are too large to be stored."""

class TopicAuthorizationFailed(KafkaError):
    """Not authorized to access these topics."""

class GroupAuthorizationFailed(KafkaError):
    """Not authorized to access this group."""

class ClusterAuthorizationFailed(KafkaError):
    """Not authorized to act on the cluster."""

class InvalidTimestamp(KafkaError):
    """The timestamp of a record lies outside of what the topic accepts."""

class UnsupportedSaslMechanism(KafkaError):
    """The server does not offer this SASL mechanism."""

class IllegalSaslState(KafkaError):
    """The SASL exchange is not in a state where this request is expected."""

class UnsupportedVersion(KafkaError):
    """The server does not support this version of the API."""

class TopicAlreadyExists(KafkaError):
    """A topic of this name exists already."""

class InvalidPartitions(KafkaError):
    """The number of partitions is not valid."""

class InvalidReplicationFactor(KafkaError):
    """The replication factor is below 1 or above the number of brokers."""

class InvalidReplicaAssignment(KafkaError):
    """The assignment of replicas is not valid."""

class InvalidConfig(ConfigError):
    """The configuration is not valid."""

class NotController(KafkaError):
    """This node is not the active controller."""

class InvalidRequest(KafkaError):
    """The request contradicts itself, or lacks what it needs."""

class UnsupportedForMessageFormat(KafkaError):
    """The format in which the partition stores its records cannot serve this request."""

class PolicyViolation(KafkaError):
    """A policy of the cluster forbids the request."""

class OutOfOrderSequenceNumber(KafkaError):
    """The sequence number of the batch does not follow the last one of its producer."""

class DuplicateSequenceNumber(KafkaError):
    """A batch with this sequence number is written already."""

class InvalidProducerEpoch(KafkaError):
    """The producer's epoch is older than the current one."""

class InvalidTxnState(KafkaError):
    """The transaction is not in a state where this is possible."""

class InvalidProducerIdMapping(KafkaError):
    """The producer id does not belong to this transactional id."""

class InvalidTransactionTimeout(KafkaError):
    """The transaction timeout is longer than the broker allows."""

class ConcurrentTransactions(KafkaError):
    """Another change of the same transaction is still under way."""

class TransactionCoordinatorFenced(KafkaError):
    """The transaction coordinator that wrote this was replaced by a newer one."""

class TransactionalIdAuthorizationFailed(KafkaError):
    """Not authorized to use this transactional id."""

class SecurityDisabled(KafkaError):
    """Security features are turned off on this server."""

class OperationNotAttempted(KafkaError):
    """An earlier failure in the same request kept this from being tried."""

class KafkaStorageError(KafkaError):
    """The disk failed while a log was read or written."""

class LogDirNotFound(KafkaError):
    """The log directory is not known to the broker, or is offline."""

class SaslAuthenticationFailed(KafkaError):
    """The SASL authentication failed."""

class UnknownProducerId(KafkaError):
    """The broker has no state of this producer id, its records may have been deleted."""

class ReassignmentInProgress(KafkaError):
    """The replicas of the partition are being moved."""

class DelegationTokenAuthDisabled(KafkaError):
    """Delegation tokens are not in use on this server."""

class DelegationTokenNotFound(KafkaError):
    """There is no such delegation token."""

class DelegationTokenOwnerMismatch(KafkaError):
    """The delegation token belongs to someone else."""

class DelegationTokenRequestNotAllowed(KafkaError):
    """Delegation tokens cannot be requested over this kind of connection."""

class DelegationTokenAuthorizationFailed(KafkaError):
    """Not authorized to use this delegation token."""

class DelegationTokenExpired(KafkaError):
    """The delegation token has expired."""

class InvalidPrincipalType(KafkaError):
    """The kind of principal is not supported."""

class NonEmptyGroup(KafkaError):
    """The group has members."""

class GroupIdNotFound(KafkaError):
    """There is no such group."""

class FetchSessionIdNotFound(KafkaError):
    """There is no such fetch session."""

class InvalidFetchSessionEpoch(KafkaError):
    """The epoch of the fetch session is not the next one."""

class ListenerNotFound(KafkaError):
    """The leader has no endpoint on the listener that the request came over."""

class TopicDeletionDisabled(KafkaError):
    """Topics cannot be deleted, delete.topic.enable is false."""

class FencedLeaderEpoch(KafkaError):
    """The leader epoch of the request is older than the broker's."""

class UnknownLeaderEpoch(KafkaError):
    """The leader epoch of the request is newer than the broker's."""

class UnsupportedCompressionType(KafkaError):
    """This version of the API cannot carry the compression type."""

class StaleBrokerEpoch(KafkaError):
    """The broker epoch is not the current one."""

class OffsetNotAvailable(KafkaError):
    """The new leader cannot vouch for the offset yet, its high watermark has to catch up first."""

class MemberIdRequired(KafkaError):
    """The member has to join again, with the id that it was given."""

class PreferredLeaderNotAvailable(KafkaError):
    """The preferred leader is not available."""

class GroupMaxSizeReached(KafkaError):
    """The group has as many members as it may have."""

class FencedInstanceId(KafkaError):
    """A newer member took over the group instance id."""

class EligibleLeadersNotAvailable(KafkaError):
    """No eligible leader is available."""

class ElectionNotNeeded(KafkaError):
    """The partition has the right leader already."""

class NoReassignmentInProgress(KafkaError):
    """The partition is not being moved."""

class GroupSubscribedToTopic(KafkaError):
    """The group still subscribes to the topic."""

class InvalidRecord(KafkaError):
    """A record was refused by the broker's validation."""

class UnstableOffsetCommit(KafkaError):
    """Offsets of a transaction that is not finished stand in the way."""

class ThrottlingQuotaExceeded(KafkaError):
    """The quota is used up for now."""

class ProducerFenced(KafkaError):
    """A newer producer with the same transactional id took over."""

class ResourceNotFound(KafkaError):
    """There is no such resource."""

class DuplicateResource(KafkaError):
    """The resource exists already, or is named twice."""

class UnacceptableCredential(KafkaError):
    """The credential does not meet what is required of it."""

class InconsistentVoterSet(KafkaError):
    """The sender or the recipient is not one of the voters."""

class InvalidUpdateVersion(KafkaError):
    """The given version of the state is not the next one."""

class FeatureUpdateFailed(KafkaError):
    """The features could not be updated."""

class PrincipalDeserializationFailure(KafkaError):
    """The principal of a forwarded request could not be read."""

class SnapshotNotFound(KafkaError):
    """There is no such snapshot."""

class PositionOutOfRange(KafkaError):
    """The position lies beyond the end of the snapshot."""

class UnknownTopicId(KafkaError):
    """This server knows no topic of this id."""

class DuplicateBrokerRegistration(KafkaError):
    """Another broker is registered under this id."""

class BrokerIdNotRegistered(KafkaError):
    """The broker is not registered."""

class InconsistentTopicId(KafkaError):
    """The topic id is not the one that the log has."""

class InconsistentClusterId(KafkaError):
    """The cluster id is not that of this cluster."""

class TransactionalIdNotFound(KafkaError):
    """There is no such transactional id."""

class FetchSessionTopicIdError(KafkaError):
    """A topic of the fetch session changed its id."""

class IneligibleReplica(KafkaError):
    """One of the new in-sync replicas is fenced or shutting down."""

class NewLeaderElected(KafkaError):
    """The change led to a new leader."""

class OffsetMovedToTieredStorage(KafkaError):
    """The offset has moved to remote storage."""

class FencedMemberEpoch(KafkaError):
    """The coordinator does not accept this member epoch any more."""

class UnreleasedInstanceId(KafkaError):
    """The group instance id is still in use by another member."""

class UnsupportedAssignor(KafkaError):
    """The group coordinator does not have the assignor."""

class StaleMemberEpoch(KafkaError):
    """The member epoch is older than the current one, the member has to heartbeat first."""

class MismatchedEndpointType(KafkaError):
    """The request reached an endpoint of the wrong type."""

class UnsupportedEndpointType(KafkaError):
    """The endpoint type is not supported."""

class UnknownControllerId(KafkaError):
    """The controller id is not known."""

class UnknownSubscriptionId(KafkaError):
    """The subscription id of the telemetry is not the current one."""

class TelemetryTooLarge(KafkaError):
    """The telemetry is larger than the broker accepts."""

class InvalidRegistration(KafkaError):
    """The registration of the node is not compatible with the cluster."""

class TransactionAbortable(KafkaError):
    """The transaction can only be aborted from here."""

class InvalidRecordState(KafkaError):
    """The record is in no state where it can be acknowledged."""

class ShareSessionNotFound(KafkaError):
    """There is no such share session."""

class InvalidShareSessionEpoch(KafkaError):
    """The epoch of the share session is not the next one."""

class FencedStateEpoch(KafkaError):
    """The state epoch is not the current one of the share coordinator."""

class InvalidVoterKey(KafkaError):
    """The voter key does not match that of the node."""

class DuplicateVoter(KafkaError):
    """The voter is in the set of voters already."""

class VoterNotFound(KafkaError):
    """The voter is not in the set of voters."""

class InvalidRegularExpression(KafkaError):
    """The regular expression is not valid."""

class RebootstrapRequired(KafkaError):
    """The client's view of the cluster is too old, it has to start from its bootstrap servers again."""

class StreamsInvalidTopology(KafkaError):
    """The topology of the streams group is not valid."""

class StreamsInvalidTopologyEpoch(KafkaError):
    """The topology epoch is not valid for the streams group."""

class StreamsTopologyFenced(KafkaError):
    """A newer topology of the streams group took over."""

class ShareSessionLimitReached(KafkaError):
    """The broker holds as many share sessions as it may."""
