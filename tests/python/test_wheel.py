"""What `pip install .` has put into this environment."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import files, version
from pathlib import Path
from typing import TYPE_CHECKING

import penstock
import pytest
from penstock import _native, _penstockd

if TYPE_CHECKING:
    from typing_extensions import Buffer

ROOT = Path(__file__).parents[2]
EXTENSION = Path(_native.__file__ or "")
LIBRARY = EXTENSION.parent / "lib/libpenstock.so.0"


def test_one_version_everywhere() -> None:
    """VERSION, the extension and the package's metadata agree."""
    wanted = (ROOT / "python/penstock/VERSION").read_text().strip()
    assert penstock.__version__ == _native.__version__ == version("penstock") == wanted


def test_two_shared_objects() -> None:
    """The wheel brings penstock._native, the library of C++ programs, and no other."""
    shared = [path.as_posix() for path in files("penstock") or [] if ".so" in path.name]
    assert sorted(shared) == [f"penstock/{EXTENSION.name}", f"penstock/lib/{LIBRARY.name}"]
    assert "penstock/py.typed" in [path.as_posix() for path in files("penstock") or []]


def exports(library: Path) -> set[str]:
    """Return the names that a library exports, as C++ has them and without arguments."""
    command = ["nm", "-DC", "--defined-only", "--format=posix", str(library)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {re.split(r"[(\[ ]", line)[0] for line in printed.splitlines()}


def test_what_is_exported() -> None:
    """Nothing of the core, Abseil or a codec can meet its namesake of another library."""
    assert exports(EXTENSION) == {"PyInit__native"}
    assert {name.rpartition("::")[0] for name in exports(LIBRARY)} == {
        "penstock::v0",
        "penstock::v0::detail",
        *(f"penstock::v0::{name}" for name in ("Node", "Client", "Producer", "Consumer", "Admin")),
        *(
            f"penstock::v0::Future<penstock::v0::{name}>"
            for name in ("RecordMetadata", "BulkMetadata")
        ),
    }


def test_what_is_linked_dynamically() -> None:
    """Only the C and C++ runtimes: Abseil and the codecs are inside."""
    for program in (EXTENSION, LIBRARY, _penstockd.find_program()):
        printed = subprocess.run(
            ["readelf", "--dynamic", str(program)], capture_output=True, text=True, check=True
        ).stdout
        needed = re.findall(r"NEEDED.*\[(.*?)\]", printed)
        foreign = [
            name
            for name in needed
            if not re.match(r"(libstdc\+\+|libgcc_s|libm|libc|ld-linux.*|libpthread)\.so", name)
        ]
        assert not foreign, f"{program}: {foreign}"


def test_the_server_is_beside_python() -> None:
    """penstockd is installed as a program of the environment."""
    program = _penstockd.find_program()
    assert program == Path(sys.executable).with_name("penstockd")
    assert os.access(program, os.X_OK)


def test_import_is_light() -> None:
    """Importing the package loads no third-party module, above all not the command line's."""
    code = (
        "import sys; before = set(sys.modules); import penstock; "
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before}))"
    )
    command = [sys.executable, "-I", "-c", code]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    foreign = set(printed.split()) - {"penstock"} - sys.stdlib_module_names
    assert not foreign


def test_the_stub_names_what_the_extension_has() -> None:
    """_native.pyi is small and private, and still right."""
    stub = (ROOT / "python/penstock/_native.pyi").read_text()
    declared = set(re.findall(r"^(?:def |class )?(\w+)(?=[:(])", stub, re.MULTILINE))
    own = {name for name in dir(_native) if not name.startswith("__") or name == "__version__"}
    assert declared == own


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_the_checksum_of_record_batches(kind: Callable[[bytes], Buffer]) -> None:
    """The check value of CRC-32C, from anything that has contiguous bytes."""
    assert _native.crc32c(kind(b"123456789")) == 0xE3069283
    assert _native.crc32c(kind(b"")) == 0
    with pytest.raises(TypeError):
        _native.crc32c("text")  # type: ignore[arg-type]
    with pytest.raises(BufferError):
        _native.crc32c(memoryview(b"123456789")[::2])
