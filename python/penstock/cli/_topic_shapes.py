"""What `penstock topic` prints."""

from __future__ import annotations

from penstock.cli._shape import Column, Shape, error_columns
from penstock.cli._units import show_count

NAME = Column("name", "string", "The topic.", heading="TOPIC")
TOPICS = Shape(
    "Topics",
    (
        NAME,
        Column("partitions", "integer", "How many partitions it has."),
        Column("replication_factor", "integer", "How many brokers have each record.",
               heading="REPLICAS"),
        Column("internal", "boolean", "Whether it is one of Kafka's own.", wide=True),
        Column("topic_id", "string", "Its id.", wide=True),
    ),
)  # fmt: skip
DESCRIBED = Shape(
    "Topics with their partitions",
    (
        NAME,
        Column("topic_id", "string", "Its id."),
        Column("internal", "boolean", "Whether it is one of Kafka's own."),
        Column("records", "integer", "How many offsets its partitions hold.", show=show_count),
        Column("configs", "object", "The configs that are not the default."),
        Column("partitions", "array", "Its partitions.", columns=(
            Column("partition", "integer", "Its number."),
            Column("leader", "integer", "The broker that leads it; -1 without."),
            Column("leader_epoch", "integer", "How often that has changed.", wide=True),
            Column("replicas", "array", "The brokers that have it."),
            Column("isr", "array", "Those of them that are in sync."),
            Column("offline", "array", "Those of them that are not there.", wide=True),
            Column("first_offset", "integer", "The first offset that is there.", nullable=True),
            Column("end_offset", "integer", "The offset that the next record gets.",
                   nullable=True),
        )),
    ),
)  # fmt: skip
CREATED = Shape(
    "Topics that were created",
    (
        NAME,
        Column("partitions", "integer", "How many partitions it has.", nullable=True),
        Column("replication_factor", "integer", "How many brokers have each record.",
               heading="REPLICAS", nullable=True),
        *error_columns(),
    ),
)  # fmt: skip
CHANGED = Shape("Topics that were changed", (NAME, *error_columns()))
TRIMMED = Shape(
    "Partitions that were trimmed",
    (
        NAME,
        Column("partition", "integer", "The partition."),
        Column("first_offset", "integer", "The first offset that was there before."),
        Column("before", "integer", "What is older than this goes."),
        Column("records", "integer", "How many offsets that are.", show=show_count),
        *error_columns(),
    ),
)
