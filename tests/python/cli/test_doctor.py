"""The usual mistakes of a connection, and the way out of each."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from penstock._penstockd import Penstockd
from penstock.cli._diagnosis import Diagnosis, Finding, split_address
from python.cli.fake_server import kafka, saying, serving, silent
from python.cli.program import on_terminal, penstock


def findings(address: str, timeout: float = 5.0) -> list[Finding]:
    return list(Diagnosis(timeout).findings(address))


def last(address: str, timeout: float = 5.0) -> Finding:
    return findings(address, timeout)[-1]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A penstockd, and its address."""
    scratch = tmp_path_factory.mktemp("broker")
    with Penstockd(scratch / "data", log=scratch / "log") as server:
        yield server.bootstrap


def test_a_connection_that_works(broker: str) -> None:
    """Every step is ok, and the exit code 0."""
    done = penstock("doctor", broker)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["step"] for row in rows] == ["connect", "kafka", "metadata", "advertised"]
    assert {row["result"] for row in rows} == {"ok"}


def test_people_get_a_verdict(broker: str) -> None:
    code, seen = on_terminal("doctor", broker)
    assert code == 0
    assert seen.endswith("\nThis connection works.\n")
    code, seen = on_terminal("doctor", "localhost:1")
    assert code == 1
    assert "=> nothing listens there" in seen
    assert seen.endswith("\nThis connection does not work.\n")


def test_several_addresses_are_looked_at_one_by_one(broker: str) -> None:
    """Also from the environment."""
    done = penstock("doctor", PENSTOCK_BOOTSTRAP_SERVERS=f"{broker},127.0.0.1:1")
    assert done.returncode == 1
    assert json.loads(done.stdout.splitlines()[-1])["target"] == "127.0.0.1:1"


@pytest.mark.parametrize("text", ["", ":9092", "::1:9092", "localhost:kafka", "localhost:0",
                                  "localhost:99999", "localhost:"])  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    found = last(text)
    assert (found.step, found.result) == ("name", "failed")
    assert "HOST:PORT" in found.hint


def test_addresses_are_split() -> None:
    assert split_address("localhost:9092") == ("localhost", 9092, "")
    assert split_address("[::1]:9092") == ("::1", 9092, "")
    assert split_address("localhost") == ("localhost", None, "")
    assert "brackets" in split_address("::1:9092")[2]


def test_a_scheme_and_a_missing_port_are_forgiven(broker: str) -> None:
    """They are said, and the way goes on."""
    found = findings(f"PLAINTEXT://{broker}")
    assert (found[0].result, found[-1].result) == ("warning", "ok")
    assert broker in found[0].hint
    assert "9092" in findings("host.invalid")[0].hint


def test_a_name_that_nobody_knows() -> None:
    found = last("kafka.invalid:9092")
    assert (found.step, found.result) == ("resolve", "failed")
    assert "spelling" in found.hint


def test_a_port_at_which_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    found = last(f"127.0.0.1:{port}")
    assert (found.step, found.result) == ("connect", "failed")
    assert "nothing listens" in found.hint


def test_a_web_server() -> None:
    with serving(saying(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as port:
        found = last(f"127.0.0.1:{port}")
    assert (found.step, found.result, found.detail) == ("kafka", "failed", "it answers in HTTP")


@pytest.mark.parametrize(
    "data",
    [b"SSH-2.0-OpenSSH\r\n", b"", b"\0\0\0\4\0\0\0\7", b"\xff\xff\xff\xff", b"\0\0\0\x20\0\0"],
)
def test_something_else(data: bytes) -> None:
    with serving(saying(data)) as port:
        found = last(f"127.0.0.1:{port}", 30.0)
    assert (found.step, found.result) == ("kafka", "failed")
    assert found.hint


def test_somebody_who_says_nothing() -> None:
    with serving(silent) as port:
        found = last(f"127.0.0.1:{port}", 0.3)
    assert found.detail == "no answer within 0.3 s"


def test_tls_on_a_port_that_is_taken_for_plain(tmp_path: Path) -> None:
    """The certificate is looked at, too."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def handle(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as encrypted:
            encrypted.recv(1)

    with serving(handle) as port:
        found = last(f"127.0.0.1:{port}", 30.0)
    assert (found.step, found.result) == ("kafka", "failed")
    assert "this listener speaks TLSv1" in found.detail
    assert "security.protocol=SSL" in found.hint
    assert "not trusted here: self" in found.hint


def test_a_listener_that_wants_sasl() -> None:
    with serving(kafka(list, wants_sasl=True)) as port:
        found = last(f"127.0.0.1:{port}")
    assert (found.step, found.result) == ("metadata", "failed")
    assert "SASL" in found.hint


def test_the_listener_of_a_controller() -> None:
    with serving(kafka(list, apis=(18, 52))) as port:
        found = last(f"127.0.0.1:{port}")
    assert (found.step, found.result) == ("metadata", "failed")
    assert "controller" in found.hint


def test_an_advertised_name_that_is_not_known_here() -> None:
    """The classic of containers."""
    with serving(kafka(lambda: [(1, "kafka.invalid", 9092)])) as port:
        found = last(f"127.0.0.1:{port}")
    assert (found.step, found.target, found.result) == ("resolve", "kafka.invalid", "failed")
    assert f"set its advertised.listeners to 127.0.0.1:{port}" in found.hint


def test_an_advertised_port_that_is_closed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()[1]
    with serving(kafka(lambda: [(1, "127.0.0.1", closed)])) as port:
        found = last(f"127.0.0.1:{port}")
    assert (found.step, found.target, found.result) == ("connect", f"127.0.0.1:{closed}", "failed")
    assert "advertised.listeners" in found.hint


def test_an_advertised_address_to_listen_at() -> None:
    ports: list[int] = []
    with serving(kafka(lambda: [(1, "0.0.0.0", ports[0])])) as port:
        ports.append(port)
        found = [each for each in findings(f"127.0.0.1:{port}") if each.step == "advertised"]
    assert found[0].result == "warning"
    assert f"set advertised.listeners on broker 1 to 127.0.0.1:{port}" == found[0].hint


def test_a_broker_of_another_cluster() -> None:
    """A port that was taken over, or a proxy that mixes them up."""
    others: list[tuple[int, str, int]] = []
    with (
        serving(kafka(lambda: others, cluster_id="cluster-2")) as other,
        serving(kafka(lambda: [(1, "127.0.0.1", other)])) as port,
    ):
        others.append((1, "127.0.0.1", other))
        found = last(f"127.0.0.1:{port}")
    assert (found.step, found.result) == ("advertised", "failed")
    assert found.detail == "belongs to another cluster: cluster-2"


def test_no_broker_is_alive() -> None:
    with serving(kafka(list)) as port:
        found = last(f"127.0.0.1:{port}")
    assert (found.step, found.result, found.detail) == ("advertised", "failed", "no broker")


def test_one_address_of_two_is_closed() -> None:
    """localhost is ::1 and 127.0.0.1, and many servers listen at one of them."""
    names = {str(entry[4][0]) for entry in socket.getaddrinfo("localhost", 1)}
    if "::1" not in names or "127.0.0.1" not in names:
        pytest.skip("localhost has one address only")
    ports: list[int] = []
    with serving(kafka(lambda: [(1, "127.0.0.1", ports[0])])) as port:
        ports.append(port)
        found = [each for each in findings(f"localhost:{port}") if each.step == "connect"]
    assert found[0].result == "ok"
