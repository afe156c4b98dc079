"""Send the standard library through a broker, kill the broker midway, and check what comes back."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Protocol

import penstock
from penstock._penstockd import Penstockd, ServerError
from penstock.demo.check import Ledger
from penstock.demo.in_process import count_in_process, describe_as_frame
from penstock.demo.text import Module, count_words, read_modules
from penstock.demo.traffic import TrafficError, produce, replay

TOPIC = "standard-library"
PARTITIONS = 4


class Server(Protocol):
    """What the demo needs of a server."""

    @property
    def bootstrap(self) -> str:
        """The address for clients."""

    @property
    def directory(self) -> Path:
        """Its data."""

    def start(self) -> float:
        """Start, also after a crash; return the seconds until it served."""

    def kill(self) -> None:
        """Crash it."""

    def stop(self) -> object:
        """Stop it in good order."""


class ProgressLine:
    """One line that counts up on a terminal; elsewhere a line per quarter of the way."""

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._begin = time.monotonic()
        self._shown_at = 0.0
        self._quarters = 0
        self._terminal = sys.stdout.isatty()

    def __call__(self, done: int) -> None:
        """Show how far it is."""
        now = time.monotonic()
        if self._terminal:
            if now - self._shown_at < 0.1 and done < self._total:
                return
            self._shown_at = now
            print(f"\r  {self._text(done)}\033[K", end="", flush=True)
        elif done * 4 >= (self._quarters + 1) * self._total:
            self._quarters = done * 4 // max(self._total, 1)
            print(f"  {self._text(done)}", flush=True)

    def finish(self, done: int, *, size: int, pause: float = 0.0) -> None:
        """Show what came of it, without the time of a pause in which no server was there."""
        seconds = max(time.monotonic() - self._begin - pause, 1e-9)
        print(f"{chr(13) if self._terminal else ''}  {self._what} {done:,} records", end=" ")
        print(f"in {seconds:.2f} s: {done / seconds:,.0f} records/s, ", end="")
        print(f"{size / seconds / 1e6:.1f} MB/s{chr(27) + '[K' if self._terminal else ''}")

    def _text(self, done: int) -> str:
        rate = done / max(time.monotonic() - self._begin, 1e-9)
        share = 100 * done // max(self._total, 1)
        return f"{self._what} {done:,} of {self._total:,} ({share} %), {rate:,.0f}/s"


class Crash:
    """Kills the server once, when half of the records are acknowledged, and starts it again."""

    def __init__(self, server: Server, at: int, progress: ProgressLine) -> None:
        self._server = server
        self._at = at
        self._progress = progress
        self.seconds: float | None = None

    def __call__(self, acknowledged: int) -> None:
        """Look at the count of acknowledgements."""
        self._progress(acknowledged)
        if self.seconds is None and acknowledged >= self._at:
            self._server.kill()
            self.seconds = self._server.start()
            print(f"\n  SIGKILL after {acknowledged:,} acknowledgements, ", end="")
            print(f"serving again after {self.seconds * 1000:,.0f} ms", flush=True)


def run(server: Server, modules: list[Module]) -> bool:
    """Run the demo on a server that is not started yet; return whether everything holds."""
    ledger = Ledger(modules)
    total = ledger.sent_count
    size = sum(len(line) for module in modules for line in module.lines)
    print(f"{len(modules):,} modules of the standard library, {total:,} lines, {size / 1e6:.1f} MB")
    seconds = server.start()
    print(f"server at {server.bootstrap}, started in {seconds * 1000:,.0f} ms")
    with penstock.connect(server.bootstrap) as cluster:
        cluster.topic(TOPIC, partitions=PARTITIONS)
        progress = ProgressLine("acknowledged", total)
        crash = Crash(server, max(total // 2, 1), progress)
        produce(cluster, TOPIC, modules, ledger, crash)
        progress.finish(ledger.acknowledged_count, size=size, pause=crash.seconds or 0.0)
        progress = ProgressLine("replayed", total)
        words = replay(cluster, TOPIC, ledger, progress)
        progress.finish(ledger.replayed_count, size=size)
    server.stop()
    count, words_in_process, seconds = count_in_process(server.directory, TOPIC)
    print(f"the same directory opened in this process: {count:,} records in {seconds:.2f} s")
    for line in describe_as_frame(server.directory, TOPIC):
        print(line)

    complete = ledger.finish()
    counted = words == count_words(module.path.read_bytes() for module in modules)
    same = count == ledger.replayed_count and words_in_process == words
    print("ten most frequent words:")
    for word, count in words.most_common(10):
        print(f"  {count:>8,}  {word.decode()}")
    for complaint in ledger.complaints:
        print(f"  WRONG: {complaint}")
    if ledger.complaint_count > len(ledger.complaints):
        print(f"  WRONG: and {ledger.complaint_count - len(ledger.complaints):,} more")
    print("every acknowledged record came back once, as sent, in order:", _yes(complete))
    print("the words of the topic are the words of the files:", _yes(counted))
    print("the server was killed on the way and came back:", _yes(crash.seconds is not None))
    print("in this process the directory holds the same records:", _yes(same))
    return complete and counted and same and crash.seconds is not None


def _yes(holds: bool) -> str:
    return "yes" if holds else "NO"


def play(*, modules: int | None = None, keep: Path | None = None) -> bool:
    """Run the demo on a penstockd of its own; return whether everything holds.

    ``keep`` is the directory for the data, which stays then; it must not exist yet.
    """
    texts = read_modules()[:modules]
    scratch = Path(tempfile.mkdtemp(prefix="penstock-demo-"))
    server = Penstockd(keep or scratch / "data", log=scratch / "penstockd.log")
    passed = False
    try:
        passed = run(server, texts)
    except (ServerError, TrafficError, penstock.KafkaError) as error:
        print(f"demo: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        server.close()
        shutil.rmtree(scratch)
        raise
    finally:
        server.close()
    if passed:
        shutil.rmtree(scratch)
    else:
        print(f"demo: FAILED; the server's log and data are in {scratch}", file=sys.stderr)
    if keep is not None:
        print(f"the data is in {keep}: penstock serve {keep}, or penstock log verify {keep}")
    return passed


def main() -> int:
    """Run the demo from a command line."""
    parser = argparse.ArgumentParser(prog="python -m penstock.demo", description=__doc__)
    parser.add_argument("--modules", type=int, metavar="N", help="send the first N modules only")
    parser.add_argument("--directory", type=Path, help="the server's data; must not exist yet")
    arguments = parser.parse_args()
    return 0 if play(modules=arguments.modules, keep=arguments.directory) else 1


if __name__ == "__main__":
    sys.exit(main())
