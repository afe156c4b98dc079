"""What a C++ project of somebody else gets: from `cmake --install`, and from the wheel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import penstock
import pytest

ROOT = Path(__file__).parents[2]
BUILD = Path(os.environ.get("PENSTOCK_BUILD_DIR", ROOT / "build/release"))
EXAMPLE = ROOT / "examples/cpp"
HEADERS = ROOT / "cpp/door/include"


def run(*command: str | Path, **variables: str) -> str:
    """Run a command that must succeed; return what it printed."""
    ended = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        env=os.environ | variables,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@dataclass(frozen=True)
class Package:
    """Where penstock lies for C++ programs."""

    cmake: Path
    include: Path
    library: Path


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where penstock is installed; moved once more, for nothing in it may know its place."""
    assert (BUILD / "CMakeCache.txt").exists(), f"{BUILD} is not built: make build"
    first = tmp_path_factory.mktemp("install") / "first"
    run("cmake", "--build", BUILD, "--target", "penstock")
    run("cmake", "--install", BUILD, "--prefix", first, "--component", "cpp")
    return first.rename(first.with_name("moved"))


@pytest.fixture(scope="module", params=["install tree", "wheel"])
def package(request: pytest.FixtureRequest) -> Package:
    """Both places."""
    if request.param == "wheel":
        cmake = Path(penstock.get_cmake_dir())
        include = Path(penstock.get_include())
        return Package(cmake, include, cmake.parents[1] / "libpenstock.so.0")
    prefix: Path = request.getfixturevalue("prefix")
    (library,) = prefix.glob("lib*/**/libpenstock.so.0")
    return Package(library.parent / "cmake/penstock", prefix / "include", library)


def built(project: Path, package: Package) -> Path:
    """Configure and build a project of one program; return the program."""
    run(
        *("cmake", "-S", project / "source", "-B", project / "build", "-G", "Ninja"),
        f"-Dpenstock_DIR={package.cmake}",
    )
    run("cmake", "--build", project / "build")
    return project / "build/orders"


@pytest.fixture(scope="module")
def program(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, built as a project outside of this one."""
    project = tmp_path_factory.mktemp("outside")
    shutil.copytree(EXAMPLE, project / "source")
    return built(project, package)


@contextmanager
def serving(program: Path, directory: str | Path) -> Iterator[str]:
    """Run the example until the block ends; the address at which it serves."""
    with subprocess.Popen(
        [program, directory, "127.0.0.1:0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        served = None
        while served is None and (line := process.stdout.readline()):
            served = re.fullmatch(r"penstock [\d.]+ serves (127\.0\.0\.1:\d+)\n", line)
        assert served, "it ended before it served"
        yield served.group(1)
        process.stdin.close()
        assert process.wait(timeout=30) == 0


def test_headers_know_no_other_library(package: Package) -> None:
    """Every header is there, and includes others of ours and of the standard library."""
    headers = sorted((package.include / "penstock").glob("*.hpp"))
    wanted = sorted((HEADERS / "penstock").glob("*.hpp"))
    assert [header.name for header in headers] == [path.name for path in wanted]
    assert [header.read_bytes() for header in headers] == [path.read_bytes() for path in wanted]
    assert 10 <= len(headers) <= 16
    for header in headers:
        text = header.read_text()
        assert "absl" not in text
        included = re.findall(r"#include\s+(\S+)", text)
        assert all(re.fullmatch(r"<penstock/\w+\.hpp>|<[a-z_]+>", name) for name in included)


@pytest.mark.parametrize("header", sorted(path.name for path in HEADERS.glob("penstock/*")))
def test_every_header_stands_alone(header: str, tmp_path: Path) -> None:
    """A program may include any one of them, with many warnings turned on."""
    source = tmp_path / "alone.cc"
    source.write_text(f"#include <penstock/{header}>\nint main() {{}}\n")
    flags = ("-std=c++20", "-Wall", "-Wextra", "-Werror", "-fsyntax-only")
    run("g++", *flags, "-I", HEADERS, source)


def test_the_library_exports_what_the_headers_mark(package: Package) -> None:
    """Nothing else: whatever a program brings, it does not meet what is inside."""
    names = run("nm", "-DC", "--defined-only", "--format=posix", package.library).splitlines()
    exported = {re.split(r"[(\[ ]", name)[0] for name in names}
    functions = {re.split(r"::(?=~?[\w=]+$|operator)", name)[-1] for name in exported}
    marked = {
        name
        for header in (HEADERS / "penstock").glob("*.hpp")
        for declaration in re.findall(r"PENSTOCK_API ([^;{]*?)\(", header.read_text())
        for name in re.findall(r"(~?\w+|operator=)$", declaration)
        if name != "__attribute__"  # the definition of the mark
    }
    # Of Future, that is marked as a whole, what is private too.
    assert functions - {"GiveUp"} == marked
    assert "SONAME" in run("readelf", "--dynamic", package.library)


def test_the_example_sends_and_reads(program: Path, tmp_path: Path) -> None:
    """In memory once, on the disk as often as it is called."""
    sent = [f"sent {drink}: offset {i}" for i, drink in enumerate(("tea", "coffee", "milk"))]
    read = [line.replace("sent", "read") for line in sent]
    assert run(program, ":memory:").splitlines() == [*sent, *read]
    assert run(program, tmp_path / "data").splitlines() == [*sent, *read]
    assert "sent milk: offset 5" in run(program, tmp_path / "data").splitlines()


@pytest.mark.skipif(not shutil.which("kcat"), reason="kcat is not installed")
def test_a_stock_client_reads_what_the_example_sent(program: Path, tmp_path: Path) -> None:
    """And the other way round, for the program serves what it has."""
    with serving(program, tmp_path / "data") as address:
        kcat = ["kcat", "-b", address, "-t", "orders"]
        assert run(*kcat, "-C", "-o", "beginning", "-e", "-q") == "tea\ncoffee\nmilk\n"
        subprocess.run([*kcat, "-P"], input="cocoa\n", text=True, check=True, timeout=30)
    assert "read cocoa: offset 3" in run(program, tmp_path / "data")


def test_a_directory_in_use_is_refused_with_its_holder(program: Path, tmp_path: Path) -> None:
    """One line on standard error."""
    with serving(program, tmp_path / "data"):
        command = [program, tmp_path / "data"]
        second = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert second.returncode == 1
        assert re.search(r"in use .* held by pid \d+", second.stderr), second.stderr


def test_the_snippet_of_the_readme(package: Package, tmp_path: Path) -> None:
    """It is a whole program, and prints what stands below it."""
    section = (ROOT / "README.md").read_text().split("\n## C++\n")[1].split("\n## ")[0]
    (snippet,) = re.findall(r"```cpp\n(.*?)```", section, re.DOTALL)
    (lists,) = re.findall(r"```cmake\n(.*?)```", section, re.DOTALL)
    (tmp_path / "source").mkdir()
    (tmp_path / "source/orders.cc").write_text(snippet)
    heading = "cmake_minimum_required(VERSION 3.25)\nproject(orders LANGUAGES CXX)\n"
    (tmp_path / "source/CMakeLists.txt").write_text(heading + lists)
    assert run(built(tmp_path, package)) == "0: tea\n"


@pytest.mark.skipif(not shutil.which("pkg-config"), reason="pkg-config is not installed")
def test_pkg_config_finds_it(prefix: Path, tmp_path: Path) -> None:
    """For those who do not use CMake."""
    (described,) = prefix.glob("lib*/**/penstock.pc")
    asked = ("pkg-config", "--cflags", "--libs", "penstock")
    flags = run(*asked, PKG_CONFIG_PATH=str(described.parent)).split()
    rpath = f"-Wl,-rpath,{described.parents[1]}"
    run("g++", EXAMPLE / "orders.cc", "-o", tmp_path / "orders", *flags, rpath)
    assert "read milk: offset 2" in run(tmp_path / "orders", ":memory:")
