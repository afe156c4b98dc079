"""Progress of long work on stderr: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from penstock.cli._output import use_color

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

_SHOW_AFTER_SECONDS = 0.5
_UPDATE_SECONDS = 0.1


class Progress:
    """Shows how far something is, once it takes long enough to be asked.

    ``total`` is in the unit of `update`; None where nobody knows it.
    """

    def __init__(self, what: str, total: int | None, *, bytes_: bool = False) -> None:
        self._what = what
        self._total = total
        self._bytes = bytes_
        self._begin = time.monotonic()
        self._updated = 0.0
        self._enabled = sys.stderr.isatty()
        self._rich: RichProgress | None = None
        self._task: TaskID | None = None

    def update(self, done: int, note: str = "") -> None:
        """Tell how much is done."""
        if not self._enabled:
            return
        now = time.monotonic()
        if now - self._updated < _UPDATE_SECONDS:
            return
        self._updated = now
        if self._rich is None:
            if now - self._begin < _SHOW_AFTER_SECONDS:
                return
            self._start()
        if self._rich is not None and self._task is not None:
            self._rich.update(self._task, completed=done, note=note)

    def say(self, text: str) -> None:
        """Print a line on stderr, above the bar if there is one."""
        text = f"penstock: {text}"
        if self._rich is not None:
            self._rich.console.print(text, markup=False, highlight=False)
        else:
            sys.stderr.write(f"{text}\n")

    def close(self) -> None:
        """Take the bar away."""
        if self._rich is not None:
            self._rich.stop()
            self._rich = None
        self._enabled = False

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        self.close()

    def _start(self) -> None:
        from rich import progress
        from rich.console import Console

        color = use_color("auto", terminal=True)
        console = Console(file=sys.stderr, color_system="auto" if color else None)
        amount: progress.ProgressColumn = progress.MofNCompleteColumn()
        if self._bytes:
            amount = progress.DownloadColumn(binary_units=True)
        columns: list[progress.ProgressColumn] = [
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            amount,
            progress.TimeRemainingColumn() if self._total else progress.TimeElapsedColumn(),
            progress.TextColumn("{task.fields[note]}"),
        ]
        self._rich = progress.Progress(*columns, console=console, transient=True)
        self._task = self._rich.add_task(self._what, total=self._total, note="")
        self._rich.start()
