"""What objects show, in a terminal and in a notebook. What users wrote is never HTML."""

from __future__ import annotations

import penstock
from penstock import Cluster

EVIL = "<script>alert(1)</script>"


def test_plain_reprs(broker: penstock.Broker) -> None:
    topic = broker.topic("clicks", partitions=4)
    sent = topic.send("hello", key="en", timestamp=5, partition=2)
    metadata = "penstock.RecordMetadata(topic='clicks', partition=2, offset=0, timestamp=5)"
    assert repr(sent.result(30)) == metadata
    assert repr(topic) == "<Topic 'clicks' of 4 partitions>"
    assert repr(broker) == f"<Broker ':memory:' on {broker.bootstrap_servers}>"
    assert repr(topic.read(start=5, last=2)) == "<Read of 'clicks', start=5, last=2>"
    read = topic.read(start="2026-01-01T00:00:00Z", partition=1)
    assert repr(read) == "<Read of 'clicks', start='2026-01-01T00:00:00.000Z', partition=1>"
    place = "topic='clicks', partition=2, offset=0, timestamp=5"
    [record] = topic.read()
    assert repr(record) == f"Record({place}, key=b'en', value=b'hello')"
    [batch] = topic.read().batches()
    assert repr(batch).startswith("Batch(topic='clicks', partition=2, offsets 0 to 0, 1 records")
    [typed] = broker.topic("clicks", value=str).read()
    assert repr(typed) == f"Record({place}, key=b'en', value='hello')"


def test_long_values_are_cut(cluster: Cluster) -> None:
    topic = cluster.topic("t")
    topic.send("x" * 1000).result(30)
    [record] = topic.read()
    assert "... (1000 bytes)" in repr(record)
    assert len(repr(record)) < 200


def test_notebooks_show_tables_and_no_foreign_html(cluster: Cluster) -> None:
    topic = cluster.topic("t")
    topic.send(EVIL, key=EVIL, headers={EVIL: EVIL.encode()}).result(30)
    [record] = topic.read()
    [batch] = topic.read().batches()
    for shown in (cluster, topic, topic.read(), record, batch, topic.config):
        html: str = shown._repr_html_()  # type: ignore[union-attr]
        assert html.startswith("<table>")
        assert "<script>" not in html
    assert "&lt;script&gt;" in topic.read()._repr_html_()
    assert "<td>t</td>" in cluster._repr_html_()


def test_what_does_not_answer_shows_its_repr(cluster: Cluster) -> None:
    topic = cluster.topic("t")
    follow = topic.read(follow=True)
    assert "follow=True" in follow._repr_html_()
    cluster.close()
    assert "closed" in cluster._repr_html_()
    assert "Topic" in topic._repr_html_()
    assert "Read of" in topic.read()._repr_html_()
