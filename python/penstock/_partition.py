"""A partition of a topic, as people name it."""

from __future__ import annotations

import operator
from typing import NamedTuple


class TopicPartition(NamedTuple):
    """A partition of a topic; wherever one is wanted, a pair does as well."""

    topic: str
    partition: int


def partition_of(given: object) -> TopicPartition:
    """Raise TypeError for what is not (topic, number)."""
    if isinstance(given, TopicPartition):
        return given
    if isinstance(given, tuple) and len(given) == 2 and isinstance(given[0], str):
        return TopicPartition(given[0], operator.index(given[1]))
    raise TypeError(f"a partition is a pair of topic and number, not {given!r}")
