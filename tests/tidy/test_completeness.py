"""Nothing is dead, nothing is untested, nothing generated is committed."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from tidy.layers import MAY_INCLUDE
from tidy.tree import below, cpp_files, files, text

# source file without a test of its name -> what tests it instead
TESTED_ELSEWHERE: dict[str, str] = {
    "cpp/bindings/": "tests/python/test_native.py, with what Python sees of it",
    "cpp/main/main.cc": "tests/compat and tests/python/test_demo.py start the program",
    "cpp/door/future.cc": "producer_test.cc, where Futures come from",
    # The ports' implementations are held by one suite per port, run on both worlds.
    "cpp/runtime/linux/": "tests/conformance",
    "cpp/runtime/sim/": "tests/conformance",
    # Parts of the class Admin, which is held as a whole.
    "cpp/client/admin_caller.cc": "admin_test.cc",
    "cpp/client/admin_cluster.cc": "admin_test.cc",
    "cpp/client/admin_configs.cc": "admin_test.cc",
    "cpp/client/admin_partitions.cc": "admin_test.cc",
    "cpp/client/admin_topics.cc": "admin_test.cc",
    "cpp/client/sender_request.cc": "sender_test.cc",
    "cpp/client/fetcher_answer.cc": "fetcher_test.cc",
    # Tables, and one story that walks through all of a folder's files.
    "cpp/broker/handlers/handlers.cc": "handler_table_test.cc",
    "cpp/config/broker_configs.cc": "config_table_test.cc",
    "cpp/config/missing_configs.cc": "config_table_test.cc",
    "cpp/config/topic_configs.cc": "config_table_test.cc",
    # Parts of the classes Log and LogManager, which are held as a whole.
    "cpp/log/index_rebuild.cc": "log_recovery_test.cc",
    "cpp/log/log_close.cc": "log_recovery_test.cc",
    "cpp/log/log_lookup.cc": "log_read_test.cc",
    "cpp/log/log_truncate.cc": "log_retention_test.cc",
    "cpp/log/log_writer.cc": "log_append_test.cc",
    "cpp/log/producer_recovery.cc": "log_recovery_test.cc",
    "cpp/machine/commit_queue.cc": "machine_runtime_test.cc",
    "cpp/metadata/node_impl.cc": "metadata_node_test.cc",
    "cpp/metadata/node_start.cc": "metadata_node_test.cc",
    "cpp/metadata/raft_writer.cc": "metadata_node_test.cc",
}

# At the beginning of a line: in a namespace, not in another type.
_TYPE = re.compile(r"^(?:struct|class|enum class) (\w+)[^;{]*\{", re.MULTILINE)
_INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)


def test_every_header_is_included() -> None:
    """A header that nobody includes is dead."""
    included = {name for path in cpp_files() for name in _INCLUDE.findall(text(path))}
    templates = " ".join(text(path) for path in below("cpp", ".py"))
    dead = [
        path.as_posix()
        for path in below("cpp", ".h")
        if path.relative_to("cpp").as_posix() not in included
        and path.relative_to("cpp").as_posix() not in templates
    ]
    assert not dead, dead


def test_every_type_of_the_headers_has_a_name_of_its_own() -> None:
    """Two of one name are one to the linker, which takes either's inline functions for both."""
    homes: dict[str, set[str]] = {}
    for path in below("cpp", ".h"):
        for name in _TYPE.findall(text(path)):
            homes.setdefault(name, set()).add(path.as_posix())
    twice = {name: paths for name, paths in homes.items() if len(paths) > 1}
    assert not twice, twice


def test_public_types_have_a_namespace_of_their_own() -> None:
    """What programs see has names of the core; only the inline namespace keeps them apart."""
    wrong = [
        f"{path}: {name}"
        for path in below("cpp/door/include", ".hpp")
        for name in _TYPE.findall(text(path).split("inline namespace v0 {")[0])
    ]
    assert not wrong, wrong


def test_every_source_is_built() -> None:
    """A source lies beside a CMakeLists.txt, which takes all of its folder, or is named by one."""
    lists = [path for path in files() if path.name == "CMakeLists.txt"]
    folders = {path.parent for path in lists if re.search(r"penstock_|GLOB", text(path))}
    named = " ".join(text(path) for path in lists)
    dead = [
        path.as_posix()
        for path in cpp_files()
        if path.suffix == ".cc" and path.parent not in folders
        if path.name not in named and f"{path.parent.name}/*.cc" not in named
    ]
    assert not dead, dead


def test_every_folder_of_sources_is_added() -> None:
    """A CMakeLists.txt that nobody adds builds nothing."""
    everything = " ".join(text(path) for path in files() if path.name == "CMakeLists.txt")
    dead = [
        path.as_posix()
        for path in below("cpp", ".txt")
        if path.parent != PurePosixPath("cpp")
        and not re.search(rf"[\s(/]{path.parent.name}[\s)]", everything)
    ]
    assert not dead, dead


def test_every_source_has_a_test() -> None:
    """cpp/log/segment.cc is tested by segment_test.cc in tests/unit/log."""
    tests = {path.name for path in below("tests", ".cc")}
    untested = [
        path.as_posix()
        for path in below("cpp", ".cc")
        if f"{path.stem}_test.cc" not in tests
        and not path.as_posix().startswith(tuple(TESTED_ELSEWHERE))
    ]
    assert not untested, "\n".join(untested)


def test_exceptions_are_still_needed() -> None:
    """An exception without its cause is deleted."""
    names = [path.as_posix() for path in files()]
    tests = {path.name for path in below("tests", ".cc")}
    stale = [
        name
        for name in TESTED_ELSEWHERE
        if name.endswith(".cc")
        and (name not in names or f"{PurePosixPath(name).stem}_test.cc" in tests)
        and not name.startswith("cpp/main/")
    ]
    assert not stale, stale


def test_every_module_has_a_readme() -> None:
    """Purpose, main types, invariants, what it is not for."""
    missing = [
        path.parent.as_posix()
        for path in below("cpp", ".txt")
        if path.parent.relative_to("cpp").as_posix() in MAY_INCLUDE
        and path.with_name("README.md") not in files()
    ]
    assert not missing, missing


def test_nothing_generated_is_committed() -> None:
    """What the build makes stays in the build folder."""
    generated = [
        path.as_posix()
        for path in cpp_files()
        if re.search(
            r"@generated|DO NOT EDIT|^// Generated (by|from)", text(path)[:400], re.MULTILINE
        )
    ]
    assert not generated, generated


def test_every_file_says_what_it_is() -> None:
    """A header, or a source without one, opens with a comment; a test is named by what it tests."""
    silent = [
        path.as_posix()
        for path in cpp_files()
        if not text(path).startswith("//")
        and not path.name.endswith("_test.cc")
        and not (path.suffix == ".cc" and path.with_suffix(".h") in files())
    ]
    assert not silent, "\n".join(silent)
