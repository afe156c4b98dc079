"""The documentation builds without a warning, and says of each public name what it is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import penstock
import pytest

# A part of the seam between the extension and the package.
NOT_FOR_USERS = {"notify"}
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation as text, by the command of `make docs` with a quicker builder."""
    built = tmp_path_factory.mktemp("docs")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "text"]
    done = subprocess.run(
        [*command, "-d", str(built / "doctrees"), str(ROOT / "docs"), str(built / "text")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return built / "text"


def test_every_public_name_is_in_the_reference(pages: Path) -> None:
    reference = "\n".join(path.read_text() for path in (pages / "reference").glob("*.txt"))
    told = set(
        re.findall(r"^(?:class |exception |async )?penstock\.(\w+)", reference, re.MULTILINE)
    )
    assert set(penstock.__all__) - told == {"__version__"}


def test_what_is_written_by_hand_names_every_member(pages: Path) -> None:
    """The types of the extension, whose members the reference does not take from the code."""
    reference = (pages / "reference" / "records.txt").read_text()
    for kind in (penstock.Record, penstock.Batch, penstock.Future):
        _, _, told = reference.partition(f"class penstock.{kind.__name__}")
        told = told.partition("\nclass ")[0]
        members = {name for name in vars(kind) if not name.startswith("_")} - NOT_FOR_USERS
        assert members
        assert [name for name in members if not re.search(rf"^   {name}\b", told, re.M)] == []


def test_every_error_of_the_protocol_is_in_the_reference(pages: Path) -> None:
    table = (pages / "reference" / "errors.txt").read_text()
    assert '"UnknownTopicOrPartition"' in table


def test_every_public_header_is_in_the_reference(pages: Path) -> None:
    reference = (pages / "reference" / "cpp.txt").read_text()
    headers = sorted(ROOT.glob("cpp/*/include/penstock/*.hpp"))
    assert headers
    assert [path.name for path in headers if f'"penstock/{path.name}"' not in reference] == []
