"""The generator makes the C++ that the golden files show, and refuses schemas that break a rule."""

from __future__ import annotations

import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "cpp" / "protocol"
GENERATOR = SCHEMA / "generate.py"
GOLDEN = ROOT / "tests" / "unit" / "protocol" / "golden"

HEARTBEAT = """# A comment.
api 12 Heartbeat    versions 0-4    flexible 4+    on broker    via group

request
  group_id  GroupId

response
  error_code  ErrorCode
"""


def run(schema: pathlib.Path, output: pathlib.Path) -> subprocess.CompletedProcess[str]:
    """Runs the generator as the build does."""
    command = [sys.executable, str(GENERATOR), str(schema), str(output)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def run_on(text: str, tmp_path: pathlib.Path) -> subprocess.CompletedProcess[str]:
    """Generates from a schema of this one file."""
    (tmp_path / "schema").mkdir()
    (tmp_path / "records").mkdir()
    shutil.copy(SCHEMA / "types.api", tmp_path)
    (tmp_path / "schema" / "12_heartbeat.api").write_text(text)
    return run(tmp_path, tmp_path / "out")


@pytest.mark.parametrize("name", ["heartbeat", "fetch"])
def test_the_generated_code_is_the_golden_one(name: str, tmp_path: pathlib.Path) -> None:
    """A change of the generator shows as a change of these files."""
    done = run(SCHEMA, tmp_path)
    assert done.returncode == 0, done.stderr
    made = (tmp_path / "protocol" / "messages" / f"{name}.h").read_text()
    assert made == (GOLDEN / f"{name}.h.golden").read_text()


def test_a_second_run_touches_nothing(tmp_path: pathlib.Path) -> None:
    """So nothing is compiled again."""
    assert run(SCHEMA, tmp_path).returncode == 0
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")}
    assert run(SCHEMA, tmp_path).returncode == 0
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")} == before


def test_a_sound_schema_passes(tmp_path: pathlib.Path) -> None:
    """The schema that the tests below break."""
    done = run_on(HEARTBEAT, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("field", "complaint"),
    [
        ("a int32 5+", "the versions of 'a' leave those of the message"),
        ("a int32 1-9", "the versions of 'a' leave those of the message"),
        ("a int32 tag 0", "before the first flexible version"),
        ("a int32 4+ tag 1", "not 0 to n"),
        ("a int32?", "numbers and bools are never nullable"),
        ("a string = null", "not nullable"),
        ("a string = hello", "has no default but null and empty"),
        ("a int8 = 128", "128 does not fit into int8"),
        ("a uint16 = -1", "-1 does not fit into uint16"),
        ("a int8 = many", "'many' is not a number"),
        ("a bool = false", "worth writing is true"),
        ("a Banana", "type 'Banana' is unknown"),
        ("group_id string", "'group_id' is there twice"),
        ("a int32 sometimes", "'sometimes' is not understood"),
        ("A int32", "is not a field"),
        ("a", "a field is a name and a type"),
    ],
)
def test_a_field_that_breaks_a_rule_is_refused(
    field: str, complaint: str, tmp_path: pathlib.Path
) -> None:
    """Every rule about fields, broken once."""
    done = run_on(HEARTBEAT.replace("GroupId\n", f"GroupId\n  {field}\n"), tmp_path)
    assert done.returncode == 1
    assert "12_heartbeat.api:" in done.stderr
    assert complaint in done.stderr


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("# A comment.\n", "", "opens with a comment"),
        ("api 12 Heartbeat", "api 13 Heartbeat", "differ"),
        ("api 12 Heartbeat", "api 12 Heartbeet", "differ"),
        ("versions 0-4", "versions 0+", "versions must be N or N-M"),
        ("flexible 4+", "flexible 4", "flexible must be 'never' or N+"),
        ("via group", "via pigeon", "'via'"),
        ("\nresponse\n  error_code  ErrorCode\n", "", "'response' is missing"),
        (
            "  error_code",
            "  errors []Error\n    a int32\n   b int32\n  error_code",
            "indentation fits no line",
        ),
        ("  error_code  ErrorCode", "  error_code  ErrorCode\n    a int32", "is no struct"),
    ],
)
def test_a_file_that_breaks_a_rule_is_refused(
    before: str, after: str, complaint: str, tmp_path: pathlib.Path
) -> None:
    """Every rule about files, broken once."""
    assert before in HEARTBEAT
    done = run_on(HEARTBEAT.replace(before, after), tmp_path)
    assert done.returncode == 1
    assert complaint in done.stderr
