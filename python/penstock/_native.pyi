"""The native core of penstock; private, see the package penstock.

Calls that wait release the GIL and end at once when a signal handler raises. `timeout` is in
seconds; None is no limit. Errors are what the callable of `set_error_factory` makes of a kind
("invalid_argument", "not_found", "already_exists", "not_possible_now", "unavailable", "timeout",
"cancelled", "out_of_space", "data_loss", "internal"), Kafka's number for it (0 where it has none),
a message and details ("closed", "forked", "config", "topic", "connect_step", ...).
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from types import GenericAlias
from typing import Any, Final, Generic, TypeVar, final

from typing_extensions import Buffer

_T_co = TypeVar("_T_co", covariant=True)

__version__: str

def crc32c(data: Buffer, /) -> int:
    """CRC-32C (Castagnoli), the checksum of record batches."""

def decompress(codec: int, data: Buffer, size_max: int) -> bytes:
    """The records of a batch; `codec` are bits 0 to 2 of its attributes."""

def set_error_factory(make: Callable[[str, int, str, dict[str, str]], BaseException]) -> None: ...
def error_table() -> list[tuple[int, str, bool, str]]:
    """Number, name, whether a retry may help, and one sentence, of every Kafka error."""

def config_table(which: str) -> list[dict[str, Any]]:
    """Rows of the configs of a client, producer, consumer, broker or topic."""

def arrow_schema(text: bool = False) -> object:
    """A capsule "arrow_schema" of the columns of records."""

def arrow_stream(batches: Iterator[list[Batch]], text: bool = False) -> object:
    """A capsule "arrow_array_stream": a chunk for each list."""

class Notifier:
    """How completions reach Python: tokens behind a descriptor."""

    def __init__(self) -> None: ...
    def fileno(self) -> int: ...
    def drain(self) -> list[int]: ...
    def tell(self, token: int) -> None: ...
    def wait(self, timeout: float | None = None) -> list[int]: ...

@final
class Future(Generic[_T_co]):
    """What becomes of something that was sent."""

    def done(self) -> bool: ...
    def cancelled(self) -> bool: ...
    def result(self, timeout: float | None = None) -> _T_co: ...
    def exception(self, timeout: float | None = None) -> BaseException | None: ...
    def notify(self, notifier: Notifier, token: int, /) -> bool: ...
    def add_done_callback(self, function: Callable[[Future[Any]], object], /) -> None: ...
    def __await__(self) -> Generator[Any, None, _T_co]: ...
    def __class_getitem__(cls, item: Any, /) -> GenericAlias: ...

@final
class RecordMetadata(tuple[str, int, int, int]):
    """Where a record that was sent is."""

    topic: Final[str]
    partition: Final[int]
    offset: Final[int]
    timestamp: Final[int]

@final
class BulkMetadata(tuple[str, int, dict[int, tuple[int, int]]]):
    """Where the records of a send_many are."""

    topic: Final[str]
    count: Final[int]  # type: ignore[assignment]  # not the method of a tuple
    offsets: Final[dict[int, tuple[int, int]]]

@final
class Record:
    """One record of a topic. Immutable."""

    topic: Final[str]
    partition: Final[int]
    offset: Final[int]
    timestamp: Final[int]
    key: Final[bytes | None]
    value: Final[bytes | None]
    leader_epoch: Final[int]
    @property
    def headers(self) -> list[tuple[str, bytes | None]]: ...
    def __new__(
        cls,
        topic: str,
        partition: int,
        offset: int,
        timestamp: int,
        key: bytes | None,
        value: bytes | None,
        headers: list[tuple[str, bytes | None]] = ...,
    ) -> Record: ...
    def text(self, encoding: str = "utf-8") -> str: ...
    def json(self) -> Any: ...
    def __hash__(self) -> int: ...
    def __eq__(self, value: object, /) -> bool: ...

class Batch:
    """Fetched records of one partition, in their order."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def high_watermark(self) -> int: ...
    @property
    def first_offset(self) -> int: ...
    @property
    def last_offset(self) -> int: ...
    @property
    def next_offset(self) -> int: ...
    @property
    def size_in_bytes(self) -> int: ...
    @property
    def codec(self) -> str: ...
    def before(self, offset: int) -> Batch: ...
    def records(self) -> list[Record]: ...
    def values(self) -> list[bytes | None]: ...
    def __len__(self) -> int: ...
    def __getitem__(self, index: int) -> Record: ...
    def __iter__(self) -> Iterator[Record]: ...
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...

@final
class TopicSender:
    """send() of one topic."""

    def __call__(
        self,
        value: object = None,
        key: object = None,
        headers: object = None,
        timestamp: object = None,
        partition: int | None = None,
    ) -> Future[RecordMetadata]: ...

@final
class Producer:
    """Sends; made by Engine.producer."""

    encode_value: Callable[[object], object] | None
    encode_key: Callable[[object], object] | None
    when_full: Callable[[str, object, object, object, object, object], object] | None
    hold: bool
    def send(
        self,
        topic: str,
        value: object = None,
        key: object = None,
        headers: object = None,
        timestamp: object = None,
        partition: int | None = None,
    ) -> Future[RecordMetadata]: ...
    def send_many(
        self,
        topic: str,
        values: Iterable[object],
        keys: Iterable[object] | None,
        headers: Iterable[object] | None,
        timestamps: Iterable[object] | None,
        partition: int | None,
        /,
    ) -> Future[BulkMetadata]: ...
    def topic_sender(self, topic: str, /) -> TopicSender: ...
    def flush(self, timeout: float | None, /) -> None: ...
    def close(self, timeout: float | None, /) -> int: ...
    def pending(self) -> int: ...
    def has_room(self) -> bool: ...
    def notify_room(self, notifier: Notifier, token: int, /) -> None: ...
    def take_failures(self) -> list[tuple[str, int, BaseException]]: ...

class Consumer:
    """Reads partitions; made by Engine.consumer."""

    def assign(self, partitions: Sequence[tuple[str, int]]) -> None: ...
    def assignment(self) -> list[tuple[str, int]]: ...
    def seek(self, topic: str, partition: int, offset: int) -> None: ...
    def seek_to(
        self, partitions: Sequence[tuple[str, int]], timestamp: int, timeout: float | None
    ) -> None: ...
    def pause(self, partitions: Sequence[tuple[str, int]]) -> None: ...
    def resume(self, partitions: Sequence[tuple[str, int]]) -> None: ...
    def position(self, topic: str, partition: int, timeout: float | None) -> int: ...
    def high_watermark(self, topic: str, partition: int) -> int | None: ...
    def poll(self, max_records: int, timeout: float | None) -> list[Record]: ...
    def poll_batches(self, max_records: int, timeout: float | None) -> list[Batch]: ...
    def ready(self, notifier: Notifier, token: int) -> bool: ...
    def wakeup(self) -> None: ...
    def close(self) -> None: ...

class Engine:
    """A client of one cluster; thread-safe."""

    @staticmethod
    def connect(configs: dict[str, str]) -> Engine: ...
    def producer(self, configs: dict[str, str]) -> Producer: ...
    def consumer(self, configs: dict[str, str]) -> Consumer: ...
    def admin(self, call: str, arguments: dict[str, Any], timeout: float | None = None) -> Any: ...
    def close(self, timeout: float | None) -> None: ...

class Node:
    """A broker in this process."""

    @staticmethod
    def open(path: str, configs: dict[str, str], insecure: bool) -> Node: ...
    def serve(self, address: str) -> str: ...
    def addresses(self) -> list[str]: ...
    def engine(self, configs: dict[str, str]) -> Engine: ...
    def faults(self) -> Faults: ...
    def stop(self) -> None: ...
    def take_log(self) -> list[str]: ...

class Faults:
    """What is to go wrong in a broker in this process; made by Node.faults, does not keep it.

    APIs have Kafka's names ("Produce", "LIST_OFFSETS"). Requests of all clients count, those in
    this process too.
    """

    def error_next(self, api: str, code: int, times: int = 1) -> None:
        """Answers the next requests with this error and does nothing of what they ask."""

    def delay(self, api: str, milliseconds: int) -> None:
        """Holds every answer back for so long; 0 ends it and lets go what is held back."""

    def drop_connections(self) -> int:
        """Ends every TCP connection of a client; how many. Clients in this process have none."""

    def clear(self) -> None:
        """Nothing goes wrong any more, and what is held back leaves."""
