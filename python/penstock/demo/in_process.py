"""The second half of the demo: the directory that the server has left, opened in this process."""

from __future__ import annotations

import importlib.util
import time
from collections import Counter
from pathlib import Path

import penstock
from penstock.demo.text import count_words


def count_in_process(directory: Path, topic: str) -> tuple[int, Counter[bytes], float]:
    """Open the directory without a server; return records, their words, and the seconds of both."""
    begin = time.monotonic()
    words: Counter[bytes] = Counter()
    count = 0
    with penstock.open(directory) as db:
        for batch in db.topic(topic).read().batches():
            count += len(batch)
            words += count_words([b"\n".join(value or b"" for value in batch.values())])
    return count, words, time.monotonic() - begin


def describe_as_frame(directory: Path, topic: str) -> list[str]:
    """Return what pandas says of the topic as a DataFrame, or what to install for that."""
    if importlib.util.find_spec("pandas") is None:
        return ["pip install pandas shows the topic as a DataFrame: db.topic(...).read().df()"]
    with penstock.open(directory) as db:
        frame = db.topic(topic).read().df()
    size = frame["value"].str.len()
    longest = size.groupby(frame["key"]).sum().nlargest(3)
    columns = ", ".join(map(str, frame.columns))
    lines = [f"as a DataFrame: {len(frame):,} rows of {columns}; the largest modules:"]
    for key, size_of_module in longest.items():
        name = key.decode() if isinstance(key, bytes) else str(key)
        lines.append(f"  {int(size_of_module):>10,} bytes  {name}")
    return lines
