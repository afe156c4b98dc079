"""Topics as tables, and tables into topics, with the libraries that people use."""

from __future__ import annotations

import sys
from typing import Any

import penstock
import pytest
from penstock import Cluster, Topic

pyarrow: Any = pytest.importorskip("pyarrow")
pandas: Any = pytest.importorskip("pandas")


@pytest.fixture
def topic(cluster: Cluster) -> Topic[bytes]:
    made = cluster.topic("t")
    made.send({"user": 1, "page": "/"}, key="1", headers={"h": b"x", "none": None}, timestamp=1000)
    made.send({"user": 2, "extra": True}, key="2", timestamp=2000)
    made.send(None, key="3", timestamp=3000)
    return made


def test_a_topic_is_an_arrow_table(topic: Topic[bytes]) -> None:
    table = pyarrow.table(topic)
    assert table.column_names == ["partition", "offset", "timestamp", "key", "value", "headers"]
    assert table["offset"].to_pylist() == [0, 1, 2]
    assert [at.timestamp() for at in table["timestamp"].to_pylist()] == [1, 2, 3]
    assert table["value"].to_pylist() == [
        b'{"user":1,"page":"/"}',
        b'{"user":2,"extra":true}',
        None,
    ]
    assert table["headers"].to_pylist()[0] == [
        {"key": "h", "value": b"x"},
        {"key": "none", "value": None},
    ]


def test_a_part_of_a_topic_is_one_too(topic: Topic[bytes]) -> None:
    assert pyarrow.table(topic.read(start=1, end=2))["key"].to_pylist() == [b"2"]
    assert pyarrow.table(topic.read(last=2, decode="text"))["key"].to_pylist() == ["2", "3"]
    [batch] = topic.read().batches()
    assert pyarrow.table(batch).num_rows == len(batch) == 3
    assert pyarrow.table(topic.read(start="latest")).num_rows == 0


def test_fields_of_json_are_columns(topic: Topic[bytes]) -> None:
    table = pyarrow.table(topic.read(decode="json", columns=["offset", "user", "page", "extra"]))
    assert table.to_pylist() == [
        {"offset": 0, "user": 1, "page": "/", "extra": None},
        {"offset": 1, "user": 2, "page": None, "extra": True},
        {"offset": 2, "user": None, "page": None, "extra": None},
    ]
    with pytest.raises(ValueError, match="no column 'colour'; there are partition"):
        pyarrow.table(topic.read(decode="json", columns=["colour"]))
    topic.send("no json")
    with pytest.raises(penstock.SerializationError, match=r"t\[0\] @ 3: the value b'no json'"):
        topic.read(decode="json").df()


@pytest.mark.parametrize("arrow", [True, False])
def test_data_frames_with_arrow_and_without(
    topic: Topic[bytes], arrow: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not arrow:
        monkeypatch.setitem(sys.modules, "pyarrow", None)
    frame = topic.read(columns=["offset", "key", "timestamp"]).df()
    assert list(frame.columns) == ["offset", "key", "timestamp"]
    assert frame["key"].tolist() == [b"1", b"2", b"3"]
    assert [at.timestamp() for at in frame["timestamp"]] == [1, 2, 3]
    assert topic.read(decode="text", last=2).df()["key"].tolist() == ["2", "3"]
    assert topic.read(decode="json", end=2).df()["user"].tolist() == [1, 2]
    with pytest.raises(ValueError, match="no column 'colour'"):
        topic.read(decode="json", columns=["colour"]).df()


def test_rows_become_records(cluster: Cluster) -> None:
    topic = cluster.topic("t")
    frame = pandas.DataFrame({"user": [1, 2], "ms": [1.5, None]})
    assert topic.append(frame, key="user").result(30).count == 2
    assert topic.append(pyarrow.table({"v": ["x", None]}), value="v").result(30).count == 2
    assert topic.read().values() == [b'{"user":1,"ms":1.5}', b'{"user":2,"ms":null}', b"x", None]
    assert [record.key for record in topic.read(end=2)] == [b"1", b"2"]
    with pytest.raises(penstock.SerializationError):
        topic.append(pandas.DataFrame({"unsupported": [1j]}))
    with pytest.raises(ValueError, match="no column 'colour'; it has user, ms"):
        topic.append(frame, key="colour")
