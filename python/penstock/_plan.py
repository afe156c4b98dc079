"""From where to where a read goes in each partition."""

from __future__ import annotations

from typing import Any, NamedTuple

from penstock import _times
from penstock._errors import placed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from penstock._cluster import Cluster
    from penstock._times import Place

_TIMESTAMPS = {"latest": -1, "earliest": -2, "max_timestamp": -3}


class Span(NamedTuple):
    """Offsets of a partition, the end not among them."""

    partition: int
    start: int
    end: int


def offsets(
    cluster: Cluster, topic: str, partitions: Iterable[int], place: str | int
) -> dict[int, int]:
    """Return the offset of a place in each partition: "latest", "earliest", or a time in ms.

    A time after the last record gives -1.

    Raises:
        KafkaError: a partition is not there, or has no leader.
    """
    return {
        answer["partition"]: answer["offset"] for answer in _ask(cluster, topic, partitions, place)
    }


def make(
    cluster: Cluster,
    topic: str,
    partitions: list[int],
    start: Place | None,
    end: Place | None,
    last: int | None,
) -> list[Span]:
    """Return the spans to read. Offsets outside of what a partition has are moved to its ends."""
    first = offsets(cluster, topic, partitions, "earliest")
    stop = offsets(cluster, topic, partitions, "latest")
    starts = _resolve(cluster, topic, start, first, first, stop)
    ends = _resolve(cluster, topic, end, stop, first, stop)
    spans = [Span(p, starts[p], max(starts[p], ends[p])) for p in partitions]
    return spans if last is None else _last(cluster, topic, spans, last)


def _resolve(
    cluster: Cluster,
    topic: str,
    place: Place | None,
    otherwise: dict[int, int],
    first: dict[int, int],
    stop: dict[int, int],
) -> dict[int, int]:
    if place is None:
        return otherwise
    if place.kind == _times.EARLIEST:
        return first
    if place.kind == _times.LATEST:
        return stop
    if place.kind == "offset":
        return {p: min(max(place.value, first[p]), stop[p]) for p in first}
    found = offsets(cluster, topic, first, max(place.value, 0))
    return {p: stop[p] if offset < 0 else min(offset, stop[p]) for p, offset in found.items()}


def _last(cluster: Cluster, topic: str, spans: list[Span], last: int) -> list[Span]:
    """Shorten spans at their starts until `last` records are left in all, the newest by time.

    The later a time, the fewer records are not before it: a binary search finds the time from which
    on there are enough, and partitions in their order give up what is too much.
    """
    if sum(span.end - span.start for span in spans) <= last:
        return spans
    if len(spans) == 1:
        span = spans[0]
        return [span._replace(start=span.end - last)]
    partitions = [span.partition for span in spans]

    def since(time_ms: int) -> list[Span]:
        found = offsets(cluster, topic, partitions, max(time_ms, 0))
        return [
            span._replace(start=span.end if at < 0 else min(max(at, span.start), span.end))
            for span in spans
            for at in [found[span.partition]]
        ]

    newest = max(
        answer["timestamp"] for answer in _ask(cluster, topic, partitions, "max_timestamp")
    )
    enough, too_few = newest, newest + 1
    step = 1
    while enough > 0 and _size(since(enough)) < last:
        too_few = enough
        step *= 2
        enough = max(0, newest - step)
    while too_few - enough > 1:
        middle = (enough + too_few) // 2
        if _size(since(middle)) < last:
            too_few = middle
        else:
            enough = middle
    wide = since(enough) if enough > 0 else spans
    narrow = since(too_few)
    surplus = _size(wide) - last
    result = []
    for span, bound in zip(wide, narrow, strict=True):
        given = max(0, min(surplus, bound.start - span.start))
        surplus -= given
        result.append(span._replace(start=span.start + given))
    return result


def _size(spans: list[Span]) -> int:
    return sum(span.end - span.start for span in spans)


def _ask(
    cluster: Cluster, topic: str, partitions: Iterable[int], place: str | int
) -> list[dict[str, Any]]:
    timestamp = _TIMESTAMPS[place] if isinstance(place, str) else place
    wanted = [{"topic": topic, "partition": p, "timestamp": timestamp} for p in partitions]
    arguments = {"partitions": wanted, "read_committed": False}
    answers: list[dict[str, Any]] = cluster._call("list_offsets", arguments)
    for answer in answers:
        error = answer["error"]
        if error is not None:
            raise placed(error, topic=topic, partition=answer["partition"])
    return answers
