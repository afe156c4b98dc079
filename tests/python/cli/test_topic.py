"""penstock topic, cluster and config: administration from the shell."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from penstock.cli import _complete
from penstock.cli._options import Connection
from python.cli.conftest import Run
from python.cli.program import has_one_line, on_terminal, penstock


def test_a_topic_from_its_creation_to_its_end(run: Run) -> None:
    (made,) = run("topic", "create", "life", "-p", "3", "-c", "retention.ms=1h")
    assert made == {
        "name": "life", "partitions": 3, "replication_factor": 1, "result": "ok", "error": None,
        "message": None,
    }  # fmt: skip
    assert "life" in run("topic", "list", "-o", "name").split()
    (described,) = run("topic", "describe", "life")
    assert described["configs"]["retention.ms"] == "3600000"
    assert [part["partition"] for part in described["partitions"]] == [0, 1, 2]
    assert described["partitions"][0]["isr"] == [1]
    run("topic", "alter", "life", "-c", "retention.ms=2h")
    run("topic", "add-partitions", "life", "-p", "5", "--yes")
    (described,) = run("topic", "describe", "life")
    assert described["configs"]["retention.ms"] == "7200000"
    assert len(described["partitions"]) == 5
    run("topic", "alter", "life", "--delete-config", "retention.ms")
    assert "retention.ms" not in run("topic", "describe", "life")[0]["configs"]
    run("topic", "delete", "life", "--yes")
    assert "life" not in run("topic", "list", "-o", "name").split()


def test_topics_are_found_by_patterns(run: Run, new_topic: Callable[..., str]) -> None:
    name = new_topic(2)
    run("topic", "create", "pattern-a", "pattern-b")
    assert run("topic", "list", "pattern-*", "-o", "name").split() == ["pattern-a", "pattern-b"]
    (listed,) = run("topic", "list", name)
    assert (listed["partitions"], listed["internal"]) == (2, False)
    assert run("topic", "list", "nothing-*") == []


def test_a_dry_run_changes_nothing(run: Run, topic: str) -> None:
    assert run("topic", "create", "dry", "--dry-run")[0]["result"] == "dry-run"
    assert run("topic", "delete", topic, "--dry-run")[0]["result"] == "dry-run"
    assert (
        run("topic", "alter", topic, "-c", "retention.ms=1", "--dry-run")[0]["result"] == "dry-run"
    )
    assert run("topic", "add-partitions", topic, "-p", "9", "--dry-run")[0]["result"] == "dry-run"
    run("produce", topic, stdin="a\nb\n")
    (trimmed,) = run("topic", "trim", topic, "--before", "end", "--dry-run")
    assert (trimmed["result"], trimmed["records"]) == ("dry-run", 2)
    (left,) = run("topic", "describe", topic)
    assert (len(left["partitions"]), left["records"]) == (1, 2)
    assert "retention.ms" not in left["configs"]
    assert "dry" not in run("topic", "list", "-o", "name").split()


def test_what_is_lost_is_asked_for_first(broker: str, topic: str) -> None:
    """And where nobody can answer, refused."""
    done = penstock("-b", broker, "topic", "delete", topic)
    assert done.returncode == 2
    assert has_one_line(done.stderr)
    assert "--yes" in done.stderr


def test_partly_done_is_5_and_not_done_is_1(run: Run, topic: str) -> None:
    """Each name has its own row."""
    rows = run("topic", "create", topic, "new-one", code=5)
    assert [row["result"] for row in rows] == ["failed", "ok"]
    assert rows[0]["error"] == "TOPIC_ALREADY_EXISTS"
    assert run("topic", "create", topic, code=1)[0]["result"] == "failed"
    assert run("topic", "create", topic, "--if-not-exists")[0]["result"] == "ok"
    (row,) = run("topic", "delete", "never-was", "--yes", code=1)
    assert row["error"] == "UNKNOWN_TOPIC_OR_PARTITION"
    assert run("topic", "delete", "never-was", "--yes", "--if-exists")[0]["result"] == "ok"
    assert run("topic", "create", "a b", code=1)[0]["error"] == "INVALID_TOPIC_EXCEPTION"


def test_trim_takes_the_oldest(run: Run, topic: str) -> None:
    run("produce", topic, stdin="a\nb\nc\nd\n")
    (trimmed,) = run("topic", "trim", topic, "--before", "-1", "--yes")
    assert (trimmed["first_offset"], trimmed["before"], trimmed["records"]) == (0, 3, 3)
    assert [row["value"] for row in run("consume", topic, "-e")] == ["d"]
    (again,) = run("topic", "trim", topic, "--before", "+0", "--yes")
    assert (again["records"], again["result"]) == (0, "ok")
    (wrong,) = run("topic", "trim", topic, "--before", "99", "--yes", code=1)
    assert wrong["error"] == "OFFSET_OUT_OF_RANGE"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["topic", "alter", "t"], "nothing to change"),
        (["topic", "alter", "t", "-c", "retention.ms"], "write -c key=value"),
        (["topic", "trim", "t", "--before", "1:2"], "one offset or time"),
        (["topic", "trim", "t", "--before", "soon"], "'soon' is no offset"),
        (["topic", "create", "t", "-p", "0"], "0 is not in the range"),
        (["topic", "list", "-X", "nonsense"], "write -X key=value"),
        (["topic", "list", "-X", "linger.msx=1"], "linger.msx"),
        (["topic", "list", "-b", "localhost"], "there is no port"),
        (["config", "describe", "galaxy", "x"], "'galaxy' is not one of"),
    ],
)
def test_wrong_usage(arguments: list[str], said: str) -> None:
    done = penstock(*arguments, PENSTOCK_BOOTSTRAP_SERVERS="127.0.0.1:1")
    assert done.returncode == 2, done.stderr
    assert has_one_line(done.stderr)
    assert said in done.stderr


def test_nobody_listens() -> None:
    """Said at once, with the way to find out more."""
    done = penstock("topic", "list", "-b", "127.0.0.1:1")
    assert done.returncode == 1
    assert has_one_line(done.stderr)
    assert "127.0.0.1:1: connection refused" in done.stderr
    assert "penstock doctor 127.0.0.1:1" in done.stderr


def test_a_broker_that_does_not_answer_in_time() -> None:
    """3 is the exit code of time."""
    from python.cli.fake_server import serving, silent

    with serving(silent) as port:
        done = penstock("topic", "list", "-b", f"127.0.0.1:{port}", "--timeout", "500ms")
    assert done.returncode == 3, done.stderr
    assert has_one_line(done.stderr)


def test_the_cluster_is_named_in_many_ways(broker: str, tmp_path: Path) -> None:
    """The nearest wins: -b of the command, -b in front, a file, the environment."""
    wrong = "127.0.0.1:1"
    file = tmp_path / "client.properties"
    file.write_text(f"# mine\nbootstrap.servers = {broker}\nclient.id: me\n")
    for arguments, variable in (
        (["-b", wrong, "topic", "list", "-b", broker], wrong),
        (["-b", broker, "topic", "list"], wrong),
        (["topic", "list", "-F", str(file)], wrong),
        (["topic", "list"], broker),
    ):
        done = penstock(*arguments, PENSTOCK_BOOTSTRAP_SERVERS=variable)
        assert done.returncode == 0, done.stderr
    done = penstock("topic", "list", "-F", str(tmp_path / "missing"))
    assert (done.returncode, has_one_line(done.stderr)) == (1, True)


def test_the_cluster(run: Run, broker: str, topic: str) -> None:
    (info,) = run("cluster", "info")
    assert info["topics"] >= 1
    assert info["brokers"] == run("cluster", "brokers")
    (one,) = info["brokers"]
    assert f"{one['host']}:{one['port']}" == broker
    (quorum,) = run("cluster", "quorum")
    assert [node["role"] for node in quorum["nodes"]] == ["leader"]
    assert quorum["nodes"][0]["lag"] == 0
    features = {row["name"]: row for row in run("cluster", "features")}
    assert features["metadata.version"]["finalized"] > 0
    (directory,) = run("cluster", "log-dirs")
    assert topic in {replica["topic"] for replica in directory["replicas"]}
    assert run("cluster", "log-dirs", "1") == [directory] or directory["usable_bytes"]


def test_configs(run: Run, topic: str) -> None:
    assert run("config", "describe", "topic", topic) == []
    run("config", "alter", "topic", topic, "-c", "cleanup.policy=compact")
    run("config", "alter", "topic", topic, "--append", "cleanup.policy=delete")
    (entry,) = run("config", "describe", "topic", topic)
    assert entry["name"] == "cleanup.policy"
    assert set(entry["value"].split(",")) == {"compact", "delete"}
    run("config", "alter", "topic", topic, "--subtract", "cleanup.policy=delete")
    assert run("config", "describe", "topic", topic)[0]["value"] == "compact"
    run("config", "alter", "topic", topic, "--delete-config", "cleanup.policy")
    assert len(run("config", "describe", "topic", topic, "--all")) > 20
    (refused,) = run("config", "alter", "topic", "never-was", "-c", "retention.ms=1", code=1)
    assert refused["error"] == "UNKNOWN_TOPIC_OR_PARTITION"
    assert any(
        row["name"] == "num.partitions" for row in run("config", "describe", "broker", "1", "--all")
    )


def test_a_wrong_config_is_refused(broker: str, topic: str) -> None:
    for setting in ("retention.ms=soon", "no.such.config=1"):
        done = penstock("-b", broker, "topic", "alter", topic, "-c", setting)
        assert done.returncode in (1, 2), done.stdout
        assert setting.partition("=")[0] in done.stdout + done.stderr


def test_configs_are_explained_without_a_cluster() -> None:
    """Under any spelling; the nearest name for one that is not there."""
    done = penstock("config", "explain", "RETENTION_MS")
    assert json.loads(done.stdout)["name"] == "retention.ms"
    done = penstock("config", "explain", "linger-ms")
    assert [json.loads(line)["of"] for line in done.stdout.splitlines()] == ["producer"]
    done = penstock("config", "explain", "retention.sm")
    assert done.returncode == 1
    assert "retention.ms?" in done.stderr


def test_topics_are_completed(broker: str, topic: str, tmp_path: Path) -> None:
    """Where a cluster can be asked; nothing is said where it cannot."""

    def complete(words: str) -> list[str]:
        done = penstock(
            _PENSTOCK_COMPLETE="bash_complete",
            COMP_WORDS=words,
            COMP_CWORD=str(words.count(" ")),
            PENSTOCK_BOOTSTRAP_SERVERS=broker,
            XDG_CACHE_HOME=str(tmp_path),
        )
        return [line.partition(",")[2] for line in done.stdout.splitlines() if line]

    assert topic in complete("penstock consume ")
    assert complete(f"penstock produce {topic}") == [topic]
    assert complete("penstock -b 127.0.0.1:1 consume cli") == []


def test_names_are_remembered_for_a_moment(
    broker: str, topic: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a second tab is instant."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(_complete, "FRESH_SECONDS", 3600.0)
    assert topic in _complete.topic_names(Connection(broker))
    (cache,) = (tmp_path / "penstock").iterdir()
    cache.write_text('["remembered"]')
    assert _complete.topic_names(Connection(broker)) == ["remembered"]
    monkeypatch.setattr(_complete, "FRESH_SECONDS", 0.0)
    assert topic in _complete.topic_names(Connection(broker))


def test_a_terminal_gets_tables(broker: str, topic: str) -> None:
    code, seen = on_terminal(
        "topic", "describe", topic, "-b", broker, "--timeout", "10s", NO_COLOR="1"
    )
    assert code == 0
    first, *_ = seen.splitlines()
    assert first.split() == ["topic", topic]
    assert "PARTITION  LEADER  REPLICAS  ISR  FIRST-OFFSET  END-OFFSET" in seen
