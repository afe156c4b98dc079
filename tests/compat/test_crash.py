"""What a client sees of a server that is killed, and of one that stops in good order."""

from __future__ import annotations

import threading

from compat.confluent import consume, create_topic, produce, values
from compat.servers import Server
from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource

LINES = [b"record %d" % number for number in range(30_000)]


def test_nothing_acknowledged_is_lost(own_server: Server) -> None:
    """Killed while a producer writes, the server comes back with every record, once, in order."""
    create_topic(own_server.bootstrap, "t")
    own_server_dies = threading.Timer(0.15, restart, [own_server])
    own_server_dies.start()
    configs = {"enable_idempotence": True, "batch_num_messages": 50, "linger_ms": 1}
    acknowledged = produce(own_server.bootstrap, "t", LINES, **configs)
    own_server_dies.join()

    assert len(acknowledged) == len(LINES)
    records = consume(own_server.bootstrap, "t", len(LINES))
    assert values(records) == LINES
    offsets = {message.key(): message.offset() for message in records}
    for message in acknowledged:
        assert message.offset() in (offsets[message.key()], -1)


def restart(server: Server) -> None:
    """Kill the server and start it again."""
    server.kill()
    server.start()


def test_a_crash_at_rest(own_server: Server) -> None:
    """Topics, configs and records are there after each of three crashes."""
    create_topic(own_server.bootstrap, "t", partitions=2, configs={"retention.ms": "123456"})
    produce(own_server.bootstrap, "t", LINES[:100], partitioner="consistent")
    admin = KafkaAdminClient(bootstrap_servers=own_server.bootstrap)
    ends = ends_of(admin)
    admin.close()
    assert sum(end for _, end in ends.values()) == 100
    for _ in range(3):
        restart(own_server)
        admin = KafkaAdminClient(bootstrap_servers=own_server.bootstrap)
        assert ends_of(admin) == ends
        resource = ConfigResource("TOPIC", "t")
        assert "123456" in str(admin.describe_configs([resource]))
        admin.close()


def ends_of(admin: KafkaAdminClient) -> dict[TopicPartition, tuple[int, int]]:
    """Return the earliest and the latest offset of each partition of the topic."""
    partitions = [TopicPartition("t", 0), TopicPartition("t", 1)]
    earliest = admin.list_partition_offsets(dict.fromkeys(partitions, -2))
    latest = admin.list_partition_offsets(dict.fromkeys(partitions, -1))
    return {part: (earliest[part].offset, latest[part].offset) for part in partitions}


def test_a_stop_in_good_order(own_server: Server) -> None:
    """SIGTERM ends the server with exit code 0 and a clean-shutdown file; nothing is lost."""
    create_topic(own_server.bootstrap, "t")
    produce(own_server.bootstrap, "t", LINES[:1000])
    admin = KafkaAdminClient(bootstrap_servers=own_server.bootstrap)
    admin.delete_records({TopicPartition("t", 0): 5})
    admin.close()
    code = own_server.stop()
    assert code in (0, 143)  # a JVM reports the signal
    assert own_server.directory is not None
    assert (own_server.directory / ".kafka_cleanshutdown").exists()
    own_server.start()
    assert values(consume(own_server.bootstrap, "t", 995)) == LINES[5:1000]
    assert not (own_server.directory / ".kafka_cleanshutdown").exists()
