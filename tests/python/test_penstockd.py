"""The program penstockd: how it starts, what it refuses, how it ends."""

from __future__ import annotations

import os
import signal
import socket
import stat
import struct
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import pytest
from penstock._penstockd import Penstockd, find_program

PROGRAM = Path(os.environ.get("PENSTOCK_COMPAT_PROGRAM") or find_program())
API_VERSIONS_V0 = struct.pack(">ihhih4s", 14, 18, 0, 7, 4, b"test")
# Root may write everywhere; a root without these two capabilities may not.
WITHOUT_ROOTS_RIGHTS = (
    ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
)


def run(*arguments: str | Path, prefix: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    command = [*prefix, str(PROGRAM), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)


def refusal(*arguments: str | Path, prefix: Sequence[str] = ()) -> str:
    """The one line that says why it does not start."""
    ended = run(*arguments, prefix=prefix)
    assert ended.returncode == 1, ended
    assert ended.stdout == ""
    complaints = [line for line in ended.stderr.splitlines() if line.startswith("penstockd: ")]
    assert len(complaints) == 1, ended.stderr
    return complaints[0]


def ask_api_versions(bootstrap: str) -> bytes:
    host, _, port = bootstrap.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=10) as client:
        client.sendall(API_VERSIONS_V0)
        answer = b""
        while len(answer) < 4 or len(answer) < 4 + struct.unpack(">i", answer[:4])[0]:
            piece = client.recv(65536)
            assert piece, "the server closed the connection"
            answer += piece
        return answer[4:]


def server_on(directory: Path, *options: str) -> Penstockd:
    log = directory.with_suffix(".log")
    return Penstockd(directory, log=log, program=PROGRAM, options=options)


def test_it_says_who_it_is() -> None:
    assert run("--version").stdout.startswith("penstockd ")
    assert "--kafka" in run("--help").stdout


def test_it_serves_on_a_port_of_its_choice(tmp_path: Path) -> None:
    with server_on(tmp_path / "data") as server:
        assert not server.kafka.endswith(":0")
        answer = ask_api_versions(server.bootstrap)
        assert struct.unpack(">ih", answer[:6]) == (7, 0)


def test_a_clean_stop_leaves_the_clean_shutdown_file(tmp_path: Path) -> None:
    server = server_on(tmp_path / "data")
    server.start()
    assert not (server.directory / ".kafka_cleanshutdown").exists()
    assert server.stop() == 0
    assert (server.directory / ".kafka_cleanshutdown").exists()
    with server:
        assert not (server.directory / ".kafka_cleanshutdown").exists()


def test_sigint_stops_it_as_well(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [str(PROGRAM), str(tmp_path / "data"), "--kafka", "127.0.0.1:0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith(b"ready kafka=127.0.0.1:")
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    process.stdout.close()


def test_two_signals_at_once_are_one(tmp_path: Path) -> None:
    """timeout(1) sends its signal twice, and so does a Ctrl-C that somebody passes on."""
    server = server_on(tmp_path / "data")
    server.start()
    # Stopped, it finds both of them when it goes on.
    os.kill(server.pid, signal.SIGSTOP)
    os.kill(server.pid, signal.SIGINT)
    os.kill(server.pid, signal.SIGTERM)
    os.kill(server.pid, signal.SIGCONT)
    assert server.stop() == 0
    assert (server.directory / ".kafka_cleanshutdown").exists()


def listens(bootstrap: str) -> bool:
    host, _, port = bootstrap.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=10).close()
    except ConnectionRefusedError:
        return False
    return True


def test_a_later_signal_ends_it_at_once(tmp_path: Path) -> None:
    """A client that reads no answers holds up a stop in good order, but not the next signal."""
    server = server_on(tmp_path / "data")
    server.start()
    host, _, port = server.bootstrap.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=1) as client:
        with pytest.raises(TimeoutError):
            client.sendall(API_VERSIONS_V0 * 1_000_000)
        os.kill(server.pid, signal.SIGINT)
        while listens(server.bootstrap):
            time.sleep(0.01)
        # It stands still while the second passes, and finds the signal when it goes on.
        os.kill(server.pid, signal.SIGSTOP)
        time.sleep(1.1)
        os.kill(server.pid, signal.SIGTERM)
        assert not (server.directory / ".kafka_cleanshutdown").exists()
        os.kill(server.pid, signal.SIGCONT)
        assert server.stop() == 1
    assert not (server.directory / ".kafka_cleanshutdown").exists()


def test_it_starts_again_after_a_crash(tmp_path: Path) -> None:
    server = server_on(tmp_path / "data")
    for _ in range(3):
        server.start()
        ask_api_versions(server.bootstrap)
        server.kill()
    server.start()
    assert server.stop() == 0


def test_the_operator_has_a_door(tmp_path: Path) -> None:
    with server_on(tmp_path / "data", "--http", "127.0.0.1:0") as server:
        assert server.http is not None
        base = f"http://{server.http}"
        ask_api_versions(server.bootstrap)
        for path, wanted in (
            ("/healthz", "ok\n"),
            ("/readyz", "ready\n"),
            ("/metrics", 'penstock_requests_total{api="ApiVersions"} 1\n'),
        ):
            with urllib.request.urlopen(base + path, timeout=10) as answer:
                assert wanted in answer.read().decode()
        with pytest.raises(urllib.error.HTTPError, match="404") as refused:
            urllib.request.urlopen(base + "/", timeout=10)
        refused.value.close()


def test_several_addresses(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [str(PROGRAM), str(tmp_path / "d"), "--kafka", "127.0.0.1:0", "--kafka", "127.0.0.1:0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    line = process.stdout.readline().decode()
    addresses = line.removeprefix("ready kafka=").strip().split(",")
    assert len(set(addresses)) == 2
    for address in addresses:
        ask_api_versions(address)
    process.terminate()
    assert process.wait(20) == 0
    process.stdout.close()


def test_a_directory_in_use_names_its_holder(tmp_path: Path) -> None:
    with server_on(tmp_path / "data") as server:
        said = refusal(server.directory, "--kafka", "127.0.0.1:0")
        assert "in use" in said
        assert str(server.pid) in said


def test_a_port_in_use(tmp_path: Path) -> None:
    with server_on(tmp_path / "data") as server:
        said = refusal(tmp_path / "other", "--kafka", server.kafka)
        assert server.kafka in said
        assert "choose another port" in said


def test_wrong_keys_and_values(tmp_path: Path) -> None:
    assert "num.partitions" in refusal(tmp_path, "-X", "num.partition=3")
    assert "num.partitions" in refusal(tmp_path, "-X", "num.partitions=many")
    assert "key=value" in refusal(tmp_path, "-X", "num.partitions")
    file = tmp_path / "server.properties"
    file.write_text("# mine\nnum.partitions=3\nlog.retentoin.ms=5\n")
    said = refusal(tmp_path, "--config", file)
    assert f"{file}:3" in said
    assert "log.retention.ms" in said


def test_wrong_arguments(tmp_path: Path) -> None:
    assert "--help" in refusal()
    assert "--help" in refusal(tmp_path, "--kafak", "127.0.0.1:0")
    assert "nonsense" in refusal(tmp_path, "--kafka", "nonsense")
    assert "--log-level" in refusal(tmp_path, "--log-level", "loud")
    missing = tmp_path / "missing.properties"
    assert str(missing) in refusal(tmp_path, "--config", missing)
    file = tmp_path / "file"
    file.write_text("")
    assert str(file) in refusal(file / "data", "--kafka", "127.0.0.1:0")


def test_other_machines_are_served_only_when_asked_for(tmp_path: Path) -> None:
    assert "--insecure" in refusal(tmp_path / "data", "--kafka", "0.0.0.0:0")
    assert "--insecure" in refusal(tmp_path, "--kafka", "127.0.0.1:0", "--http", "0.0.0.0:0")
    open_to_all = Penstockd(
        tmp_path / "data",
        log=tmp_path / "log",
        program=PROGRAM,
        host="0.0.0.0",
        options=("--insecure",),
    )
    with open_to_all:
        ask_api_versions("127.0.0.1:" + open_to_all.kafka.rpartition(":")[2])


def test_a_directory_of_a_newer_version(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with server_on(data):
        pass
    properties = data / "meta.properties"
    properties.write_text(properties.read_text().replace("version=1", "version=9"))
    said = refusal(data, "--kafka", "127.0.0.1:0")
    assert "meta.properties" in said
    assert "9" in said


def test_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(stat.S_IRUSR | stat.S_IXUSR)
    said = refusal(data, "--kafka", "127.0.0.1:0", prefix=WITHOUT_ROOTS_RIGHTS)
    data.chmod(stat.S_IRWXU)
    assert str(data) in said
    assert "check owner and mode" in said


def test_a_place_where_no_directory_can_be() -> None:
    assert "/proc/penstock" in refusal("/proc/penstock", "--kafka", "127.0.0.1:0")


def test_it_is_idle_when_nobody_asks(tmp_path: Path) -> None:
    with server_on(tmp_path / "data") as server:
        ask_api_versions(server.bootstrap)
        time.sleep(0.5)
        before = wake_ups(server.pid)
        time.sleep(1.5)
        assert wake_ups(server.pid) - before <= 2


def wake_ups(pid: int) -> int:
    """How often its threads have gone to sleep so far."""
    found = 0
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        lines = status.read_text().splitlines()
        (count,) = (line for line in lines if line.startswith("voluntary_ctxt_switches:"))
        found += int(count.split()[1])
    return found
