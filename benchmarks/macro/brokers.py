"""The brokers that are compared, each in its own memory control group, with its own defaults."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Self

from cgroup import Cgroup

ROOT = Path(__file__).parents[2]
JARS = ROOT / ".cache" / "apache-kafka"
MEMORY_BYTES_MAX = 2 << 30
START_SECONDS_MAX = 120.0

# The options of Kafka's own start script.
_KAFKA_JVM = [
    "-Xmx1G",
    "-Xms1G",
    "-server",
    "-XX:+UseG1GC",
    "-XX:MaxGCPauseMillis=20",
    "-XX:InitiatingHeapOccupancyPercent=35",
    "-XX:+ExplicitGCInvokesConcurrent",
    "-Djava.awt.headless=true",
]


class Broker(ABC):
    """A broker process on a data directory, and what it costs."""

    def __init__(self, name: str, directory: Path, *, configs: dict[str, str]) -> None:
        self.name = name
        self.directory = directory
        self.configs = configs
        self.port = _free_port()
        self.cgroup = Cgroup(f"penstock-bench-{name}", memory_bytes_max=MEMORY_BYTES_MAX)
        self.start_seconds = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """The address for clients."""
        return f"127.0.0.1:{self.port}"

    @abstractmethod
    def command(self) -> list[str]:
        """Return the command line."""

    @abstractmethod
    def prepare(self) -> None:
        """Do what has to be done before a start."""

    def start(self, *, joins_after: bool = False) -> Self:
        """Start the broker and wait until it accepts connections and answers ApiVersions.

        It joins its control group before it begins, or once it answers: then neither the copy of
        this process that does it nor the move between groups is in `start_seconds`.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        self.prepare()
        log = self.directory.with_suffix(".log").open("ab")
        with log:
            # The group is joined between fork and exec, so that nothing escapes the account.
            enter = None if joins_after else self.cgroup.enter()
            begin = time.monotonic()
            self._process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, preexec_fn=enter, close_fds=False
            )
        while not answers_api_versions(self.port):
            if self._process.poll() is not None:
                raise RuntimeError(f"{self.name} ended; see {self.directory.with_suffix('.log')}")
            if time.monotonic() - begin > START_SECONDS_MAX:
                raise RuntimeError(f"{self.name} does not answer")
            time.sleep(0.0002)
        self.start_seconds = time.monotonic() - begin
        if joins_after:
            self.cgroup.add(self._process.pid)
        return self

    def resident_bytes(self) -> int:
        """Return the resident memory of the process."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024

    def end(self, *, kill: bool = False) -> None:
        """End the broker, in good order or by SIGKILL."""
        if self._process is None:
            return
        if kill:
            self._process.kill()
        else:
            self._process.terminate()
        self._process.wait()
        self._process = None


class Penstock(Broker):
    """penstockd of this checkout's environment."""

    def prepare(self) -> None:
        """Nothing: it formats its directory by itself."""

    def command(self) -> list[str]:
        """Return the command line of penstockd."""
        program = str(Path(sys.executable).with_name("penstockd"))
        options = [part for key, value in self.configs.items() for part in ("-X", f"{key}={value}")]
        return [program, str(self.directory), "--kafka", self.bootstrap, *options]


class ApacheKafka(Broker):
    """Apache Kafka from the jars of `make setup-java`, one combined node."""

    def __init__(self, name: str, directory: Path, *, configs: dict[str, str]) -> None:
        super().__init__(name, directory, configs=configs)
        self._controller_port = _free_port()
        self._properties = directory.with_suffix(".properties")

    def prepare(self) -> None:
        """Write the properties and format the directory."""
        own = {
            "node.id": "1",
            "process.roles": "broker,controller",
            "listeners": f"PLAINTEXT://{self.bootstrap},"
            f"CONTROLLER://127.0.0.1:{self._controller_port}",
            "controller.listener.names": "CONTROLLER",
            "controller.quorum.bootstrap.servers": f"127.0.0.1:{self._controller_port}",
            "log.dirs": str(self.directory),
            "offsets.topic.replication.factor": "1",
        }
        lines = [f"{key}={value}\n" for key, value in {**own, **self.configs}.items()]
        self._properties.write_text("".join(lines))
        if not (self.directory / "meta.properties").exists():
            arguments = ["format", "--standalone", "--cluster-id", "cGVuc3RvY2stYmVuY2gtMQ"]
            tool = ["java", "-cp", f"{JARS}/*", "kafka.tools.StorageTool", *arguments]
            command = [*tool, "--config", str(self._properties)]
            subprocess.run(command, check=True, capture_output=True)

    def command(self) -> list[str]:
        """Return the command line of Kafka's broker."""
        return ["java", *_KAFKA_JVM, "-cp", f"{JARS}/*", "kafka.Kafka", str(self._properties)]


def answers_api_versions(port: int) -> bool:
    """Ask for ApiVersions version 0 on a connection of its own; return whether an answer came."""
    request = bytes.fromhex("0000000a 0012 0000 00000001 ffff")
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(request)
            return len(connection.recv(4)) == 4
    except OSError:
        return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
