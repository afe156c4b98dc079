"""Words that only a few files may use: what touches the outside, and what none should need."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from tidy.tree import code, cpp_files, files, strip, text

LINUX = ("cpp/runtime/linux/", "tests/unit/runtime/linux")
RINGS = ("cpp/base/spsc_ring.", "cpp/base/mpsc_ring.", "tests/unit/base/")
# Where a program's threads meet an engine's.
SEAM = ("cpp/embed/", "cpp/bindings/", "cpp/door/")
WORLDS = (
    *LINUX,
    "tests/conformance/",
    "tests/unit/embed/",
    "tests/unit/door/",
    "cpp/main/",
    "benchmarks/",
)


@dataclass(frozen=True)
class Ban:
    """A pattern, the prefixes of the paths where it is allowed, and what to use instead."""

    pattern: str
    allowed: tuple[str, ...]
    instead: str


BANS = (
    Ban(
        r"\bstd::(mutex|shared_mutex|recursive_mutex|atomic\w*|thread|jthread|condition_variable\w*"
        r"|lock_guard|unique_lock|scoped_lock|call_once|this_thread|latch|barrier|\w*semaphore)\b"
        r"|\bthread_local\b|\babsl::Mutex",
        (*WORLDS, *RINGS, *SEAM),
        "Shards and the two rings",
    ),
    Ban(
        r"\b(system|steady|high_resolution)_clock\b|\bclock_gettime\b|\bgettimeofday\b"
        r"|(?<![\w.>:])(std::)?time\s*\(\s*(nullptr|NULL|0)\s*\)|\babsl::(Now|GetCurrentTimeNanos)\b",
        (*WORLDS, *SEAM),
        "Clock",
    ),
    Ban(
        r"\bs?rand\s*\(|\brandom_device\b|\bgetrandom\b|\barc4random\b",
        (*LINUX, "tests/"),
        "Random, passed in",
    ),
    Ban(
        r"\b(secure_)?getenv\b",
        (
            "cpp/main/",
            "tests/unit/metadata/controller/controller_test.cc",
        ),  # there: rewrites transcripts
        "config, parsed in main",
    ),
    Ban(
        r"#include <(sys/(?!types\.h)|unistd\.h|fcntl\.h|netinet/|arpa/|poll\.h|pthread\.h"
        r"|netdb\.h)",
        (*WORLDS, *SEAM),
        "a port",
    ),
    Ban(r"\bthrow\b|\bcatch\s*\(", ("cpp/bindings/", "cpp/main/"), "Status"),
    Ban(
        r"\babsl::(string_view|StrCat|StrAppend|StrFormat|StrSplit|StrJoin|(flat|node)_hash_\w+|Status(Or|Code)?|Cord)\b",
        (),
        "base/strings.h, base/btree_map.h",
    ),
    Ban(r"\busing namespace (std|absl)\b", (), "names"),
    Ban(
        r"\bexit\s*\(|\babort\s*\(", ("cpp/base/check.cc", "cpp/main/", "tests/"), "CHECK or Status"
    ),
)

# path -> why it may use a word that is banned there
EXCEPTIONS: dict[str, str] = {
    "cpp/base/crc32c.cc": "asks the kernel once whether an Arm processor has the instruction",
    "cpp/base/slice.cc": "throws bad_alloc as operator new does, for it is one",
}

_UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
_MACHINE = re.compile(r"(?<![\w.])/(work|root|home)/\w")


@pytest.mark.parametrize("ban", BANS, ids=lambda ban: ban.instead)
def test_banned_words(ban: Ban) -> None:
    """The core reaches the outside through ports only; the rest is the house's dialect."""
    pattern = re.compile(ban.pattern)
    wrong = [
        f"{path}:{number}: {line.strip()} (use {ban.instead})"
        for path in cpp_files()
        if not path.as_posix().startswith(ban.allowed or ("/",))
        and path.as_posix() not in EXCEPTIONS
        for number, line in enumerate(code(path).splitlines(), 1)
        if pattern.search(line)
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_is_left_to_do() -> None:
    """What is not finished is not there."""
    sources = (".h", ".cc", ".py", ".cmake", ".api", ".record", ".txt", ".toml", ".inc", ".md", "")
    wrong = [
        f"{path}:{number}: {line.strip()}"
        for path in files()
        if path.suffix in sources and not path.is_relative_to("tests/tidy")
        for number, line in enumerate(text(path).splitlines(), 1)
        if _UNFINISHED.search(line) or _MACHINE.search(line)
    ]
    assert not wrong, "\n".join(wrong)


_HASH_MEMBER = re.compile(r"\b(?:HashMap|HashSet)<[^;(){}]*>\s+(\w+)\s*[;={]")
_RANGE_FOR = re.compile(r"\bfor\s*\([^;()]*:\s*(?:this->)?(\w+)\s*\)")


def test_no_order_of_a_hash_map_reaches_output() -> None:
    """Abseil's order differs from process to process; a loop that may says `in any order`.

    Found by name: a range-based for over what its header or source declares as a hash map.
    """
    wrong = []
    for path in cpp_files():
        if not path.is_relative_to("cpp"):
            continue
        header = path.with_suffix(".h")
        near = code(path) + (code(header) if header != path and header in files() else "")
        names = set(_HASH_MEMBER.findall(near))
        lines = text(path).splitlines()
        for number, line in enumerate(code(path).splitlines(), 1):
            loop = _RANGE_FOR.search(line)
            comment = " ".join(lines[max(number - 3, 0) : number])
            if loop and loop.group(1) in names and "any order" not in comment:
                wrong.append(f"{path}:{number}: iterates over the hash map {loop.group(1)}")
    assert not wrong, "\n".join(wrong)


def test_the_bans_find_what_they_name() -> None:
    """Each pattern matches its cause, and comments and literals are no cause."""
    caught = [
        "std::mutex m;",
        "auto t = std::chrono::steady_clock::now();",
        "int x = rand();",
        'getenv("HOME");',
        "#include <sys/socket.h>",
        "throw 1;",
        "absl::string_view v;",
        "using namespace std;",
        "std::abort();",
    ]
    for ban, line in zip(BANS, caught, strict=True):
        assert re.search(ban.pattern, strip(line)), line
        assert not re.search(ban.pattern, strip("// " + line)), line
