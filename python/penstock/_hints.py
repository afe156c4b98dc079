"""What the errors of the protocol tell besides their description: the way out, in one line."""

from __future__ import annotations

# Nothing more can be done with the producer or consumer that met it.
FATAL = frozenset(
    {
        "CLUSTER_AUTHORIZATION_FAILED",
        "FENCED_INSTANCE_ID",
        "INVALID_PRODUCER_ID_MAPPING",
        "PRODUCER_FENCED",
        "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
        "UNSUPPORTED_FOR_MESSAGE_FORMAT",
        "UNSUPPORTED_VERSION",
    }
)
TXN_ABORT = frozenset({"TRANSACTION_ABORTABLE"})

HINTS = {
    "UNKNOWN_TOPIC_OR_PARTITION": "topics() lists what is there; topic(NAME) creates what is not",
    "OFFSET_OUT_OF_RANGE": (
        "the records are deleted, or not written yet; start='earliest' reads what is there"
    ),
    "CORRUPT_MESSAGE": "a checksum is wrong: look at the disk and the network of the broker",
    "LEADER_NOT_AVAILABLE": "the partition waits for a leader; are all its brokers up?",
    "NOT_LEADER_OR_FOLLOWER": "the leader has moved; the client finds the new one by itself",
    "REQUEST_TIMED_OUT": "the broker is slow or out of reach; request_timeout_ms is the limit",
    "MESSAGE_TOO_LARGE": (
        "raise the topic's max.message.bytes and the producer's max_request_size, or send less"
    ),
    "RECORD_LIST_TOO_LARGE": "the topic's segment.bytes is smaller than this batch",
    "NETWORK_EXCEPTION": "is the broker up? `penstock doctor HOST:PORT` tries each step",
    "INVALID_TOPIC_EXCEPTION": (
        "1 to 249 of the characters a-z A-Z 0-9 . _ - and neither '.' nor '..'"
    ),
    "NOT_ENOUGH_REPLICAS": "fewer brokers are in sync than the topic's min.insync.replicas",
    "NOT_ENOUGH_REPLICAS_AFTER_APPEND": (
        "fewer brokers are in sync than the topic's min.insync.replicas"
    ),
    "TOPIC_AUTHORIZATION_FAILED": "ask who runs the cluster for an ACL on the topic",
    "CLUSTER_AUTHORIZATION_FAILED": "ask who runs the cluster for an ACL on the cluster",
    "INVALID_TIMESTAMP": "timestamps are milliseconds since 1970, and not far in the future",
    "UNSUPPORTED_VERSION": "the broker is older than what was asked of it",
    "TOPIC_ALREADY_EXISTS": "topic(NAME) opens what exists",
    "INVALID_PARTITIONS": "partitions are 1 or more, and can only grow",
    "INVALID_REPLICATION_FACTOR": "there are fewer brokers than replicas asked for",
    "INVALID_CONFIG": "docs/configs.md lists names and values",
    "POLICY_VIOLATION": "a rule of the cluster forbids it; who runs it knows which",
    "KAFKA_STORAGE_ERROR": "the broker's log tells what the disk said",
    "SASL_AUTHENTICATION_FAILED": "user name or password are wrong",
    "TOPIC_DELETION_DISABLED": "the broker runs with delete.topic.enable=false",
    "INVALID_RECORD": "a compacted topic takes no record without a key",
    "THROTTLING_QUOTA_EXCEEDED": "wait a moment, or ask for a larger quota",
    "PRODUCER_FENCED": "another producer with the same transactional_id has begun; make a new one",
}

STEP_HINTS = {
    "resolve": "nobody knows this name: is it spelled right, and known where this program runs?",
    "connect": "is a broker listening there? `penstock doctor HOST:PORT` tries each step",
    "handshake": (
        "what listens there does not speak Kafka without TLS: is it the right port? "
        "`penstock doctor HOST:PORT` tells what it is"
    ),
}
