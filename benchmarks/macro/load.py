"""One process of load by librdkafka (confluent-kafka); prints one line of JSON.

    load.py BOOTSTRAP TOPIC --records N [--size BYTES] [--producers N]

Times are those of the machine's monotonic clock, so that several processes can be put together.
"""

from __future__ import annotations

import argparse
import json
import os
import time

from confluent_kafka import KafkaError, Message, Producer

FLUSH_SECONDS_MAX = 300.0


class Load:
    """The records that are still to be sent, and what became of the others."""

    def __init__(self, topic: str, *, records: int, size: int) -> None:
        self.topic = topic
        self.left = records
        self.acknowledged = 0
        self.errors: dict[str, int] = {}
        self._size = size
        # Incompressible, and not the same from one record to the next.
        self._noise = os.urandom(size + 4096)

    def value(self) -> bytes:
        """Return the value of the next record."""
        begin = self.left & 4095
        return self._noise[begin : begin + self._size]

    def note(self, error: KafkaError | None) -> None:
        """Count an answer."""
        if error is None:
            self.acknowledged += 1
        else:
            self.errors[error.name()] = self.errors.get(error.name(), 0) + 1


def bulk(load: Load, producers: list[Producer]) -> None:
    """Send as fast as the clients' queues take records, with the client's own batching."""

    def delivered(error: KafkaError | None, _: Message) -> None:
        load.note(error)

    while load.left > 0:
        for producer in producers:
            for _ in range(min(load.left, 500)):
                try:
                    producer.produce(load.topic, value=load.value(), on_delivery=delivered)
                except BufferError:
                    producer.poll(0.01)
                    break
                load.left -= 1
            producer.poll(0)
    for producer in producers:
        producer.flush(FLUSH_SECONDS_MAX)


def main() -> None:
    """Run the load of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bootstrap")
    parser.add_argument("topic")
    parser.add_argument("--records", type=int, required=True)
    parser.add_argument("--producers", type=int, default=1)
    parser.add_argument("--size", type=int, default=1_000)
    arguments = parser.parse_args()

    settings = {"bootstrap.servers": arguments.bootstrap, "acks": "all"}
    producers = [Producer(settings) for _ in range(arguments.producers)]
    for producer in producers:
        producer.list_topics(arguments.topic, timeout=30)  # connected before the clock starts
    load = Load(arguments.topic, records=arguments.records, size=arguments.size)
    begin = time.monotonic()
    bulk(load, producers)
    end = time.monotonic()
    result = {"begin": begin, "end": end, "records": load.acknowledged, "errors": load.errors}
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
