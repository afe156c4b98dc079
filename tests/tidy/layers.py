"""The layer table of ARCHITECTURE.md: which module may include which.

Think hard before adding an edge: a missing one usually means that a small port is missing, or a
pure folder one layer below.
"""

from __future__ import annotations

from pathlib import PurePosixPath

MAY_INCLUDE: dict[str, frozenset[str]] = {
    module: frozenset(below.split())
    for module, below in {
        # layer 0
        "base": "",
        # layer 1
        "config": "base",
        "protocol": "base",
        "record": "base",
        "runtime": "base",
        "runtime/linux": "runtime base",
        "runtime/sim": "runtime base",
        # layer 2
        "security": "protocol base",
        "assign": "protocol base",
        # layer 3
        "log": "config record runtime base",
        # layer 4
        "machine": "record protocol runtime base",
        "raft": "log config record protocol runtime base",
        "client": "security assign config record protocol runtime base",
        # layer 5
        "metadata": "machine raft log security config record protocol runtime base",
        # layer 6
        "replication": "metadata log config record protocol runtime base",
        "coordinator": "machine metadata assign record protocol runtime base",
        # layer 7
        "broker": "coordinator replication metadata raft log security config record "
        "protocol runtime base",
        # layer 8
        "embed": "broker client config record runtime runtime/linux runtime/sim base",
        # layer 9
        "bindings": "embed client config record runtime base",
        "door": "embed client config record runtime base",
        "main": "embed client broker config runtime runtime/linux base",
    }.items()
}

# Folders of pure logic: nothing in them may await, so they do not see the ports at all.
PURE_FOLDERS = ("protocol", "record", "config", "metadata/image", "metadata/controller")

# Only these, and tests, may name a world.
WORLDS = frozenset({"runtime/linux", "runtime/sim"})


def module_of(path: PurePosixPath) -> str:
    """Return the module of a file below cpp/, given relative to cpp/."""
    folder = path.parent.as_posix()
    while folder not in MAY_INCLUDE:
        if folder in ("", "."):
            raise ValueError(f"cpp/{path} is in no module of the layer table")
        folder = PurePosixPath(folder).parent.as_posix()
    return folder
