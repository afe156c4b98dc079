"""Apache Kafka from the jars of `make setup-java`: its broker as a peer, its tools as referees."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

JARS = Path(__file__).parents[2] / ".cache" / "apache-kafka"
START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 60.0
TOOL_SECONDS_MAX = 120.0

# What penstock serves so far; the features that it does not serve yet stay at 0.
FEATURES = {
    "kraft.version": 1,
    "group.version": 0,
    "transaction.version": 0,
    "share.version": 0,
    "streams.version": 0,
    "eligible.leader.replicas.version": 0,
}
_LOG4J = """\
rootLogger = ${sys:log.level:-WARN}, err
appender.err.type = Console
appender.err.name = err
appender.err.target = SYSTEM_ERR
appender.err.layout.type = PatternLayout
appender.err.layout.pattern = [%d] %p %m (%c)%n
"""


def missing() -> str | None:
    """Say why Java's tools cannot be had here, or None if they can."""
    if shutil.which("java") is None:
        return "no java: run `make setup-java`"
    if not (JARS / ".complete").exists():
        return "Apache Kafka's jars are not here: run `make setup-java`"
    return None


def free_ports(count: int) -> list[int]:
    """Return ports of the loopback interface that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports: list[int] = [taken.getsockname()[1] for taken in sockets]
    for taken in sockets:
        taken.close()
    return ports


def java(*arguments: str, heap: str = "256M", log_level: str = "WARN") -> list[str]:
    """Return the command line of a Java class of Apache Kafka."""
    settings = JARS / "log4j2.properties"
    if not settings.exists():
        settings.write_text(_LOG4J)
    options = [f"-Xmx{heap}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    settings_option = f"-Dlog4j2.configurationFile={settings}"
    levels = [settings_option, f"-Dlog.level={log_level}"]
    return ["java", *options, *levels, "-cp", f"{JARS}/*", *arguments]


def tool(
    name: str, *arguments: str, stdin: str | None = None, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run a command-line tool of Apache Kafka, by the name of its class.

    Raises:
        AssertionError: it failed; the message holds what it printed.
    """
    prefix = (
        "" if "." in name and name.split(".")[0] in ("org", "kafka") else "org.apache.kafka.tools."
    )
    done = subprocess.run(
        java(prefix + name, *arguments),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=TOOL_SECONDS_MAX,
        check=False,
    )
    if check and done.returncode != 0:
        raise AssertionError(
            f"{name} {arguments} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        )
    return done


class ApacheKafka:
    """One combined broker and controller on a data directory; format() it first, or bring one."""

    def __init__(
        self,
        directory: Path,
        *,
        scratch: Path,
        port: int | None = None,
        controller_port: int | None = None,
        configs: dict[str, str] | None = None,
    ) -> None:
        ports = free_ports(2)
        self.directory = directory
        self.port = port or ports[0]
        self.controller_port = controller_port or ports[1]
        self.log = scratch / "apache-kafka.log"
        self._properties = scratch / "server.properties"
        self._process: subprocess.Popen[bytes] | None = None
        self._write_properties(configs or {})

    @property
    def bootstrap(self) -> str:
        """The address for clients."""
        return f"127.0.0.1:{self.port}"

    def format(self, features: dict[str, int] | None = None) -> None:
        """Make it the directory of a new cluster of one, with the features that penstock serves.

        ``features`` names others, and their levels.
        """
        levels = [
            part
            for feature, level in {**FEATURES, **(features or {})}.items()
            for part in ("--feature", f"{feature}={level}")
        ]
        tool(
            "kafka.tools.StorageTool",
            "format",
            "--standalone",
            "--cluster-id",
            "cGVuc3RvY2stY29tcGF0MQ",
            "--config",
            str(self._properties),
            *levels,
        )

    def start(self) -> float:
        """Start it, wait until it serves, and return the seconds that it took."""
        begin = time.monotonic()
        offset = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                java("kafka.Kafka", str(self._properties), heap="512M", log_level="INFO"),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "LANG": "C.UTF-8"},
            )
        while True:
            text = self.log.read_bytes()[offset:]
            if b"Kafka Server started" in text:
                return time.monotonic() - begin
            late = time.monotonic() - begin > START_SECONDS_MAX
            if late or self._process.poll() is not None:
                self.close()
                raise AssertionError(f"Apache Kafka did not start:\n{text[-4000:].decode()}")
            time.sleep(0.05)

    def kill(self) -> None:
        """Crash it."""
        self._end("kill")

    def stop(self) -> int:
        """Stop it in good order and return its exit code."""
        return self._end("terminate")

    def close(self) -> None:
        """End it if it still runs."""
        if self._process is not None:
            self._end("kill")

    def _end(self, how: str) -> int:
        process = self._process
        assert process is not None
        getattr(process, how)()
        try:
            return process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        finally:
            process.wait()
            self._process = None

    def _write_properties(self, configs: dict[str, str]) -> None:
        own = {
            "node.id": "1",
            "process.roles": "broker,controller",
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},"
            f"CONTROLLER://127.0.0.1:{self.controller_port}",
            "controller.listener.names": "CONTROLLER",
            "controller.quorum.bootstrap.servers": f"127.0.0.1:{self.controller_port}",
            "log.dirs": str(self.directory),
            "offsets.topic.replication.factor": "1",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            "group.initial.rebalance.delay.ms": "0",
        }
        lines = [f"{key}={value}\n" for key, value in {**own, **configs}.items()]
        self._properties.write_text("".join(lines))
