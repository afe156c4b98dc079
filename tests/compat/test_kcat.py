"""kcat, the Swiss army knife of librdkafka, with its defaults."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from compat.disk import batches

SECONDS_MAX = 30.0
# Long enough that compressing even one of them pays: librdkafka leaves a batch alone otherwise.
LINES = [f"record {number}, " * 20 for number in range(500)]
TEXT = "".join(line + "\n" for line in LINES)


def kcat(bootstrap: str, *arguments: str, stdin: str = "") -> str:
    """Run kcat and return what it printed."""
    done = subprocess.run(
        ["kcat", "-b", bootstrap, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "zstd"])
def test_lines_in_and_out(bootstrap: str, topic: str, data: Path, codec: str) -> None:
    """Every line comes back, and the disk holds the codec."""
    kcat(bootstrap, "-P", "-t", topic, "-z", codec, stdin=TEXT)
    assert kcat(bootstrap, "-C", "-t", topic, "-o", "beginning", "-e", "-q") == TEXT
    assert {batch.codec for batch in batches(data, topic)} == {codec}


def test_reading_from_an_offset(bootstrap: str, topic: str) -> None:
    """From the middle, and the last ten."""
    kcat(bootstrap, "-P", "-t", topic, stdin=TEXT)
    some = kcat(bootstrap, "-C", "-t", topic, "-p", "0", "-o", "100", "-c", "3", "-q")
    assert some.split("\n")[:3] == LINES[100:103]
    last = kcat(bootstrap, "-C", "-t", topic, "-p", "0", "-o", "-10", "-e", "-q")
    assert last.splitlines() == LINES[-10:]


def test_keys_headers_and_offsets_are_shown(bootstrap: str, topic: str) -> None:
    """What goes in by -K and -H comes out by -f."""
    arguments = ["-P", "-t", topic, "-K", "|", "-H", "colour=blue"]
    kcat(bootstrap, *arguments, stdin="one|first\ntwo|second\n")
    shown = kcat(bootstrap, "-C", "-t", topic, "-e", "-q", "-f", "%o %k=%s %h\n")
    assert shown.splitlines() == ["0 one=first colour=blue", "1 two=second colour=blue"]


def test_metadata(bootstrap: str, topic: str) -> None:
    """-L lists the node, which controls, and the topic."""
    listed = json.loads(kcat(bootstrap, "-L", "-J", "-t", topic))
    assert [broker["name"] for broker in listed["brokers"]] == [bootstrap]
    assert [(found["topic"], len(found["partitions"])) for found in listed["topics"]] == [
        (topic, 1)
    ]


def test_offset_of_a_time(bootstrap: str, topic: str) -> None:
    """-Q asks for the first offset that is not older than a time."""
    kcat(bootstrap, "-P", "-t", topic, stdin=TEXT)
    assert "offset 0" in kcat(bootstrap, "-Q", "-t", f"{topic}:0:1")
