"""Topics: made, sent to, read."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import penstock
import pytest
from penstock import Cluster, errors


@dataclass
class Page:
    path: str


@dataclass
class Click:
    user: int
    page: Page


def test_a_topic_is_made_when_it_is_missing(cluster: Cluster) -> None:
    topic = cluster.topic("clicks", partitions=4)
    assert (topic.name, topic.partitions) == ("clicks", 4)
    assert cluster.topics() == ["clicks"]
    assert cluster.topic("clicks").partitions == cluster.topic("clicks", 4).partitions == 4


def test_another_number_of_partitions_is_refused(cluster: Cluster) -> None:
    cluster.topic("clicks", partitions=4)
    with pytest.raises(ValueError, match="'clicks' has 4 partitions, not 2"):
        cluster.topic("clicks", partitions=2)


def test_configs_are_those_of_a_new_topic(cluster: Cluster) -> None:
    topic = cluster.topic("clicks", configs={"retention": "1h", "cleanup_policy": "compact"})
    assert topic.config["retention.ms"] == "3600000"
    assert topic.config.changed().keys() >= {"retention.ms", "cleanup.policy"}
    with pytest.raises(penstock.ConfigError, match=r"did you mean 'retention\.ms'"):
        cluster.topic("others", configs={"retention.mss": 1})


@pytest.mark.parametrize("name", ["", ".", "..", "a b", "a/b", "ü", "x" * 250])
def test_names_that_no_topic_has(cluster: Cluster, name: str) -> None:
    with pytest.raises(ValueError, match="is no name for a topic"):
        cluster.topic(name)


def test_wrong_types_and_counts(cluster: Cluster) -> None:
    with pytest.raises(TypeError, match="a topic's name is a str"):
        cluster.topic(7)  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="1 partition or more"):
        cluster.topic("x", partitions=0)


def test_a_record_comes_back_as_it_was_sent(cluster: Cluster) -> None:
    topic = cluster.topic("t")
    sent = topic.send(
        b"\0value", key="key", headers=[("a", b"1"), ("a", None), ("b", "text")], timestamp=1234
    ).result(30)
    assert (sent.topic, sent.partition, sent.offset, sent.timestamp) == ("t", 0, 0, 1234)
    [record] = topic.read()
    assert (record.topic, record.partition, record.offset, record.timestamp) == ("t", 0, 0, 1234)
    assert (record.key, record.value) == (b"key", b"\0value")
    assert record.headers == [("a", b"1"), ("a", None), ("b", b"text")]


def test_each_type_of_value_has_its_form(cluster: Cluster) -> None:
    topic = cluster.topic("t")
    for value in (b"bytes", "Grüße", {"a": 1}, [1, 2], Click(1, Page("/")), None):
        topic.send(value)
    cluster.flush(30)
    assert topic.read().values() == [
        b"bytes",
        "Grüße".encode(),
        b'{"a":1}',
        b"[1,2]",
        b'{"user":1,"page":{"path":"/"}}',
        None,
    ]


def test_headers_may_be_a_dict(cluster: Cluster) -> None:
    topic = cluster.topic("t")
    topic.send("x", headers={"trace": b"1", "none": None}).result(30)
    [record] = topic.read()
    assert record.headers == [("trace", b"1"), ("none", None)]


def test_wrong_values_are_refused_at_once(cluster: Cluster) -> None:
    topic = cluster.topic("t")
    for wrong in (1, 1.5, object(), {1, 2}):
        with pytest.raises(TypeError):
            topic.send(wrong)
    with pytest.raises(TypeError):
        topic.send("x", key=1)
    with pytest.raises(TypeError):
        topic.send("x", headers=7)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        topic.send("x", timestamp="now")  # type: ignore[arg-type]
    with pytest.raises(penstock.SerializationError):
        topic.send({"x": object()})
    assert topic.count() == 0


def test_records_of_one_key_stay_in_order(cluster: Cluster) -> None:
    topic = cluster.topic("t", partitions=4)
    topic.send_many([{"user": i % 10, "n": i} for i in range(1000)], key="user").result(30)
    last: dict[bytes | None, int] = {}
    homes: dict[bytes | None, set[int]] = {}
    for record in topic.read():
        n = record.json()["n"]
        assert n > last.get(record.key, -1)
        last[record.key] = n
        homes.setdefault(record.key, set()).add(record.partition)
    assert set(last) == {str(i).encode() for i in range(10)}
    assert all(len(home) == 1 for home in homes.values())


def test_send_many_tells_where_all_went(cluster: Cluster) -> None:
    topic = cluster.topic("t", partitions=3)
    told = topic.send_many((str(i) for i in range(100)), key=lambda value: value[:1]).result(30)
    assert (told.topic, told.count) == ("t", 100)
    assert sum(count for _, count in told.offsets.values()) == 100
    assert topic.count() == 100


def test_records_can_be_sent_on(cluster: Cluster) -> None:
    one, other = cluster.topic("one"), cluster.topic("other")
    one.send("value", key="key", headers={"h": b"1"}, timestamp=99).result(30)
    other.send_many(one.read()).result(30)
    [copy] = other.read()
    assert (copy.key, copy.value, copy.headers) == (b"key", b"value", [("h", b"1")])
    assert copy.timestamp == 99


def test_a_generator_that_raises_ends_send_many(cluster: Cluster) -> None:
    topic = cluster.topic("t")

    def values() -> Iterator[str]:
        yield "a"
        raise LookupError("the source is dry")

    with pytest.raises(LookupError, match="the source is dry"):
        topic.send_many(values())
    topic.send("b").result(30)
    assert topic.read().values()[-1] == b"b"


def test_one_value_is_not_many(cluster: Cluster) -> None:
    topic = cluster.topic("t")
    for one in ("text", b"bytes", {"a": 1}):
        with pytest.raises(TypeError, match=r"send\(\) takes one"):
            topic.send_many(one)
    with pytest.raises(TypeError, match="values are iterable"):
        topic.send_many(7)  # type: ignore[arg-type]
    assert topic.send_many([]).result(30).count == 0


def test_reading_from_to_and_last(cluster: Cluster) -> None:
    topic = cluster.topic("t")
    for i in range(10):
        topic.send(str(i), timestamp=1_000 * i)
    cluster.flush(30)

    def values(**how: object) -> str:
        read = topic.read(**how)  # type: ignore[arg-type]
        return "".join(record.text() for record in read)

    assert values() == values(start="earliest", end="latest") == "0123456789"
    assert values(start=7) == values(last=3) == "789"
    assert values(start=2, end=5) == "234"
    assert values(start=datetime.fromtimestamp(7, UTC)) == "789"
    assert values(start="1970-01-01T00:00:06.500Z", end="1970-01-01T00:00:08Z") == "7"
    assert values(start="-1h") == values(start="latest") == values(last=0) == ""
    assert values(start=5, end=3) == values(start=99) == ""
    assert values(end=8, last=2) == "67"


def test_the_last_records_of_several_partitions_are_the_newest(cluster: Cluster) -> None:
    topic = cluster.topic("t", partitions=3)
    for i in range(60):
        topic.send(str(i), partition=0 if i < 50 else i % 3, timestamp=10_000 + i // 2)
    cluster.flush(30)
    for last in (1, 2, 7, 30, 60, 100):
        numbers = sorted(int(record.text()) for record in topic.read(last=last))
        assert len(numbers) == min(last, 60)
        assert numbers[0] >= 60 - last - 1  # two records have each timestamp
    assert len(topic.read(partition=1, last=2).records()) == 2


def test_contradictions_of_a_read(cluster: Cluster) -> None:
    topic = cluster.topic("t")
    with pytest.raises(ValueError, match="partitions 0 to 0"):
        topic.read(partition=1)
    with pytest.raises(ValueError, match="leave end= out"):
        topic.read(end=5, follow=True)
    with pytest.raises(ValueError, match="last is 0 or more"):
        topic.read(last=-1)
    with pytest.raises(ValueError, match="decode is 'json'"):
        topic.read(decode="avro")
    with pytest.raises(ValueError, match="no column 'colour'"):
        topic.read(columns=["colour"])
    with pytest.raises(ValueError, match="an end"):
        topic.read(follow=True).df()


def test_a_read_ends_where_the_topic_ended(cluster: Cluster) -> None:
    topic = cluster.topic("t")
    topic.send_many(str(i) for i in range(100)).result(30)
    read = iter(topic.read())
    first = next(read)
    topic.send("later").result(30)
    assert first.text() == "0"
    assert [record.text() for record in read] == [str(i) for i in range(1, 100)]


def test_a_read_that_follows_goes_on(cluster: Cluster) -> None:
    topic = cluster.topic("t")
    topic.send("before").result(30)
    read = iter(topic.read(follow=True))
    assert next(read).text() == "before"

    def later() -> None:
        time.sleep(0.05)
        topic.send("after").result(30)

    thread = threading.Thread(target=later)
    thread.start()
    assert next(read).text() == "after"
    thread.join()
    read.close()  # type: ignore[attr-defined]


def test_a_typed_topic_gives_its_type(cluster: Cluster) -> None:
    topic = cluster.topic("t", value=Click, key=str)
    topic.send(Click(1, Page("/")), key="u1").result(30)
    topic.send(None, key="u2").result(30)
    record, tombstone = topic.read()
    assert (record.value, record.key, record.offset) == (Click(1, Page("/")), "u1", 0)
    assert record.value.page.path == "/"
    assert tombstone.value is None
    assert tombstone.key == "u2"
    assert topic.read(last=2, end=1).values() == [Click(1, Page("/"))]


def test_a_value_of_another_type_is_told_with_its_place(cluster: Cluster) -> None:
    cluster.topic("t").send("no json").result(30)
    with pytest.raises(penstock.SerializationError, match=r"t\[0\] @ 0: the value b'no json'") as e:
        list(cluster.topic("t", value=Click).read())
    assert (e.value.topic, e.value.partition, e.value.offset) == ("t", 0, 0)
    with pytest.raises(penstock.SerializationError, match="is no JSON"):
        cluster.topic("t").read().json()
    with pytest.raises(TypeError, match="the type of a topic's values"):
        cluster.topic("t", value=threading.Lock)


def test_a_topic_that_is_gone_is_told(cluster: Cluster) -> None:
    topic = cluster.topic("t")
    topic.delete()
    assert cluster.topics() == []
    with pytest.raises(errors.UnknownTopicOrPartition):
        topic.read().records()
    with pytest.raises(errors.UnknownTopicOrPartition):
        cluster.delete_topic("t")
    assert isinstance(errors.UnknownTopicOrPartition("x"), penstock.KafkaError)


def test_appending_what_looks_like_a_table(cluster: Cluster) -> None:
    class Table:
        column_names = ("user", "page")

        def to_pylist(self) -> list[dict[str, object]]:
            return [{"user": 1, "page": "/"}, {"user": 2, "page": None}]

    topic = cluster.topic("t")
    assert topic.append(Table(), key="user").result(30).count == 2
    assert topic.read().json() == [{"user": 1, "page": "/"}, {"user": 2, "page": None}]
    assert [record.key for record in topic.read()] == [b"1", b"2"]
    topic.append(Table(), value="page").result(30)
    assert topic.read(last=2).values() == [b"/", None]
    with pytest.raises(ValueError, match="no column 'colour'; it has user, page"):
        topic.append(Table(), key="colour")
    with pytest.raises(TypeError, match="a table has"):
        topic.append([1, 2, 3])


def test_what_is_sent_at_once_into_a_directory_goes_in_large_batches(tmp_path: Path) -> None:
    """So that the disk is asked once for much of it; Kafka's default is 16 KiB."""
    with penstock.open(tmp_path / "data") as db:
        topic = db.topic("orders", partitions=1)
        topic.send_many([b"x" * 1000] * 1000).result()
        assert max(batch.size_in_bytes for batch in topic.read().batches()) > 64 * 1024
