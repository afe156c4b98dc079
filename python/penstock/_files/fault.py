"""What is wrong with a file, and where."""

from __future__ import annotations


class FileFault(Exception):  # noqa: N818 - it is found, and often expected, rather than made
    """Bytes that are not what they should be, at a position of a file.

    ``torn``: the file ends in the middle of something, as after a crash.
    """

    def __init__(self, position: int, message: str, *, torn: bool = False) -> None:
        super().__init__(message)
        self.position = position
        self.torn = torn
