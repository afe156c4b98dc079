"""Turns the positions of --offset into offsets, by asking the cluster once per kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from penstock.cli._errors import CommandError
from penstock.cli._offsets import Kind, Position

if TYPE_CHECKING:
    import penstock

TopicPartition = tuple[str, int]
Offsets = dict[TopicPartition, int]


class Bounds:
    """The first offset and the one behind the last of some partitions, asked for once."""

    def __init__(
        self, admin: penstock.Admin, partitions: Sequence[TopicPartition], timeout: float
    ) -> None:
        self._admin = admin
        self._timeout = timeout
        self.partitions = list(partitions)
        self.first = self._ask("earliest")
        self.end = self._ask("latest")

    def resolve(self, position: Position) -> Offsets:
        """Return the offset of a position in each partition, inside of what is there.

        An offset that was named is left as it is, for the cluster to judge.
        """
        if position.kind is Kind.OFFSET:
            return dict.fromkeys(self.partitions, position.number)
        if position.kind is Kind.TIME:
            found = self._ask(position.number)
            return {each: self.end[each] if at < 0 else at for each, at in found.items()}
        base = self.first if position.kind is Kind.START else self.end
        return self.clamp({each: at + position.number for each, at in base.items()})

    def clamp(self, offsets: Offsets) -> Offsets:
        """Return the nearest offsets that are there, or come next."""
        return {
            each: min(max(at, self.first[each]), self.end[each]) for each, at in offsets.items()
        }

    def _ask(self, at: str | int) -> Offsets:
        if not self.partitions:
            return {}
        answers = self._admin.list_offsets(self.partitions, at, timeout=self._timeout)
        return {(each.topic, each.partition): each.offset for each in answers}


def partitions_of(
    admin: penstock.Admin, topics: Iterable[str], chosen: Sequence[int], timeout: float
) -> list[TopicPartition]:
    """Return the partitions of topics, all or those that were chosen.

    Raises:
        CommandError: a topic has no such partition.
    """
    found = []
    for topic in admin.describe_topics(list(dict.fromkeys(topics)), timeout=timeout):
        numbers = sorted(each.partition for each in topic.partitions)
        for number in chosen:
            if number not in numbers:
                last = f"the last one is {numbers[-1]}" if numbers else "it has none"
                raise CommandError(f"{topic.name} has no partition {number}", hint=last)
        found += [(topic.name, number) for number in numbers if not chosen or number in chosen]
    return found
