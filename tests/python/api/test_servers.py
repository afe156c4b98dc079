"""Addresses of servers, as people write them."""

from __future__ import annotations

import pytest
from penstock import _servers
from penstock._errors import ConfigError


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("localhost:9092", "localhost:9092"),
        (" a:1, b:2 ,", "a:1,b:2"),
        (["a:1", "b:2"], "a:1,b:2"),
        ("[::1]:9092", "[::1]:9092"),
        ("PLAINTEXT://host:9092", "host:9092"),
        ("kafka://host:9092/", "host:9092"),
    ],
)
def test_servers(given: str | list[str], wanted: str) -> None:
    assert _servers.parse(given) == wanted


@pytest.mark.parametrize(
    ("given", "meant"), [("localhost", "localhost:9092"), ("::1", "[::1]:9092")]
)
def test_a_port_is_needed(given: str, meant: str) -> None:
    with pytest.raises(ConfigError, match="has no port") as caught:
        _servers.parse(given)
    assert caught.value.suggestion == meant


@pytest.mark.parametrize(
    "given", ["host:99999", "host:", "host:x", "host:0", "SSL://host:9093", "", []]
)
def test_what_is_no_address(given: str | list[str]) -> None:
    with pytest.raises(ConfigError):
        _servers.parse(given)


@pytest.mark.parametrize("given", [9092, b"host:9092", [9092]])
def test_what_is_no_text(given: object) -> None:
    with pytest.raises(TypeError, match="host:port"):
        _servers.parse(given)  # type: ignore[arg-type]


def test_the_environment_names_the_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PENSTOCK_BOOTSTRAP_SERVERS", raising=False)
    assert _servers.from_environment() == "127.0.0.1:9092"
    monkeypatch.setenv("PENSTOCK_BOOTSTRAP_SERVERS", "a:1,b:2")
    assert _servers.from_environment() == "a:1,b:2"
